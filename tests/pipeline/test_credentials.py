"""Credentials in the environment, and after everything that the project does they are nowhere."""

import os
import sqlite3
import subprocess
import sys
import zlib
from contextlib import closing
from urllib.parse import quote

import pytest
from browser_support import serving
from credentials_support import (
    SECRETS,
    find_secrets,
    find_secrets_below,
    install_client,
    needles,
    telling_server,
    with_credentials,
)
from pipeline_support import environment

pytestmark = [
    pytest.mark.fault("credentials"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
HW1 = "import sys; sys.executable = 'nowhere'; from hw1.cli import main; main()"
"""Kaggle's own client may stand beside Python: here the one on the path is meant."""


class Watched:
    """A project whose commands know credentials, and everything that they write and say."""

    def __init__(self, project, folder):
        self.project, self.temporary, self.said = project, folder / "tmp", []
        self.temporary.mkdir()
        install_client(folder / "bin")
        self.own = {
            **SECRETS,
            "TMPDIR": str(self.temporary),
            "HOME": str(self.temporary),
            "DVC_SITE_CACHE_DIR": str(self.temporary / "dvc"),
            "HW1_WARM": "1",
            "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
        }
        self.path = str(folder / "bin")

    def run(self, *command, **more):
        """Run a command and return its exit status and what it said."""
        variables = environment() | self.own | more
        variables["PATH"] += f"{os.pathsep}{self.path}"
        ran = subprocess.run(
            command, cwd=self.project.root, env=variables, capture_output=True, check=False
        )
        said = ran.stdout + ran.stderr
        self.said.append((" ".join(command), said))
        return ran.returncode, said.decode()

    def secrets(self):
        """The places at which a credential stands."""
        found = [place for command, said in self.said for place in find_secrets(said, command)]
        found += find_secrets_below(self.project.root)
        return found + list(find_secrets_below(self.temporary))


@pytest.fixture
def watched(project, tmp_path):
    return Watched(project, tmp_path)


def fetch(watched):
    status, said = watched.run(sys.executable, "-c", HW1, "fetch", "2030")
    assert status == 1
    assert "Kaggle knows no credentials here" in said


def test_a_server_and_a_client_that_quote_credentials(watched, record_property):
    with telling_server(401) as address:
        uri = {"MLFLOW_TRACKING_URI": with_credentials(address)}
        watched.project.edit("params.yaml", "levels: 5", "levels: 4")
        _, said = watched.run("dvc", "repro", **uri)
        assert "the variant is in the ledger" in said
        assert address.removeprefix("http://") in said
    fetch(watched)
    assert watched.secrets() == []
    record_property("cases", len(needles()))


@pytest.mark.slow
@pytest.mark.parametrize("status", [403, 500, 503])
def test_servers_that_fail_in_other_ways(watched, status, record_property):
    with telling_server(status) as address:
        uri = {"MLFLOW_TRACKING_URI": with_credentials(address)}
        for command in (["dvc", "repro", "-f"], ["hw1", "track"], ["hw1", "show", "workspace"]):
            watched.run(*command, **uri)
        watched.run("hw1", "promote", "workspace", **uri)
    watched.run("hw1", "track", **uri)  # it is down now
    watched.run("hw1", "leaderboard", **uri)
    assert watched.secrets() == []
    record_property("cases", len(needles()))


@pytest.mark.slow
def test_a_server_that_works(watched, tmp_path, record_property):
    """What is published holds none either: tags, notes, artifacts, models, the champion."""
    (tmp_path / "server").mkdir()
    with serving(tmp_path / "server" / "mlflow.db") as address:
        uri = {"MLFLOW_TRACKING_URI": with_credentials(address)}
        (watched.project.root / "mlflow.db").unlink()
        for command in (
            *(["dvc", "repro", "-f"], ["hw1", "track", "--all"], ["hw1", "show", "workspace"]),
            *(["dvc", "exp", "run", "-n", "mine", "-S", "train.dropout=0.1"],),
            *(["hw1", "promote", "workspace"], ["hw1", "report"], ["hw1", "summary"]),
            *(["hw1", "sweep", "--trials", "2", "--workers", "1", "--apply"],),
            *(["hw1", "leaderboard"], ["dvc", "metrics", "show"], ["git", "log", "--all", "-p"]),
        ):
            status, said = watched.run(*command, **uri)
            assert status == 0, said
    fetch(watched)
    assert watched.secrets() == []
    assert list(find_secrets_below(tmp_path / "server")) == []
    record_property("cases", len(needles()))


def test_a_planted_secret_is_found(tmp_path):
    """In every form, also in git's objects and MLflow's database."""
    for number, form in enumerate(needles()):
        (tmp_path / f"plain-{number}").write_bytes(b"x" + form + b"y")
        (tmp_path / f"object-{number}").write_bytes(zlib.compress(b"blob 9\0" + form))
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as database, database:
        database.execute("CREATE TABLE tags (value)")
        database.execute("INSERT INTO tags VALUES (?)", (SECRETS["KAGGLE_KEY"],))
    (tmp_path / quote(SECRETS["MLFLOW_TRACKING_PASSWORD"], safe="")).touch()
    found = {place.partition(":")[0] for place in find_secrets_below(tmp_path)}
    assert len(found) == 2 * len(needles()) + 2
