"""MLflow's database on a full disk or in a read-only place: one line, with what to do."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine
from tracking_support import all_runs, fabricate, publish

from hw1.tracking.reason import plain_reason
from hw1.tracking.store import TrackerError


def test_a_databases_words_stand_before_advice_on_sessions():
    from sqlalchemy.exc import OperationalError

    beneath = sqlite3.OperationalError("database or disk is full")
    beside = OperationalError("insert", {}, beneath)
    beside.add_detail("raised as a result of Query-invoked autoflush; consider ...")
    over = RuntimeError(f"{beside}")
    over.__cause__ = beside
    assert plain_reason(over) == "database or disk is full"


def test_of_a_file_that_was_to_be_copied_its_new_place_is_named():
    problem = OSError(28, "No space left on device", "/tmp/page", None, "mlartifacts/page")
    assert plain_reason(problem) == "mlartifacts/page: No space left on device"


@pytest.mark.parametrize(
    ("problem", "said"), [(ValueError("one\ntwo"), "one"), (ValueError(), "ValueError")]
)
def test_else_it_is_the_first_line(problem, said):
    assert plain_reason(problem) == said


@pytest.fixture
def full(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """Whether the project's database gets no page more; SQLite itself refuses it then."""
    monkeypatch.setenv("MLFLOW_SQLALCHEMYSTORE_POOLCLASS", "NullPool")  # no connection stays open
    states = [True]

    def limit(connection: sqlite3.Connection, _: object) -> None:
        if states[-1]:
            (pages,) = connection.execute("pragma page_count").fetchone()
            connection.execute(f"pragma max_page_count = {pages}")

    event.listen(Engine, "connect", limit)
    yield states
    event.remove(Engine, "connect", limit)


@pytest.mark.fault("full disk")
def test_a_full_database_is_told_of_in_one_line_and_takes_the_run_later(full, client, capfd):
    variant = fabricate()
    with pytest.raises(TrackerError) as raised:
        publish(variant)
    said = str(raised.value)
    assert said.endswith("mlflow.db could not write: database or disk is full; free some space")
    assert "Traceback" not in capfd.readouterr().err

    full.append(False)
    publish(variant)
    assert [run.info.status for run in all_runs(client)] == ["FINISHED"]
