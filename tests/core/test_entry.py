import os
import subprocess
import sys
from pathlib import Path

import pytest

from hw1.core.entry import exits_cleanly
from hw1.core.errors import DataError


@pytest.mark.fault("full disk")
@pytest.mark.fault("read-only place")
@pytest.mark.parametrize(
    ("problem", "message"),
    [
        (DataError("file.csv, line 3: no"), "error: file.csv, line 3: no"),
        (
            PermissionError(13, "Permission denied", "data/x"),
            "error: data/x: Permission denied; make the place readable and writable, then run the "
            "same command again",
        ),
        (
            DataError("a\x1b]0;title\x07 and\r\udce9\nb"),
            "error: a\\x1b]0;title\\x07 and\\r\\udce9\nb",
        ),
        (
            OSError(28, "No space left on device", "data/from", None, "data/to"),
            "error: data/to: No space left on device; free some space, then run the same command "
            "again",
        ),
        (
            OSError(28, "No space left on device"),
            "error: what is printed, or a file that the system does not name: No space left on "
            "device; free some space, then run the same command again",
        ),
        (IsADirectoryError(21, "Is a directory", "data/x"), "error: data/x: Is a directory"),
    ],
)
@pytest.mark.fault("hostile names")
def test_what_a_person_can_mend_is_one_message(problem, message):
    @exits_cleanly
    def main():
        raise problem

    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == message


@pytest.mark.parametrize("fault", [ZeroDivisionError(), OSError("nothing known"), OSError(5, "")])
def test_a_fault_of_ours_keeps_its_traceback(fault):
    @exits_cleanly
    def main():
        raise fault

    with pytest.raises(type(fault)):
        main()


PRINTING = """
import sys
from hw1.core.entry import exits_cleanly

@exits_cleanly
def main():
    print("x" * int(sys.argv[1]))
    if sys.argv[2] == "exit":
        raise SystemExit(0)

main()
"""


@pytest.mark.fault("full disk")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("length", [1, 100_000])  # printed at the end, or at once
@pytest.mark.parametrize("end", ["exit", "return"])
def test_what_is_printed_to_a_full_disk_is_missed(length, end):
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-c", PRINTING, str(length), end],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ran.returncode == 1
    assert ran.stderr.startswith("error: what is printed, or a file")
    assert ran.stderr.count("\n") == 1


@pytest.mark.skipif(os.name == "nt", reason="pipes differ")
def test_who_reads_only_the_beginning_of_what_is_printed_is_told_nothing():
    read, write = os.pipe()
    os.close(read)
    ran = subprocess.run(
        [sys.executable, "-c", PRINTING, "1", "return"],
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(write)
    assert "error" not in ran.stderr
