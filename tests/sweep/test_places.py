import json
import sqlite3
from contextlib import closing

import pytest
from support import ROOT
from sweep_support import SETTINGS, make_sweep, outcome_for, space_of

from hw1.core.errors import Hw1Error
from hw1.sweep.reopen import reopen
from hw1.sweep.study import open_study

pytestmark = pytest.mark.fault("older files")

SWEEP = make_sweep(trials=2)


def search(folder, **options):
    """Run a small search to its end, or go on with one."""
    with open_study(SWEEP, space_of(SWEEP), SETTINGS, folder=folder, **options) as opened:
        for trial in opened.next_generation():
            opened.tell(outcome_for(trial))


def edit(path, change):
    """Change every entry of a journal."""
    entries = [json.loads(line) for line in path.read_text().splitlines()]
    for entry in entries:
        change(entry)
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))


def newer(entry):
    entry["op_code"] += 100


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"\x00\xff" * 50 + b"\n" + path.read_bytes()),
        lambda path: path.write_text("[]\n{}\n"),
        lambda path: path.write_text('{"op_code": 1}\n'),
        lambda path: edit(path, newer),
    ],
    ids=["bytes", "other content", "without a number", "newer"],
)
def test_a_journal_that_cannot_be_read_is_left_and_told_of(tmp_path, damage):
    search(tmp_path)
    path = tmp_path / "default.journal"
    damage(path)
    before = path.read_bytes()
    for options in ({}, {"again": True}):
        with pytest.raises(
            Hw1Error, match=r"default\.journal is damaged, or another version of Optuna.*`--name`"
        ):
            search(tmp_path, **options)
        assert path.read_bytes() == before
    search(tmp_path, name="other")


def test_a_database_of_another_optuna_is_left_and_told_of(tmp_path):
    file = tmp_path / "search.db"
    address = f"sqlite:///{file}"
    search(tmp_path, storage=address)
    for version in ("v3.0.0.d", "v99.0.0.a"):
        with closing(sqlite3.connect(file)) as connection, connection:
            (found,) = connection.execute("select version_num from alembic_version").fetchone()
            connection.execute("update alembic_version set version_num = ?", [version])
        assert found != version
        told = rf"another version of Optuna.*storage upgrade --storage {address}.*make env"
        with pytest.raises(Hw1Error, match=told):
            search(tmp_path, storage=address)


def test_a_damaged_database_is_told_of(tmp_path):
    file = tmp_path / "search.db"
    file.write_bytes(b"hello world" * 1000)
    with pytest.raises(Hw1Error, match="not a database; move the file away, or choose another"):
        search(tmp_path, storage=f"sqlite:///{file}")


def test_a_result_of_another_version_is_told_of(tmp_path):
    search(tmp_path)

    def rename(entry):
        for attributes in (entry.get("user_attr", {}), entry.get("system_attr", {})):
            if "outcome" in attributes:
                attributes["outcome"]["unheard_of"] = 1.0

    edit(tmp_path / "default.journal", rename)
    with pytest.raises(Hw1Error, match=r"trial 0 is of another version of the project.*`--again`"):
        search(tmp_path)
    search(tmp_path, again=True)


def test_parameters_of_another_version_are_told_of(tmp_path, monkeypatch):
    """A search of an earlier version had a key that there is none of any more."""
    monkeypatch.chdir(ROOT)
    search(tmp_path)

    def rename(entry):
        settings = entry.get("user_attr", {}).get("settings")
        if settings:
            settings["train"]["unheard_of"] = 1

    edit(tmp_path / "default.journal", rename)
    with (
        pytest.raises(Hw1Error, match=r"another version of the project \(.*unheard_of.*--again"),
        reopen("default", None, tmp_path),
    ):
        pass
    with pytest.raises(Hw1Error, match=r"other settings: `train\.unheard_of`.*`--again`"):
        search(tmp_path)
