import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import ROOT
from sweep_support import make_sweep, sections, space_of

from hw1.core.errors import ParamsError
from hw1.params.sweep import load_sweep
from hw1.sweep.domain import Range
from hw1.sweep.making import make_space
from hw1.sweep.space import value_at

RATE = "train.optimizer.learning_rate"


def test_the_shipped_space_is_one():
    assert make_space(load_sweep(ROOT / "params.yaml"), *sections()).parameters


def domains(space):
    return {parameter.key: parameter.domain for parameter in space.parameters}


def test_the_key_decides_what_a_range_is_of():
    space = {
        "train.dropout": {"low": 0, "high": 0.5},
        "train.batch_size": {"low": 32, "high": 100, "step": 32},
        "features.clip": {"low": 1, "high": 5},
        "train.svr.gamma": {"low": 1, "high": 5, "log": True},
        "train.ridge.alpha": {"low": 0.1, "high": 1.05, "step": 0.3},
    }
    assert domains(space_of(make_sweep(space=space))) == {
        "features.clip": Range(1.0, 5.0),
        "train.batch_size": Range(32, 96, 32, whole=True),
        "train.dropout": Range(0.0, 0.5),
        "train.ridge.alpha": Range(0.1, 1.0, 0.3),
        "train.svr.gamma": Range(1.0, 5.0, log=True),
    }


def test_values_of_a_range_are_written_in_few_digits():
    assert Range(0.1, 1.0, 0.3).values == (0.1, 0.4, 0.7, 1.0)
    assert Range(1e-5, 1.0, log=True).tidy(0.00317382941) == 0.003174
    assert Range(0.0, 1.0).tidy(0.317382941) == 0.317
    assert Range(1000.0, 1000.5).tidy(1000.1234567) == 1000.1235
    assert Range(0.123456, 1.0).tidy(0.123400001) == 0.123456
    assert Range(0.0, 1.0, 0.1).tidy(0.30000000000000004) == 0.3
    assert Range(0, 9, 3, whole=True).tidy(6) == 6


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"train.optimizer.learning_rat": {"choices": [1]}}, f"did you mean `{RATE}`?"),
        ({"train.learning_rate": {"choices": [1]}}, f"did you mean `{RATE}`?"),
        ({"train.xyzzy": {"choices": [1]}}, "`sweep.space.train.xyzzy`: unknown key"),
        ({"train.optimizer": {"choices": [1]}}, "`train.optimizer` holds keys of its own"),
        ({"ingest.link": {"choices": ["none"]}}, "in none of the sections features, train"),
        ({"train.seeds": {"low": 1, "high": 3}}, "cannot be searched; every trial has `sweep.se"),
        ({"train.refit": {"choices": [True, False]}}, "cannot be searched; it says what is submi"),
        ({"train.threads": {"low": 1, "high": 2}}, "cannot be searched; it changes how fast"),
        ({"train.device": {"choices": ["cpu"]}}, "cannot be searched; it changes how fast"),
        ({RATE: {"low": -1, "high": 1}}, f"`low: -1` is refused: `{RATE}` should be greater"),
        ({"train.dropout": {"low": 0, "high": 1}}, "`high: 1` is refused: `train.dropout` should"),
        ({"train.hidden": {"choices": [[8], ["x"]]}}, 'choice ["x"] is refused: `train.hidden.0`'),
        ({"train.model": {"choices": ["mpl"]}}, "cannot be 'mpl'; did you mean `mlp`?"),
        (
            {"train.blend": {"choices": [[["ard"]], []]}},
            "choice [] is refused: `train.blend`:",
        ),
        ({"train.epochs": {"low": 1.0, "high": 3.5}}, "whole number; `low: 1.0` is none"),
        ({"train.epochs": {"low": 1, "high": 9, "step": 0.5}}, "whole number; `step: 0.5`"),
        ({"train.model": {"low": 1, "high": 3}}, "it is no number, so that it has no range"),
        ({"train.states": {"choices": [True]}}, "did you mean `features.states`?"),
        (
            {"train.dropout": {"low": 0, "high": 0.5, "when": {"train.modle": "mlp"}}},
            "`sweep.space.train.dropout.when`: unknown key `train.modle`; did you mean `train.mo",
        ),
        (
            {"train.dropout": {"low": 0, "high": 0.5, "when": {"train.model": "mpl"}}},
            "`train.model: \"mpl\"` is refused: `train.model` cannot be 'mpl'",
        ),
        (
            {"train.dropout": {"low": 0, "high": 0.5, "when": {"train.model": []}}},
            "`train.model` needs a value",
        ),
        (
            {
                "train.dropout": {"low": 0, "high": 0.5, "when": {"train.model": "ridge"}},
                "train.model": {"choices": ["mlp", "linear"]},
            },
            '`train.model` is never "ridge", as it is searched over other values',
        ),
        (
            {
                "train.dropout": {"low": 0, "high": 0.5, "when": {"train.epochs": [31, 32]}},
                "train.epochs": {"low": 5, "high": 30},
            },
            "`train.epochs` is never 31 or 32, as it is",
        ),
        (
            {
                "train.dropout": {"choices": [0, 0.5], "when": {"train.epochs": 5}},
                "train.epochs": {"choices": [5, 6], "when": {"features.k": 8}},
                "features.k": {"choices": [8, 9], "when": {"train.dropout": 0}},
            },
            "in a circle: `features.k` -> `train.dropout` -> `train.epochs` -> `features.k`",
        ),
        ({"train.epochs": {"choices": [5]}}, "holds a single point"),
        ({}, "holds a single point"),
        (
            {"train.dropout": {"low": 0, "high": 0.5, "when": {"train.model": "linear"}}},
            "holds a single point",
        ),
    ],
)
def test_what_cannot_be_searched_is_named(entry, message):
    with pytest.raises(ParamsError) as refusal:
        space_of(make_sweep(space=entry))
    assert message in str(refusal.value)
    assert str(refusal.value).startswith("params.yaml: `sweep.space")


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"train.dropout": {"low": 0, "high": 0.5}}, "a grid needs a `step` in a range"),
        ({"train.epochs": {"low": 1, "high": 9, "log": True}}, "a grid has no range on a log sc"),
    ],
)
def test_a_grid_needs_counted_values(entry, message):
    with pytest.raises(ParamsError, match=message):
        space_of(make_sweep(space=entry, sampler="grid"))


