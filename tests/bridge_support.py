"""What tests of real pipelines ask of a project's runs."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline_support import Project, environment
from tracking_support import all_runs, history_of

from hw1.lineage.ledger import Ledger
from hw1.tracking.tags import label_of

DOWN = {"MLFLOW_TRACKING_URI": "http://127.0.0.1:9"}
SUBMISSION = "data/submit/submission.csv"


def store(project: Project, name: str = "mlflow.db") -> Any:
    """MLflow's client for a project's own store."""
    from mlflow import MlflowClient

    return MlflowClient(f"sqlite:///{project.root}/{name}")


def finished_runs(client: Any) -> dict[str, Any]:
    """All runs by their variant's label; there are only finished ones, and one a variant."""
    runs = all_runs(client)
    found = {label_of(run.data.tags): run for run in runs}
    assert len(found) == len(runs), "a variant has several runs"
    assert {run.info.status for run in runs} <= {"FINISHED"}
    assert "-" not in found, "a run shows no variant"
    return found


def numbers(client: Any, runs: Mapping[str, Any]) -> dict[str, Any]:
    """What a rebuilt run must show as the first one did; git does not know the seconds."""
    return {
        label: (
            run.data.params,
            {name: value for name, value in run.data.metrics.items() if "seconds/" not in name},
            history_of(client, run.info.run_id, "learning/fold_0.valid_mse"),
        )
        for label, run in runs.items()
    }


def kept_labels(root: Path) -> set[str]:
    """The labels of the variants that a project's ledger knows."""
    return set(Ledger(root).labels())


def revisions(project: Project) -> dict[str, str]:
    """The commits of all experiments by name."""
    listed = project.git("for-each-ref", "--format=%(refname) %(objectname)", "refs/exps/??/*/*")
    pairs = (line.split() for line in listed.splitlines())
    return {ref.rpartition("/")[2]: commit for ref, commit in pairs}


def run_with(
    project: Project, extra: Mapping[str, str], *command: str
) -> subprocess.CompletedProcess[str]:
    """Run a command in a project with further environment variables."""
    ran = subprocess.run(
        command,
        cwd=project.root,
        env=environment() | dict(extra),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran


def remove_store(project: Project) -> None:
    """Delete the project's database, as a person may."""
    for path in project.root.glob("mlflow.db*"):
        path.unlink()
