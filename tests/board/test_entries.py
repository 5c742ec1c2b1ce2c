import pytest
from tracking_support import fabricate

from hw1.board.entries import entry_of, read_entries
from hw1.core.errors import DataError
from hw1.lineage.record import Timing


def names(entries):
    return sorted(entry.record.name for entry in entries.found)


def test_variants_are_found_wherever_they_are_held(project, variant):
    project.record(variant("in the ledger"))
    project.experiment("an-experiment", variant("b"))
    project.commit(variant("c"))
    project.record(variant("elsewhere", edition="2022"))
    found = read_entries(project.root, "sample")
    assert {"in the ledger", "an-experiment"} <= set(names(found))
    assert len(found.found) == 3
    assert found.editions == ("2022", "sample")
    assert found.skipped == ()


def test_what_only_history_holds_waits_until_it_is_asked_for(project, variant):
    project.commit(variant("a"))
    project.commit(variant("b"))
    newest = read_entries(project.root, "sample")
    assert (len(newest.found), newest.others) == (1, 1)
    every = read_entries(project.root, "sample", everything=True)
    assert (len(every.found), every.others) == (2, 0)


def test_the_workspace_counts_before_anything_is_published(project, variant):
    project.write(variant("fresh"))
    (found,) = read_entries(project.root, "sample").found
    assert found.side.parameters["train.model"] == "fresh"


def test_a_project_without_results_has_no_variants(project):
    found = read_entries(project.root, "sample")
    assert (found.found, found.skipped, found.others) == ((), (), 0)


@pytest.mark.fault("older files")
def test_metrics_of_another_version_are_told(project, variant):
    project.record(variant("a"))
    project.record(variant("b", evaluated={"main": {}}))
    found = read_entries(project.root, "sample")
    assert names(found) == ["a"]
    assert "another version of the project" in found.skipped[0]


def test_predictions_may_be_gone(project, variant):
    entry = entry_of(variant("a").record, project.root / "nowhere")
    assert entry.side.predictions is None
    broken = fabricate()
    project.cache(broken)
    with pytest.raises(DataError, match="damaged"):
        entry_of(broken.record, project.root / ".dvc/cache/files/md5")


def test_marks_come_from_the_metrics(entries, variant):
    split = {"method": "forward", "label": "forward", "leaks": False, "transductive": True}
    plain, labelled, flagged, leaking = entries(
        variant("a"),
        variant("b", transductive=True),
        variant("c", evaluated={"split": split}),
        variant("d", method="random", stages={"train": Timing(True, 2.5)}),
    )
    assert [each.transductive for each in (plain, labelled, flagged)] == [False, True, True]
    assert (plain.leaks, leaking.leaks, leaking.seconds) == (False, True, 2.5)
    assert plain.seconds is None
