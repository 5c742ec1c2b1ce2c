import hashlib
import json
import shutil

import pytest
import yaml

from hw1.core.errors import DataError
from hw1.verify.comparison import find_difference, find_other_lock, find_other_source
from hw1.verify.results import files_below, read_results

pytestmark = pytest.mark.fault("verify")

FILES = {
    "data/train/0.json": '{"w": 1}',
    "data/train/deep/1.bin": "weights",
    "metrics/train.json": '{"mse": 0.5}',
    "data/submit/submission.csv": "id,y\n0,1.5\n",
}


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def write_run(folder, files=None, *, rate=0.1, code="code"):
    """A folder with the outputs of two stages, and a dvc.lock as DVC writes it."""
    files = FILES if files is None else files
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    listing = files_below(folder / "data/train")
    model = {
        "path": "data/train",
        "md5": f"{md5(json.dumps(listing))}.dir",
        "nfiles": len(listing),
    }

    def out(path):
        return {"path": path, "md5": md5(files[path])}

    train = {
        "cmd": "python -m stages.train",
        "deps": [{"path": "src/hw1/models", "md5": f"{md5(code)}.dir", "nfiles": 3}],
        "params": {"params.yaml": {"train": {"rate": rate}}},
        "outs": [model, out("metrics/train.json")],
    }
    submit = {
        "cmd": "python -m stages.submit",
        "deps": [{"path": "data/train", "md5": model["md5"]}],
        "outs": [out("data/submit/submission.csv")],
    }
    lock = {"schema": "2.0", "stages": {"train": train, "submit": submit}}
    (folder / "dvc.lock").write_text(yaml.safe_dump(lock, sort_keys=False))
    return read_results(folder, f"run {folder.name}")


def differing(tmp_path, path, text):
    changed = {**FILES, path: text}
    return find_difference(write_run(tmp_path / "a"), write_run(tmp_path / "b", changed))


def test_the_same_run_twice_is_the_same(tmp_path):
    a, b = write_run(tmp_path / "a"), write_run(tmp_path / "b")

    assert find_difference(a, b) is find_other_lock(a, b) is find_other_source(a, b) is None
    assert a.files() == 4


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("metrics/train.json", '{"mse": 0.6}', ": key `mse`: 0.5 and 0.6"),
        ("data/submit/submission.csv", "id,y\n0,1.25\n", ": line 2, column `y`: 1.5 and 1.25"),
        ("data/train/deep/1.bin", "weighty", ": byte 7 of 7"),
        ("data/train/2.json", "{}", ": one of them is not there"),
    ],
)
def test_names_stage_file_and_place(tmp_path, path, text, said):
    stage = "submit" if "submit" in path else "train"

    assert differing(tmp_path, path, text) == (
        f"stage `{stage}` wrote another {path} in run b than in run a{said}"
    )


def test_names_the_first_stage_of_several(tmp_path):
    changed = {path: f"{text} " for path, text in FILES.items()}

    found = find_difference(write_run(tmp_path / "a"), write_run(tmp_path / "b", changed))

    assert found.startswith("stage `train` wrote another data/train/0.json")


def test_says_if_the_disk_holds_not_what_the_lock_tells_of(tmp_path):
    a, b = write_run(tmp_path / "a"), write_run(tmp_path / "b", {**FILES, "metrics/train.json": ""})
    (tmp_path / "b/metrics/train.json").write_text(FILES["metrics/train.json"])

    assert find_difference(a, b).endswith("its hash in dvc.lock is not that of the file")


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ("data/train", "one of them is not there"),
        ("data/train/0.json", "data/train/0.json in run b than in run a: one of them is not there"),
    ],
)
def test_what_is_gone_from_one_side_is_named(tmp_path, gone, said):
    a = write_run(tmp_path / "a")
    b = write_run(tmp_path / "b", {**FILES, "data/train/0.json": ""})
    path = tmp_path / "b" / gone
    shutil.rmtree(path) if path.is_dir() else path.unlink()

    found = find_difference(a, b)

    assert found.startswith(f"stage `train` wrote another {gone} in run b than in run a")
    assert found.endswith(said)


def test_a_folder_that_was_put_right_afterwards_is_named_itself(tmp_path):
    a = write_run(tmp_path / "a")
    b = write_run(tmp_path / "b", {**FILES, "data/train/0.json": ""})
    (tmp_path / "b/data/train/0.json").write_text(FILES["data/train/0.json"])

    assert find_difference(a, b) == (
        "stage `train` wrote another data/train in run b than in run a: "
        "its hash in dvc.lock is not that of its files"
    )


@pytest.mark.parametrize(
    ("changes", "other"),
    [
        ({"rate": 0.2}, "params.yaml of stage `train`"),
        ({"code": "changed"}, "src/hw1/models of stage `train`"),
    ],
)
def test_other_sources_are_told_from_other_results(tmp_path, changes, other):
    a, b = write_run(tmp_path / "a"), write_run(tmp_path / "b", **changes)

    assert find_other_source(a, b) == other
    assert find_difference(a, b) is None
    assert find_other_lock(a, b).startswith("dvc.lock, line ")


def test_another_model_is_no_other_source(tmp_path):
    changed = {**FILES, "data/train/0.json": ""}

    assert find_other_source(write_run(tmp_path / "a"), write_run(tmp_path / "b", changed)) is None


@pytest.mark.parametrize("text", ["", "stages: [1]", "stages: {a: {outs: [{path: x}]}}", "{", "7"])
def test_a_broken_lock_is_an_error(tmp_path, text):
    (tmp_path / "dvc.lock").write_text(text)

    with pytest.raises(DataError, match="not a lock file of DVC"):
        read_results(tmp_path, "it")