def test_messages_name_the_file(tmp_path):
    sweep = make_sweep(space={"train.epoch": {"choices": [1, 2]}})
    with pytest.raises(ParamsError, match=r"mine\.yaml: `sweep\.space\.train\.epoch`"):
        make_space(sweep, *sections(), tmp_path / "mine.yaml")


def test_what_clashes_only_together_is_left_to_the_trial():
    """`hidden: []` is wrong beside `model: mlp`, which the section has, but right beside linear."""
    space = space_of(
        make_sweep(
            space={
                "train.model": {"choices": ["mlp", "linear"]},
                "train.hidden": {"choices": [[], [8]]},
            }
        )
    )
    assert space.trial(0, {"train.model": "linear", "train.hidden": []}).train.hidden == []
    with pytest.raises(ParamsError, match=r'trial 7 \(train.hidden=\[\], train.model="mlp"\)'):
        space.trial(7, {"train.hidden": [], "train.model": "mlp"})


def test_a_trial_is_the_sections_with_its_values():
    space = space_of(make_sweep(seeds=3), seeds=8)
    trial = space.trial(5, {RATE: 0.01, "features.k": 8})
    assert (trial.number, trial.overrides) == (5, {RATE: 0.01, "features.k": 8})
    assert (trial.train.optimizer.learning_rate, trial.features.k) == (0.01, 8)
    assert trial.train.seeds == 3
    assert trial.train.optimizer.name == value_at(space.base, "train.optimizer.name")


def test_a_grid_follows_conditions_and_repeats_nothing():
    space = space_of(
        make_sweep(
            sampler="grid",
            space={
                "train.optimizer.nesterov": {
                    "choices": [False, True],
                    "when": {"train.optimizer.name": "sgd"},
                },
                "train.optimizer.name": {
                    "choices": ["adam", "sgd"],
                    "when": {"train.model": ["linear", "mlp"]},
                },
                "train.model": {"choices": ["ard", "linear"]},
            },
        )
    )
    model, name, nesterov = "train.model", "train.optimizer.name", "train.optimizer.nesterov"
    assert list(space.grid()) == [
        {model: "ard"},
        {model: "linear", name: "adam"},
        {model: "linear", name: "sgd", nesterov: False},
        {model: "linear", name: "sgd", nesterov: True},
    ]


def test_a_condition_may_look_at_a_fixed_key():
    space = {
        "train.dropout": {"low": 0, "high": 0.5, "when": {"train.model": "mlp"}},
        "features.k": {"choices": [8, None]},
    }
    sweep = make_sweep(space=space)
    lowest = {"train.dropout": 0.0, "features.k": 8}
    assert space_of(sweep, model="mlp").choose(lambda each: lowest[each.key]) == lowest
    without = space_of(sweep, model="linear").choose(lambda each: lowest[each.key])
    assert without == {"features.k": 8}


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_whatever_is_chosen_is_a_trial_with_parents_in_it(data):
    space = space_of(make_sweep())

    def pick(parameter):
        domain = parameter.domain
        if isinstance(domain, Range):
            value = data.draw(st.floats(domain.low, domain.high))
            assert domain.contains(domain.tidy(value))
            return domain.tidy(value)
        return data.draw(st.sampled_from(domain.values))

    overrides = space.choose(pick)
    trial = space.trial(0, overrides)
    assert ("train.dropout" in overrides) == (trial.train.model == "mlp")
    content = {"features": trial.features.model_dump(), "train": trial.train.model_dump()}
    assert {key: value_at(content, key) for key in overrides} == overrides
