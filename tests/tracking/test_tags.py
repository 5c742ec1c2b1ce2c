import json
from dataclasses import replace

import pytest
from ruamel.yaml import YAML
from task_support import classification_texts
from tracking_support import fabricate

from hw1.core import layout
from hw1.lineage.git import Experiment
from hw1.lineage.history import Traces
from hw1.lineage.record import Timing
from hw1.tracking.notes import NOTE_TAG, run_note
from hw1.tracking.tags import are_up_to_date, label_of, publisher, reference_tags, run_tags

VARIANT = fabricate(commit="a" * 40, changed=("params.yaml", "stages/train.py")).record
LABEL = VARIANT.variant.label
EARLY = Experiment("early", "1" * 40, "b" * 40)
LATER = Experiment("later", "2" * 40, "b" * 40)


def test_a_runs_tags_tell_what_it_is_and_where_it_comes_from(root):
    tags = run_tags(VARIANT)
    assert label_of(tags) == LABEL
    assert tags["hw1.data"] == VARIANT.variant.data
    assert tags["hw1.code"] == VARIANT.variant.code
    assert tags["hw1.model"] == VARIANT.variant.model
    assert tags["split"] == "forward"
    assert tags["task"] == "regression"  # of the time before there were tasks
    assert tags["mlflow.source.name"] == "dvc repro"
    assert tags["mlflow.source.git.commit"] == "a" * 40
    assert tags["git.changed"] == "params.yaml, stages/train.py"
    assert all(isinstance(value, str) for value in tags.values())


def test_an_experiments_run_names_it(root):
    made = fabricate(experiment="mine", baseline="b" * 40).record
    tags = run_tags(made)
    assert tags["mlflow.source.name"] == "dvc exp run"
    assert (tags["dvc.experiment"], tags["dvc.experiment.baseline"]) == ("mine", "b" * 40)
    assert "dvc.experiment.revision" not in tags  # the stage runs before it has one
    assert "mlflow.source.git.commit" not in tags
    assert tags["git.changed"] == "nothing"


def test_a_run_names_its_task(root):
    made = fabricate(parameters={"train.task": "classification"}, texts=classification_texts())
    assert run_tags(made.record)["task"] == "classification"


def test_stages_tell_whether_they_ran(root):
    stages = {
        "ingest": Timing(False, None),
        "features": Timing(False, 2.04),
        "train": Timing(True, 12.5),
    }
    tags = run_tags(fabricate(stages=stages).record)
    assert tags["stage.ingest"] == "reused"
    assert tags["stage.features"] == "reused, took 2.0 s when it ran"
    assert tags["stage.train"] == "ran, 12.5 s"
    assert "stage.submit" not in tags


def test_all_experiments_are_named_and_the_first_is_linked():
    tags = reference_tags(VARIANT, Traces(LABEL, experiments=(EARLY, LATER), commits=("c" * 40,)))
    assert tags == {
        "dvc.experiment": "early, later",
        "dvc.experiment.revision": "1" * 40,
        "dvc.experiment.baseline": "b" * 40,
        "git.committed": "c" * 40,
        "restore": "dvc exp apply early",
    }


@pytest.mark.parametrize(
    "traces",
    [
        Traces(LABEL, True),
        Traces(LABEL, commits=("c" * 40, "d" * 40)),
        Traces(LABEL, experiments=(EARLY, LATER)),
        Traces(LABEL, True, (EARLY,), ("c" * 40,)),
    ],
    ids=["ledger", "commits", "experiments", "all"],
)
def test_tags_that_were_just_made_are_up_to_date(traces):
    assert are_up_to_date(reference_tags(VARIANT, traces), traces)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ({}, {"commits": ("c" * 40,)}),
        ({"commits": ("c" * 40,)}, {"commits": ("d" * 40, "c" * 40)}),
        ({}, {"experiments": (EARLY,)}),
        ({"experiments": (EARLY,)}, {"experiments": (EARLY, LATER)}),
        ({"experiments": (EARLY, LATER)}, {"experiments": (LATER,)}),
        ({"experiments": (EARLY,)}, {"experiments": (Experiment("early", "9" * 40, ""),)}),
        ({"experiments": (EARLY,)}, {}),
        ({"experiments": (EARLY,)}, {"commits": ("c" * 40,)}),
    ],
)
def test_what_is_new_or_gone_makes_tags_out_of_date(before, now):
    tags = reference_tags(VARIANT, Traces(LABEL, True, **before))
    assert not are_up_to_date(tags, Traces(LABEL, True, **now))


