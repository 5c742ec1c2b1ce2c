import pytest
from tracking_support import fabricate

from hw1.core.errors import DataError
from hw1.lineage import history
from hw1.lineage.git import Experiment
from hw1.lineage.history import History, Traces
from hw1.lineage.ledger import Ledger
from hw1.lineage.record import Timing

FIRST, SECOND, THIRD = (fabricate(dropout=value) for value in (0.1, 0.2, 0.3))


def label(variant):
    return variant.record.variant.label


def test_a_variant_is_found_wherever_it_is_held(project):
    older = project.commit(FIRST)
    newer = project.commit(SECOND)
    revision = project.experiment("apart", SECOND)
    project.record(SECOND)
    project.record(THIRD)
    assert History(project.root).traces() == {
        label(FIRST): Traces(label(FIRST), commits=(older,)),
        label(SECOND): Traces(
            label(SECOND), True, (Experiment("apart", revision, newer),), (newer,)
        ),
        label(THIRD): Traces(label(THIRD), True),
    }


def test_a_variant_that_was_committed_twice_has_the_newest_commit_first(project):
    commits = [project.commit(each) for each in (FIRST, SECOND, FIRST)]
    found = History(project.root).traces()
    assert found[label(FIRST)].commits == (commits[2], commits[0])
    assert found[label(SECOND)].commits == (commits[1],)


def test_experiments_of_one_variant_are_one_variant(project):
    for name in ("later", "early"):
        project.experiment(name, FIRST)
    (found,) = History(project.root).traces().values()
    assert [each.name for each in found.experiments] == ["early", "later"]


def test_the_ledger_knows_more_than_git(project):
    stages = {"train": Timing(True, 12.0)}
    project.record(FIRST.known(name="mine", stages=stages))
    project.commit(FIRST)
    known = History(project.root)
    record = known.record(known.traces()[label(FIRST)])
    assert (record.name, record.stages) == ("mine", stages)


def test_what_git_holds_is_enough_for_a_record(project):
    commit = project.commit(FIRST)
    record = History(project.root).record(Traces(label(FIRST), commits=(commit,)))
    assert record.variant == FIRST.record.variant
    assert record.texts == FIRST.record.texts
    assert record.params_text == FIRST.record.params_text
    assert record.created == 1000 * int(project.git("show", "-s", "--format=%ct"))
    assert (record.commit, record.changed, record.experiment) == (commit, (), None)


def test_an_experiments_record_has_its_name_and_baseline(project):
    project.experiment("mine", FIRST)
    known = History(project.root)
    record = known.record(known.traces()[label(FIRST)])
    head = project.git("rev-parse", "HEAD")
    assert (record.name, record.experiment, record.baseline) == ("mine", "mine", head)


def test_a_commit_of_files_that_do_not_belong_together_holds_no_variant(project):
    project.commit(FIRST.known(params_text=THIRD.record.params_text))
    newer = project.commit(SECOND)
    found = History(project.root).traces()
    assert found == {label(SECOND): Traces(label(SECOND), commits=(newer,))}


def test_commits_are_read_once(project, monkeypatch):
    project.commit(FIRST)
    first = History(project.root).traces()
    monkeypatch.setattr(history, "checked_lock", None)
    assert History(project.root).traces() == first


@pytest.mark.parametrize("text", ["", "{", "[]", "[1]"])
def test_a_damaged_memory_of_commits_is_made_anew(project, text):
    project.commit(FIRST)
    first = History(project.root).traces()
    (path,) = project.root.rglob("revisions-*.json")
    path.write_text(text)
    assert History(project.root).traces() == first


def test_a_passing_trouble_does_not_hide_a_commit_for_ever(project):
    """variants.yaml names variants; whether it is in order says nothing of a commit."""
    project.commit(FIRST)
    (project.root / "variants.yaml").write_text("lasso: [\n")
    try:
        History(project.root).traces()
    finally:
        (project.root / "variants.yaml").write_text("{}\n")
    assert list(History(project.root).traces()) == [label(FIRST)]


def test_a_damaged_record_is_made_from_git(project):
    commit = project.commit(FIRST)
    project.record(FIRST.known(name="of the ledger"))
    (path,) = project.root.rglob(f"{label(FIRST)}.json")
    path.write_text("{")
    known = History(project.root)
    traces = known.traces()[label(FIRST)]
    assert traces == Traces(label(FIRST), True, commits=(commit,))
    assert known.record(traces).variant == FIRST.record.variant


def test_a_damaged_record_that_git_does_not_hold_is_named(project):
    project.record(FIRST)
    (path,) = project.root.rglob(f"{label(FIRST)}.json")
    path.write_text("{")
    known = History(project.root)
    with pytest.raises(DataError, match=f"{label(FIRST)} is damaged"):
        known.record(known.traces()[label(FIRST)])
    assert list(Ledger(project.root).records()) == []
