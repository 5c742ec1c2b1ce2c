"""The journal of a search on a full disk: named, and whole again when there is room."""

import subprocess
import sys

import pytest
from optuna.study import StudyDirection

from hw1.sweep.places import open_journal

PROGRAM = """
import resource
from pathlib import Path
from optuna.study import StudyDirection
from hw1.core.entry import exits_cleanly
from hw1.sweep.places import open_journal


@exits_cleanly
def main():
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
    storage = open_journal(Path("{path}"))
    for number in range(100):
        storage.create_new_study([StudyDirection.MINIMIZE], f"study {{number}}")


main()
"""


@pytest.mark.fault("full disk")
def test_a_journal_without_room_is_named_and_keeps_what_it_has(tmp_path):
    path = tmp_path / "default.journal"
    program = PROGRAM.format(path=path)
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    *_, said = ran.stderr.splitlines()  # Optuna tells of every study before
    assert said.startswith(f"error: {path}: File too large; free some space")
    assert "Traceback" not in ran.stderr
    storage = open_journal(path)
    kept = [study.study_name for study in storage.get_all_studies()]
    assert kept == [f"study {number}" for number in range(len(kept))]
    assert kept
    storage.create_new_study([StudyDirection.MINIMIZE], "later")
    assert [each.study_name for each in open_journal(path).get_all_studies()] == [*kept, "later"]
