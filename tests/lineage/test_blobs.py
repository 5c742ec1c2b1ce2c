import pytest
from tracking_support import fabricate

from hw1.core.errors import DataError
from hw1.lineage.blobs import CacheBlobs, WorkspaceBlobs, cache_folder

VARIANT = fabricate()
LOCK = VARIANT.record.lock
SUBMISSION = "data/submit/submission.csv"
WEIGHTS = "data/train/weights.safetensors"


@pytest.fixture
def workspace(project):
    project.write(VARIANT)
    return WorkspaceBlobs(LOCK, project.root)


@pytest.fixture
def cached(project):
    project.cache(VARIANT)
    return CacheBlobs(LOCK, project.root / ".dvc/cache/files/md5")


@pytest.mark.parametrize("path", [SUBMISSION, WEIGHTS, "metrics/evaluate.json"])
def test_files_and_those_inside_folders_are_read(workspace, path):
    assert workspace.read(path) == VARIANT.files[path]


def test_a_file_that_has_changed_since_is_refused(workspace, project):
    (project.root / SUBMISSION).write_text("id,tested_positive\n0,99\n")
    with pytest.raises(DataError, match=rf"{SUBMISSION} is not what dvc\.lock describes"):
        workspace.read(SUBMISSION)


def test_a_file_that_is_gone_is_named(workspace, project):
    (project.root / WEIGHTS).unlink()
    with pytest.raises(DataError, match=rf"{WEIGHTS}.*dvc repro"):
        workspace.read(WEIGHTS)


@pytest.mark.parametrize("path", [SUBMISSION, WEIGHTS, "data/features/features.json"])
def test_the_cache_has_what_the_workspace_lost(cached, path):
    assert cached.read(path) == VARIANT.files[path]


def test_what_the_cache_lost_is_named_with_what_helps(cached, project):
    md5 = LOCK.outs()[SUBMISSION]
    (project.root / ".dvc/cache/files/md5" / md5[:2] / md5[2:]).unlink()
    with pytest.raises(DataError, match=rf"{SUBMISSION} \(MD5 {md5}\).*`dvc exp pull`"):
        cached.read(SUBMISSION)


@pytest.mark.parametrize("path", ["data/train/other.json", "data/trainer", "README.md"])
def test_what_is_no_output_is_refused(cached, path):
    with pytest.raises(DataError, match=f"{path} is no output"):
        cached.read(path)


def test_the_cache_is_where_dvc_keeps_it(project, tmp_path):
    assert cache_folder(project.root) == project.root / ".dvc/cache/files/md5"
    (project.root / ".dvc/config").write_text(f"[cache]\n    dir = {tmp_path / 'shared'}\n")
    assert cache_folder(project.root) == tmp_path / "shared/files/md5"
