import pytest
from tracking_support import edit_lock, fabricate

from hw1.core.errors import DataError
from hw1.lineage.commit import checked_lock, record_at

VARIANT = fabricate()
OTHER = fabricate(dropout=0.3)


def test_what_git_holds_is_enough_for_a_record(project):
    commit = project.commit(OTHER)
    project.commit(VARIANT)
    record = record_at(project.root, commit)
    assert record.variant == OTHER.record.variant
    assert record.texts == OTHER.record.texts
    assert record.params_text == OTHER.record.params_text
    assert record.created == 1000 * int(project.git("show", "-s", "--format=%ct", commit))
    assert (record.commit, record.changed, record.experiment) == (commit, (), None)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"params_text": OTHER.record.params_text}, r"`train\.dropout` is 0\.3"),
        ({"texts": VARIANT.record.texts | {"metrics/submit.json": "{}"}}, r"metrics/submit\.json"),
        (
            {"lock_text": edit_lock(VARIANT.record.lock_text, "train", "outs", "data/train", "0")},
            r"`evaluate` has read another data/train than `train` wrote",
        ),
    ],
    ids=["parameters", "metrics", "lock"],
)
def test_files_that_do_not_belong_together_are_refused(project, change, message):
    commit = project.commit(VARIANT.known(**change))
    for read in (record_at, checked_lock):
        with pytest.raises(DataError, match=f"{commit[:7]}.*{message}"):
            read(project.root, commit)


@pytest.mark.parametrize("path", ["dvc.lock", "params.yaml", "metrics/evaluate.json"])
def test_a_commit_that_lacks_a_file_is_refused(project, path):
    project.commit(VARIANT)
    project.git("rm", "-q", path)
    project.git("commit", "-qm", "incomplete")
    head = project.git("rev-parse", "HEAD")
    with pytest.raises(DataError, match=f"commit {head[:7]} holds no {path}"):
        record_at(project.root, head)


def test_the_default_of_an_earlier_commit_says_of_which(project):
    older = project.commit(VARIANT)
    head = project.commit(VARIANT.known(params_text=VARIANT.record.params_text + "\n"))
    assert record_at(project.root, head).name == "default"
    assert record_at(project.root, older).name == f"default @{older[:7]}"


def test_a_variant_is_named_by_what_it_changes_of_the_present_commit(project):
    older = project.commit(OTHER)
    project.commit(VARIANT)
    assert record_at(project.root, older).name == "dropout=0.3"
