"""Credentials in the environment, and after everything that the project does they are nowhere."""

import os
import signal
import sqlite3
import subprocess
import sys
import zlib
from contextlib import closing
from urllib.parse import quote

import postgres_support
import psutil
import pytest
from browser_support import serving
from credentials_support import (
    SECRETS,
    URI_USER,
    find_secrets,
    find_secrets_below,
    install_client,
    needles,
    telling_server,
    with_credentials,
)
from listening_support import LOOPBACK, family, listening
from pipeline_support import environment

pytestmark = [
    pytest.mark.fault("credentials"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
HW1 = "import sys; sys.executable = 'nowhere'; from hw1.cli import main; main()"
"""Kaggle's own client may stand beside Python: here the one on the path is meant."""
UI = "from hw1.cli import main; main()"


class Watched:
    """A project whose commands know credentials, and everything that they write and say."""

    def __init__(self, project, folder):
        self.project, self.temporary, self.said = project, folder / "tmp", []
        self.ran = 0  # commands
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
        ran = subprocess.run(
            command,
            cwd=self.project.root,
            env=self.variables(**more),
            capture_output=True,
            check=False,
        )
        said = ran.stdout + ran.stderr
        self.ran += 1
        self.said.append((" ".join(command), said))
        return ran.returncode, said.decode()

    def variables(self, **more):
        """A command's environment."""
        known = environment() | self.own | more
        return known | {"PATH": f"{known['PATH']}{os.pathsep}{self.path}"}

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
    record_property("cases", watched.ran)


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
    record_property("cases", watched.ran)


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
    record_property("cases", watched.ran)


@pytest.mark.slow
@pytest.mark.fault("loopback")
@pytest.mark.skipif(postgres_support.missing() is not None, reason=str(postgres_support.missing()))
def test_a_database_with_a_password(watched, record_property):
    """Also in the log of the server that shows it, and in the words that start its processes."""
    import psycopg2

    with postgres_support.running_postgres() as database:
        address = with_credentials(database.replace("hw1@", ""))
        address = address.replace(URI_USER, "hw1")
        with closing(psycopg2.connect(address.replace("+psycopg2", ""))) as connection:
            connection.autocommit = True  # else it would be a transaction, which may create none
            connection.cursor().execute("CREATE DATABASE searches")
        uri = {"MLFLOW_TRACKING_URI": address}
        storage = f"{address.rpartition('/')[0]}/searches"
        search = ["hw1", "sweep", "--trials", "2", "--workers", "1", "--storage", storage]
        for command in (["hw1", "track"], search):
            status, said = watched.run(*command, **uri)
            assert status == 0, said
        ui = subprocess.Popen(
            [sys.executable, "-c", UI, "ui", "--port", str(postgres_support.free_port())],
            cwd=watched.project.root,
            env=watched.variables(**uri),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        try:
            watched.said += [("hw1 ui", ui.stdout.readline()) for _ in range(3)]
            started = family(ui.pid)
            assert listening(started) == {LOOPBACK}
            for process in filter(psutil.Process.is_running, started):
                watched.said.append(("started", " ".join(process.cmdline()).encode()))
        finally:
            ui.send_signal(signal.SIGTERM)
            watched.said.append(("hw1 ui", ui.communicate(timeout=60)[0]))
    _, said = watched.run("hw1", "track", **uri)  # it is down now
    assert "did not answer" in said
    _, said = watched.run(*search)
    assert "failed" in said
    assert (watched.project.root / ".dvc/tmp/hw1/server.log").is_file()
    watched.said = [(words.partition("--storage")[0], said) for words, said in watched.said]
    assert watched.secrets() == []
    record_property("cases", watched.ran + 1)  # the page, too


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
