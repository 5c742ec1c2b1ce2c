import os
import random
import re
import resource
import shutil
import sqlite3
import threading
import time
from contextlib import closing
from itertools import chain, pairwise

import mlflow.db
import pytest
import sqlalchemy
from old_store_support import (
    MIGRATIONS,
    RUNS,
    VALUES,
    ended,
    forked,
    make_old_store,
    make_old_tables,
    revision_of,
    rows_of,
    started,
)
from postgres_support import missing, running_postgres
from tracking_support import fabricate, history_of, publish

from hw1.tracking import migrate
from hw1.tracking.store import TrackerError, tracking_client

pytestmark = pytest.mark.fault("older database")

OLD = "76601a5f987d"  # of 2026-02; few steps are left to go
LONG = "97727af70f4d"  # of 2022-08; killed in the middle, its tables could be opened by none
OLDER = {
    "2019-04": "451aebb31d03",
    "2019-07": "7ac759974ad8",
    "2020-01": "0a8213491aaa",
    "2022-03": "bd07f7e963c5",
    "2022-08": LONG,
    "2023-10": "acf3f17fdcc7",
    "2025-06": "cbc13b556ace",
    "2025-11": "1bd49d398cd23",
    "last but one": "75868b020152",
}
KILLS = int(os.environ.get("HW1_KILLS", "2"))
SEED = int(os.environ.get("HW1_SEED", "0"))


@pytest.fixture
def head(empty_store):
    return revision_of(empty_store)


@pytest.fixture(scope="session")
def old_store(tmp_path_factory):
    path = tmp_path_factory.mktemp("old") / "mlflow.db"
    make_old_store(path, OLD)
    return path


@pytest.fixture
def path(root, old_store):
    """The project's store, which is an older one."""
    return shutil.copy(old_store, root / "mlflow.db")


def use():
    """Open the store as every command does."""
    with tracking_client() as client:
        client.search_experiments()


def age(path):
    """Make a file one that nobody has changed for a minute."""
    os.utime(path, (time.time() - 60,) * 2)


def backups(root):
    return sorted(path.name for path in root.glob("mlflow.db?*"))


def require_whole(root, head):
    """All that the old store held is in the migrated one and in the one that is kept."""
    client = mlflow.MlflowClient(f"sqlite:///{root}/mlflow.db")
    assert revision_of(root / "mlflow.db") == head
    runs = client.search_runs(["1"])
    assert sorted(run.info.run_id for run in runs) == sorted(RUNS)
    for run in runs:
        assert run.info.run_name == f"run {run.info.run_id[0]}"
        assert run.data.params == {"train.dropout": "0.2"}
        assert run.data.metrics == {"valid/mse": VALUES[-1]}
        assert run.data.tags["hw1.variant"] == run.info.run_id * 2
        assert history_of(client, run.info.run_id, "valid/mse") == list(enumerate(VALUES))
    (kept,) = backups(root)
    assert rows_of(root / kept) == rows_of(root / "mlflow.db")


@pytest.mark.parametrize(
    "revision",
    [
        pytest.param(each, id=name, marks=[pytest.mark.slow] * (name != "2022-08"))
        for name, each in OLDER.items()
    ],
)
def test_an_older_store_is_migrated_and_kept(root, head, capsys, revision):
    make_old_store(root / "mlflow.db", revision)
    before = rows_of(root / "mlflow.db")
    use()
    kept = f"mlflow.db.{revision}.bak"
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"mlflow.db is of an older MLflow: migrated; the old one is kept as {kept}"
    )
    assert backups(root) == [kept]
    assert revision_of(root / kept) == revision
    assert rows_of(root / kept) == before
    require_whole(root, head)
    publish(fabricate())  # and goes on to be used
    use()
    assert capsys.readouterr().err == ""


def test_a_store_that_is_up_to_date_is_left_alone(root):
    before = (root / "mlflow.db").read_bytes()
    use()
    assert (root / "mlflow.db").read_bytes() == before
    assert backups(root) == []


def test_an_earlier_backup_of_other_content_is_never_overwritten(root, path):
    (root / f"mlflow.db.{OLD}.bak").write_text("precious")
    use()
    assert backups(root) == [f"mlflow.db.{OLD}.2.bak", f"mlflow.db.{OLD}.bak"]
    assert (root / f"mlflow.db.{OLD}.bak").read_text() == "precious"
    assert revision_of(root / f"mlflow.db.{OLD}.2.bak") == OLD


