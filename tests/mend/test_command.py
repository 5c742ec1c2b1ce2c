import pytest

from hw1.core.errors import Hw1Error
from hw1.core.restore import remember_params
from hw1.mend.command import mend

pytestmark = pytest.mark.fault("kill a stage")


def test_where_nothing_is_wrong_it_is_silent_and_changes_nothing(root):
    mend(root, pytest.fail)
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*") if path.is_file()}
    mend(root, pytest.fail)
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*") if path.is_file()} == before


def test_all_that_a_kill_leaves_is_mended_and_said_in_a_line_each(root):
    mend(root, pytest.fail)
    whole = (root / "dvc.lock").read_text()
    (root / "dvc.lock").write_text(whole[:300])
    (root / ".dvc/tmp/rwlock").write_text("")
    for name in ("a.99999999-abcdefgh", "b.99999999-abcdefgh"):
        (root / f"data/.{name}.tmp").write_text("half")
    said = []
    mend(root, said.append)
    assert said == [
        ".dvc/tmp/rwlock was torn; removed",
        "data/.a.99999999-abcdefgh.tmp and 1 more: half written by a killed process; removed",
        "dvc.lock was torn; it is that of the last run again "
        "(.dvc/tmp/hw1/dvc.lock.torn keeps what it held)",
    ]
    assert (root / "dvc.lock").read_text() == whole
    mend(root, pytest.fail)


@pytest.mark.parametrize("torn", ["", "train:\n  epochs: [1,", "train"])
def test_a_torn_params_file_is_left_to_a_person(root, torn):
    params = root / "params.yaml"
    params.write_text("train:\n  epochs: 1\n")
    remember_params()
    mend(root, pytest.fail)
    params.write_text(torn)
    with pytest.raises(Hw1Error, match=r"`cp \.dvc/tmp/hw1/params\.yaml params\.yaml` brings back"):
        mend(root, pytest.fail)
    assert params.read_text() == torn
