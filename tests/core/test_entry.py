import pytest

from hw1.core.entry import exits_cleanly
from hw1.core.errors import DataError


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


def test_a_fault_of_ours_keeps_its_traceback():
    @exits_cleanly
    def main():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        main()