def test_an_experiments_own_tags_are_completed_with_its_revision():
    made = fabricate(experiment="early", baseline="b" * 40).record
    traces = Traces(LABEL, True, experiments=(EARLY,))
    assert not are_up_to_date(reference_tags(made), traces)
    assert are_up_to_date(reference_tags(made, traces), traces)


def test_after_an_experiment_is_removed_nothing_is_left_to_complete():
    made = fabricate(experiment="early", baseline="b" * 40, commit="a" * 40).record
    gone = Traces(LABEL, True)
    tags = reference_tags(made, Traces(LABEL, True, experiments=(EARLY,)))
    assert not are_up_to_date(tags, gone)
    tags |= reference_tags(made, gone)
    assert tags["restore"] == "git stash && git checkout aaaaaaa && dvc repro"
    assert are_up_to_date(tags, gone)


def test_a_run_that_shows_no_variant_has_no_variants_label():
    assert label_of({}) == "-"


def test_a_publisher_is_known_by_its_project_but_tells_nothing_of_it(root, tmp_path, monkeypatch):
    own = publisher()
    assert publisher() == own
    assert str(root.name) not in own
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    assert publisher() != own
    monkeypatch.setenv("DVC_ROOT", str(root))
    monkeypatch.chdir(tmp_path)
    assert publisher() == own  # an experiment in a folder of its own publishes for the project


def test_a_variant_that_fails_the_gate_is_flagged(root):
    path = str(layout.EVALUATE_METRICS)
    evaluated = json.loads(VARIANT.texts[path])
    assert "extrapolation" not in run_tags(VARIANT)  # an older version's
    gate = {"mse": 41.9, "ratio": 27.4, "fraction": 0.2, "tolerance": 2.0, "verdict": "fails"}
    texts = {path: json.dumps(evaluated | {"extrapolation": gate})}
    tags = run_tags(fabricate(texts=texts).record)
    assert tags["extrapolation"] == "fails"
    assert "**Extrapolation: fails.** On the highest 20% of levels" in tags[NOTE_TAG]


def test_linked_windows_have_a_tag(root):
    assert "transductive" not in run_tags(VARIANT)
    lock = YAML(typ="safe").load(VARIANT.lock_text)
    lock["stages"]["ingest"]["params"]["params.yaml"]["ingest"]["link"] = "both"
    linked = replace(VARIANT, lock_text=json.dumps(lock))
    assert run_tags(linked)["transductive"] == "true"


@pytest.mark.fault("implausible data")
def test_data_that_was_accepted_although_implausible_has_a_tag(root):
    assert "data.accepted" not in run_tags(VARIANT)
    path = str(layout.INGEST_METRICS)
    found = {"days": {"severity": "refuse", "accepted": True, "says": ["test file: swapped"]}}
    audit = json.loads(VARIANT.texts[path]) | {"plausible": found}
    tags = run_tags(fabricate(texts={path: json.dumps(audit)}).record)
    assert tags["data.accepted"] == "days"


@pytest.mark.fault("hostile names")
def test_nothing_that_a_parameter_holds_is_markdown():
    changes = [("features.columns", ["a`[x](javascript:alert(1))`"]), ("train.model", "``<img>`")]
    note = run_note(VARIANT.texts, changes, "dvc exp run -S 'x=`[y](javascript:z)`'")
    assert '``["a`[x](javascript:alert(1))`"]``' in note
    assert "``` ``<img>` ```" in note
    assert "Bring it back: ``dvc exp run -S 'x=`[y](javascript:z)`'``" in note
