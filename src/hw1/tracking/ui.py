"""MLflow's UI on loopback."""

import os
import subprocess
import sys

from hw1.tracking.store import ARTIFACTS, project_root, tracking_uri


def serve(port: int) -> None:
    """Run MLflow's server on the project's store until it is interrupted."""
    print(f"MLflow: http://127.0.0.1:{port}/#/experiments?workflowType=machine_learning")
    print("Ctrl-C ends it.", flush=True)
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "1", "--uvicorn-opts", "--log-level warning"]
    command += ["--backend-store-uri", tracking_uri()]
    command += ["--default-artifact-root", (project_root() / ARTIFACTS).as_uri()]
    environment = os.environ | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    try:
        subprocess.run(command, check=False, env=environment)
    except KeyboardInterrupt:
        print()