def is_over(child):
    """Whether a process has ended; `ended` says how."""
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def killed_at(root, shares, wanted):
    """Kill migrations of the same store at shares of the time that one takes from its copy on.

    Args:
        root: a folder for the stores.
        shares: the moments; the migration before them is let finish, and tells how long one takes.
        wanted: so many kills are enough.

    Returns:
        How many were really killed, before their end.
    """
    killed, whole = 0, None
    for number, share in enumerate(chain([None], shares)):
        if killed == wanted:
            break
        folder = root / str(number)
        (folder / ".dvc/tmp").mkdir(parents=True)
        path = folder / "mlflow.db"
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("MLFLOW_TRACKING_URI", raising=False)  # MLflow sets it for its children
            patch.chdir(folder)
            make_old_store(path, LONG)
            before = rows_of(path)
            child = started(use)
            while not backups(folder) and not is_over(child):
                time.sleep(0.001)
            begun = time.monotonic()
            code = ended(child, None if share is None else share * whole)
            assert code in (0, -9), share
            killed += code == -9
            whole = whole or time.monotonic() - begun
            found = revision_of(path)
            assert rows_of(path) == before, share
            for kept in folder.glob("*.bak"):
                assert (revision_of(kept), rows_of(kept)) == (LONG, before), share
            use()
            head = revision_of(path)
            assert found in (LONG, head), share
            require_whole(folder, head)
    return killed


def test_a_migration_that_is_killed_loses_nothing(root, record_property):
    print("seed", SEED)
    draw = random.Random(SEED)
    # the first may have been slow: moments in the first half, and more of them where one is late
    killed = killed_at(root, (draw.uniform(0, 0.5) for _ in range(10 * KILLS)), KILLS)
    record_property("cases", killed)
    assert killed == KILLS


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_migration_that_is_killed_at_any_moment_loses_nothing(root, record_property):
    cases = int(os.environ.get("HW1_KILLS", "60"))
    killed = killed_at(root, [number / cases for number in range(cases)], cases)
    record_property("cases", killed)
    assert killed > cases // 4


def test_a_store_whose_making_was_killed_is_made_anew(root):
    """MLflow makes its tables in many steps; what was begun can be opened by no version."""
    path = root / "mlflow.db"
    make_old_store(path, "7ac759974ad8", filled=False)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("update alembic_version set version_num = '451aebb31d03'")
    age(path)
    use()
    assert publish(fabricate())
    assert backups(root) == []


@pytest.mark.parametrize("room", [pytest.param(0.5, marks=pytest.mark.slow), 1.02])
def test_a_full_disk_leaves_the_old_store_as_it_was(root, head, path, room):
    """The place is full when the copy is made, or when it is migrated."""
    content = path.read_bytes()
    limit = int(room * len(content))

    def use_little_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        with pytest.raises(TrackerError, match=r"as it was.*free some space"):
            use()

    assert forked(use_little_room) == 0
    assert path.read_bytes() == content
    assert set(backups(root)) <= {f"mlflow.db.{OLD}.bak"}
    use()
    require_whole(root, head)


def test_two_processes_at_once_migrate_once(root, head, path):
    children = [started(use), started(use)]
    assert [ended(child) for child in children] == [0, 0]
    require_whole(root, head)


def test_what_another_program_writes_meanwhile_is_not_lost(path, monkeypatch):
    """A server of the older MLflow, say, which takes no part in this project's locks."""
    upgrade = mlflow.db.upgrade.callback

    def write_and_upgrade(uri):
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("update runs set name = 'new'")
        upgrade(uri)

    monkeypatch.setattr(mlflow.db.upgrade, "callback", write_and_upgrade)
    with pytest.raises(TrackerError, match=r"another program has written.*as it was; end the"):
        use()
    assert revision_of(path) == OLD
    assert [row[1] for row in rows_of(path)[:2]] == ["new", "new"]


@pytest.mark.parametrize(("mode", "seconds"), [("delete", 1), ("delete", 60), ("wal", 60)], ids=str)
def test_what_another_program_has_begun_to_write_is_not_lost(
    path, head, monkeypatch, mode, seconds
):
    """Its transaction is open when the file is about to be replaced: it is waited for, or told."""
    monkeypatch.setattr(migrate, "LONGEST_WAIT", 2)
    upgrade, writer = mlflow.db.upgrade.callback, sqlite3.connect(path, check_same_thread=False)
    writer.execute(f"pragma journal_mode = {mode}")
    commit = threading.Timer(seconds, writer.commit)

    def upgrade_and_write(uri):
        upgrade(uri)
        writer.execute("update runs set name = 'new'")
        commit.start()

    told = "has written to .*as it was; end" if seconds == 1 else "holds .*as it was; end"
    with monkeypatch.context() as patch:
        patch.setattr(mlflow.db.upgrade, "callback", upgrade_and_write)
        with pytest.raises(TrackerError, match=f"another program {told}"):
            use()
    commit.cancel()
    writer.commit()
    writer.close()
    assert revision_of(path) == OLD
    assert [row[1] for row in rows_of(path)[:2]] == ["new", "new"]
    use()
    assert revision_of(path) == head
    assert [row[1] for row in rows_of(path)[:2]] == ["new", "new"]


def test_a_newer_store_is_left_alone(root):
    path = root / "mlflow.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("update alembic_version set version_num = 'fedcba987654'")
    before = path.read_bytes()
    with pytest.raises(
        TrackerError,
        match=r"mlflow\.db was written by a newer MLflow \(revision fedcba987654\); `make env` "
        r"brings the packages up to date, or move the file away, and `hw1 track --all` rebuilds",
    ):
        use()
    assert path.read_bytes() == before
    assert backups(root) == []


