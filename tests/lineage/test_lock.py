import json

import pytest
from tracking_support import edit_lock, fabricate

from hw1.core.errors import DataError
from hw1.lineage.lock import parse_lock

TEXT = fabricate().record.lock_text


def test_a_stage_shows_its_command_code_parameters_and_files():
    lock = parse_lock(TEXT)
    assert list(lock.stages) == ["ingest", "features", "train", "evaluate", "submit"]
    train = lock.stages["train"]
    assert train.command == "python -m stages.train"
    assert train.params["train"]["optimizer"] == {"name": "adamw"}
    assert set(train.deps) == {"stages/train.py", "data/features/features.json"}
    assert train.outs["data/train"].endswith(".dir")


def test_sources_are_what_no_stage_has_made():
    lock = parse_lock(TEXT)
    assert list(lock.sources("ingest")) == ["data/raw/sample", "stages/ingest.py"]
    assert list(lock.sources("train")) == ["stages/train.py"]


def test_outs_are_those_of_all_stages():
    outs = parse_lock(TEXT).outs()
    assert list(outs) == sorted(outs)
    assert {"data/submit/submission.csv", "metrics/evaluate.json", "data/train"} <= set(outs)


def test_the_publishing_stages_own_entry_is_left_alone():
    content = json.loads(TEXT)
    content["stages"]["track"] = {
        "cmd": "python -m stages.track",
        "deps": [{"path": "data/train", "md5": "of the run before"}],
    }
    assert parse_lock(json.dumps(content)) == parse_lock(TEXT)


@pytest.mark.fault("kill a stage")
def test_a_torn_lock_is_refused():
    """Training has run again and was killed before the stages that follow it."""
    torn = edit_lock(TEXT, "train", "outs", "data/train", "0" * 32 + ".dir")
    with pytest.raises(DataError, match=r"`evaluate` has read another data/train than `train`"):
        parse_lock(torn)


def test_a_lock_without_a_stage_is_refused():
    content = json.loads(TEXT)
    del content["stages"]["submit"]
    with pytest.raises(DataError, match=r"commit 1234567 does not hold stage `submit`.*dvc repro"):
        parse_lock(json.dumps(content), "commit 1234567")


@pytest.mark.parametrize("text", ["", "[]", "a: [", "stages: 3", "stages: {train: {}}"])
@pytest.mark.fault("unsafe YAML")
def test_what_is_no_lock_file_is_refused(text):
    with pytest.raises(DataError, match=r"dvc\.lock is not a lock file of DVC"):
        parse_lock(text)
