import pytest
from tracking_support import fabricate

from hw1.core.note import note_stage
from hw1.lineage.record import Timing
from hw1.lineage.timing import clear_notes, gather_timings

VARIANT = fabricate().record
STAGES = ("ingest", "features", "train", "evaluate", "submit")


@pytest.fixture
def ran(project, monkeypatch):
    """Call it with the stages that are to have run."""

    def ran(*stages):
        for stage in stages:
            monkeypatch.setenv("DVC_STAGE", stage)
            note_stage()

    return ran


def which_ran(timings):
    return {stage for stage, timing in timings.items() if timing.ran}


def test_stages_that_ran_are_told_from_those_that_did_not(project, ran):
    ran("train", "submit")
    timings = gather_timings(VARIANT.lock, project.root)
    assert list(timings) == list(STAGES)
    assert which_ran(timings) == {"train", "submit"}
    assert timings["train"].seconds > 0
    assert timings["ingest"] == Timing(False, None)


def test_a_reused_result_remembers_how_long_it_took(project, ran):
    ran(*STAGES)
    took = gather_timings(VARIANT.lock, project.root)
    clear_notes()
    ran("evaluate", "submit")
    other = gather_timings(fabricate(dropout=0.3).record.lock, project.root)
    assert which_ran(other) == {"evaluate", "submit"}
    assert other["ingest"] == Timing(False, took["ingest"].seconds)
    assert other["train"] == Timing(False, None)  # of another dropout: nobody knows
    clear_notes()
    again = gather_timings(VARIANT.lock, project.root)
    assert again["train"] == Timing(False, took["train"].seconds)


def test_a_note_from_other_parameters_counts_for_nothing(project, ran):
    """A run was broken off, and another follows that does not run this stage."""
    ran("train")
    project.root.joinpath("params.yaml").write_text(fabricate(dropout=0.3).record.params_text)
    assert which_ran(gather_timings(VARIANT.lock, project.root)) == set()


def test_an_experiment_in_a_folder_of_its_own_remembers_for_the_project(
    project, ran, tmp_path, monkeypatch
):
    apart = tmp_path / "apart"
    apart.mkdir()
    (apart / "params.yaml").write_text(VARIANT.params_text)
    monkeypatch.chdir(apart)
    ran("train")
    took = gather_timings(VARIANT.lock, project.root)["train"]
    monkeypatch.chdir(project.root)
    assert gather_timings(VARIANT.lock, project.root)["train"] == Timing(False, took.seconds)


@pytest.mark.fault("older files")
@pytest.mark.parametrize("text", ["", "{", "{}", '{"seconds": "long", "params": 1}', "[1]"])
def test_a_damaged_note_is_no_note(project, ran, text):
    ran("train")
    (path,) = project.root.rglob("stages/train.json")
    path.write_text(text)
    assert not gather_timings(VARIANT.lock, project.root)["train"].ran