def damaged(content):
    middle = len(content) // 2
    return content[:4096] + b"\xff" * (middle - 4096) + content[middle:]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda _: b"hello world" * 1000, "file is not a database"),
        (lambda content: content[: len(content) // 2], "malformed"),
        (damaged, "malformed"),
    ],
    ids=["another file", "cut off", "overwritten"],
)
def test_a_damaged_store_is_told_of_with_what_helps(root, change, told):
    path = root / "mlflow.db"
    path.write_bytes(change(path.read_bytes()))
    before = path.read_bytes()
    with pytest.raises(TrackerError, match=rf"{told}.*move the file away.*hw1 track --all"):
        use()
    assert path.read_bytes() == before


def test_an_older_store_that_cannot_be_migrated_stays_and_is_told_of(path):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("drop table jobs")
    before = path.read_bytes()
    with pytest.raises(TrackerError, match=r"could not migrate.*as it was.*hw1 track --all"):
        use()
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [pytest.param("empty", marks=pytest.mark.slow), "no tables"])
def test_a_file_without_tables_becomes_a_store(root, head, content):
    path = root / "mlflow.db"
    path.write_bytes(b"")
    if content == "no tables":
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("create table gone (number integer)")
            connection.execute("drop table gone")
        assert path.stat().st_size
    age(path)
    use()
    assert revision_of(path) == head
    assert backups(root) == []


def test_a_file_that_another_program_is_making_is_waited_for(root, head, old_store, capsys):
    """It would lose what it has made if its file were removed."""
    path = root / "mlflow.db"
    path.write_bytes(b"")

    def make():
        with closing(sqlite3.connect(old_store)) as made, closing(sqlite3.connect(path)) as target:
            made.backup(target)

    maker = threading.Timer(0.5, make)
    maker.start()
    use()
    maker.join()
    waiting, migrated = capsys.readouterr().err.splitlines()
    assert waiting.startswith("mlflow.db is not finished: another program is making it, or was")
    assert "migrated" in migrated
    require_whole(root, head)


@pytest.mark.parametrize("held", [False, True], ids=["left", "held"])
def test_a_file_that_nobody_goes_on_with_is_made_anew(root, head, monkeypatch, held):
    monkeypatch.setattr(migrate, "QUIET", 0.5)
    monkeypatch.setattr(migrate, "LONGEST_WAIT", 1)
    path = root / "mlflow.db"
    path.write_bytes(b"")
    begun = time.monotonic()
    if held:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("begin immediate")
            with pytest.raises(TrackerError, match=r"another program holds .*end that program"):
                use()
            connection.execute("rollback")
    use()
    assert time.monotonic() - begun > 0.5
    assert revision_of(path) == head


def test_a_file_that_is_made_for_ever_is_told_of(root, monkeypatch):
    monkeypatch.setattr(migrate, "LONGEST_WAIT", 0.3)
    path = root / "mlflow.db"
    path.write_bytes(b"")
    with pytest.raises(TrackerError, match=r"another program is making .*wait until it has ended"):
        use()
    assert path.read_bytes() == b""


def test_another_programs_database_is_not_touched(root):
    path = root / "mlflow.db"
    path.unlink()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("create table mine (number integer)")
    before = path.read_bytes()
    with pytest.raises(TrackerError, match="something else than MLflow's runs"):
        use()
    assert path.read_bytes() == before


@pytest.mark.slow
@pytest.mark.skipif(missing() is not None, reason=str(missing()))
def test_an_older_database_of_others_is_not_touched(root, head, monkeypatch):
    """MLflow would migrate it as soon as it is opened."""
    with running_postgres() as uri:
        make_old_tables(uri, OLD)
        monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
        address = re.escape(uri.replace("hw1@", ""))
        cases = {
            OLD: rf"of an older MLflow \(revision {OLD}\).*mlflow db upgrade {address}`",
            "fedcba987654": rf"the database at {address} was written by a newer MLflow",
        }
        engine = sqlalchemy.create_engine(uri, poolclass=sqlalchemy.NullPool)
        for revision, told in cases.items():
            with engine.begin() as connection:
                change = "update alembic_version set version_num = "
                connection.execute(sqlalchemy.text(f"{change}'{revision}'"))
            with pytest.raises(TrackerError, match=told):
                use()
            with engine.connect() as connection:
                found = connection.execute(sqlalchemy.text("select * from alembic_version"))
                assert found.fetchall() == [(revision,)]


@pytest.mark.slow
@pytest.mark.skipif(missing() is not None, reason=str(missing()))
def test_a_fresh_database_of_others_gets_its_tables(root, monkeypatch):
    with running_postgres() as uri:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
        monkeypatch.setenv("MLFLOW_SQLALCHEMYSTORE_POOLCLASS", "NullPool")  # or it does not end
        use()
        use()


def test_the_revisions_here_are_mlflows(head):
    """From the first to the newest, none twice."""
    from alembic.script import ScriptDirectory

    known = [each.revision for each in ScriptDirectory(str(MIGRATIONS)).walk_revisions()][::-1]
    places = [known.index(each) for each in (*OLDER.values(), head)]
    assert places[0] == 0
    assert all(first < second for first, second in pairwise(places))
