"""The champion behind `mlflow models serve` answers with the submission's numbers."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import mlflow
import pandas as pd
import pytest
from pipeline_support import environment

from hw1.tracking.model import ModelParts, log_model
from hw1.tracking.promote import Candidate, promote

PATIENCE = 120
JSON, CSV = "application/json", "text/csv"


def champion_of(project, folder: Path) -> str:
    """Register what the project has trained in a store of its own; return the store's address."""
    address = f"sqlite:///{folder}/mlflow.db"
    client = mlflow.MlflowClient(address)
    artifacts = (folder / "artifacts").as_uri()
    run = client.create_run(client.create_experiment("hw1-sample", artifact_location=artifacts))
    names = ("features/features.json", "train/model.json", "train/weights.safetensors")
    contents = [(project.root / "data" / name).read_bytes() for name in names]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DVC_ROOT", str(folder))
        model_id = log_model(client, run, ModelParts(*contents, 0.0, 100.0))
    rows = pd.read_csv(project.root / "data" / "evaluate" / "predictions.csv")
    candidate = Candidate(run.info.run_id, model_id, "forward", rows)
    assert promote(client, "sample", candidate, lambda _: rows).version == "1"
    return address


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def server(finished, tmp_path_factory):
    """The address of a server that serves the champion."""
    folder = tmp_path_factory.mktemp("serving")
    port = free_port()
    command = [sys.executable, "-m", "mlflow", "models", "serve", "--env-manager", "local"]
    command += ["-m", "models:/hw1-sample@champion", "-h", "127.0.0.1", "-p", str(port)]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment() | {"MLFLOW_TRACKING_URI": champion_of(finished, folder)},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/ping", process, folder / "log")
        yield f"http://127.0.0.1:{port}/invocations"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the server did not answer:\n{log.read_text()}")


def post(url: str, body: bytes, kind: str) -> tuple[int, str]:
    request = urllib.request.Request(url, body, {"Content-Type": kind})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def split(rows: pd.DataFrame) -> bytes:
    return json.dumps({"dataframe_split": rows.to_dict(orient="split", index=False)}).encode()


def answered(url: str, body: bytes, kind: str = JSON) -> list[float]:
    status, text = post(url, body, kind)
    assert status == 200, text
    return [row["tested_positive"] for row in json.loads(text)["predictions"]]


@pytest.fixture(scope="module")
def rows(finished) -> pd.DataFrame:
    return pd.read_csv(finished.root / "data" / "raw" / "sample" / "covid.test.csv")


@pytest.fixture(scope="module")
def submitted(finished) -> list[float]:
    table = pd.read_csv(finished.root / "data" / "submit" / "submission.csv")
    return table["tested_positive"].tolist()


def test_posted_test_rows_get_the_numbers_of_the_submission(server, rows, submitted):
    assert answered(server, split(rows)) == submitted
    assert answered(server, split(rows.iloc[[5]])) == [submitted[5]]
    backwards = rows[rows.columns[::-1]].drop(columns="id")
    assert answered(server, split(backwards)) == submitted


def test_the_test_file_itself_can_be_posted(server, finished, submitted):
    raw = (finished.root / "data" / "raw" / "sample" / "covid.test.csv").read_bytes()
    assert answered(server, raw, CSV) == submitted


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"AL": 1.0, "CA": 1.0}, "row 0: one state column must hold 1 and all others 0"),
        ({"cli.1": None}, "row 0, column `cli.1` holds nan; a finite number belongs there"),
        ({"wearing_mask": -1.0}, "row 0, column `wearing_mask`: -1 is not in 0..100"),
        ({"cli": "many"}, "Failed to convert column cli to type"),
    ],
)
def test_a_wrong_row_is_refused_with_a_message(server, rows, changes, message):
    status, text = post(server, split(rows.iloc[[0]].astype(object).assign(**changes)), JSON)
    assert status == 400
    assert message in text


def test_a_missing_column_is_named(server, rows):
    status, text = post(server, split(rows.drop(columns="cli.2")), JSON)
    assert status == 400
    assert "Model is missing inputs ['cli.2']" in text
