"""A trial scores in a search what the pipeline scores with its parameters."""

import numpy as np
import pytest
from search_support import designs_of, make_data, make_trial

from hw1.models.folds import fit_folds, summarise
from hw1.models.problem import make_problem
from hw1.params.sweep import PruningParams
from hw1.sweep.batches import Batch
from hw1.sweep.evaluate import evaluate_batch
from hw1.sweep.stacked import evaluate_stack


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return make_data(tmp_path_factory.mktemp("edition"))


def pipeline_errors(data, trial):
    """Members' mean and ensemble's error, fitted fold by fold."""
    designs = designs_of(data, trial.features)
    params = trial.train.model_copy(update={"refit": False})
    fits = fit_folds(params, designs, lambda *_: None)
    ensemble = summarise(fits, designs)["valid_mse"]
    errors, weights = [], []
    for fold, design in designs.items():
        problem, fitted = make_problem(params, design), fits[fold].fitted
        outputs = fitted.predict(design.validation.x)
        predicted = problem.target.decode(outputs, design.validation.known)
        errors.append(design.validation.errors(predicted).mean())
        weights.append(design.validation.weight.sum())
    return np.average(errors, weights=weights), ensemble


VARIED = [
    {},
    {"seed": 11},
    {"dropout": 0.4},
    {"optimizer": {"learning_rate": 0.05}},
    {"optimizer": {"weight_decay": 0.0}},
    {"target": "level"},
    {"target_transform": "none", "target_standardise": False},
    {"epochs": 7},
    {"features": {"k": 3}, "epochs": 2},
    {"features": {"k": 3, "score_target": "level"}},
    {"features": {"transform": "none"}},
    {"features": {"k": 2}, "dropout": 0.2, "optimizer": {"learning_rate": 0.002}},
]


def _but_epochs(varied):
    return {name: value for name, value in varied.items() if name != "epochs"}


@pytest.mark.parametrize(
    "common",
    [
        {},
        {"model": "linear"},
        {"linear_skip": True, "activation": "tanh", "optimizer": {"name": "sgd"}},
        {"epochs": 12, "early_stopping": {"patience": 2}},
        {"features": {"pairs": "last"}},
    ],
    ids=["mlp", "linear", "skip", "patience", "last"],
)
def test_members_of_a_stack_score_what_they_score_alone(data, common):
    trials = []
    for number, varied in enumerate(VARIED):
        both = common | (varied if "early_stopping" not in common else _but_epochs(varied))
        both["optimizer"] = common.get("optimizer", {}) | varied.get("optimizer", {})
        both["features"] = common.get("features", {}) | varied.get("features", {})
        trials.append(make_trial(number, **both))

    outcomes = evaluate_batch(data, Batch(tuple(trials), stacked=True))

    assert [outcome.number for outcome in outcomes] == list(range(len(VARIED)))
    assert len({outcome.ensemble_mse for outcome in outcomes}) >= len(VARIED) - 2
    for trial, outcome in zip(trials, outcomes, strict=True):
        members, ensemble = pipeline_errors(data, trial)
        assert outcome.state == "complete"
        assert outcome.members_mse == pytest.approx(members, abs=1e-9)
        assert outcome.ensemble_mse == pytest.approx(ensemble, abs=1e-9)
        assert sum(outcome.by_state) / data.state_weights.sum() == pytest.approx(members)
        # the curve is in single precision
        assert outcome.curve[-1] == pytest.approx(members, rel=1e-4)


@pytest.mark.parametrize("model", ["ridge", "extra_trees", "persistence", "blend"])
def test_other_models_score_what_they_score_alone(data, model):
    trial = make_trial(0, model=model, blend=[["ridge"], ["lasso", "mlp"]])

    (outcome,) = evaluate_batch(data, Batch((trial,), stacked=False))

    assert (outcome.members_mse, outcome.ensemble_mse) == pytest.approx(
        pipeline_errors(data, trial), abs=1e-9
    )


def test_linked_windows_are_evaluated_too(tmp_path):
    data = make_data(tmp_path, "both")
    trial = make_trial(0, {"pairs": "last", "linked_days": 1})

    (outcome,) = evaluate_batch(data, Batch((trial,), stacked=False))

    assert outcome.ensemble_mse == pytest.approx(pipeline_errors(data, trial)[1], abs=1e-9)


@pytest.mark.fault("divergence")
def test_a_diverging_trial_leaves_the_others_as_they_are(data):
    wild = {"name": "sgd", "learning_rate": 1e6}
    tame = make_trial(0, optimizer={"name": "sgd", "learning_rate": 0.01})

    outcomes = evaluate_batch(
        data, Batch((tame, make_trial(1, optimizer=wild, target="level")), stacked=True)
    )

    assert [outcome.state for outcome in outcomes] == ["complete", "diverged"]
    assert "1e+06" in outcomes[1].reason
    (alone,) = evaluate_batch(data, Batch((tame,), stacked=True))
    assert alone.members_mse == outcomes[0].members_mse


def test_a_trial_that_cannot_be_fitted_leaves_the_others_as_they_are(data):
    trials = (make_trial(0, {"k": 99}), make_trial(1))

    outcomes = evaluate_batch(data, Batch(trials, stacked=True))

    assert [outcome.state for outcome in outcomes] == ["failed", "complete"]
    assert "features.k" in outcomes[0].reason


def test_pruned_trials_stop_at_a_rung_and_the_others_do_not_notice(data):
    rates = [0.02, 0.01, 1e-6, 1e-7]
    trials = tuple(
        make_trial(number, optimizer={"learning_rate": rate}) for number, rate in enumerate(rates)
    )
    pruning = PruningParams(first_epoch=2, reduction=2)

    outcomes = evaluate_batch(data, Batch(trials, True, pruning))

    assert [outcome.state for outcome in outcomes[2:]] == ["pruned", "pruned"]
    assert [len(outcome.curve) for outcome in outcomes[2:]] == [2, 2]
    assert outcomes[2].members_mse == outcomes[2].curve[-1]
    whole = evaluate_batch(data, Batch(trials, True))
    assert outcomes[0].members_mse == whole[0].members_mse
    assert [one.curve[:2] for one in outcomes] == [one.curve[:2] for one in whole]


def test_earlier_trials_raise_the_bar(data):
    pruning = PruningParams(first_epoch=2, reduction=2)

    (outcome,) = evaluate_batch(
        data, Batch((make_trial(0),), True, pruning, pool={2: [1e-9, 1e-9, 1e-9]})
    )

    assert outcome.state == "pruned"


def test_a_trial_that_has_stopped_early_is_compared_no_more(data):
    common = {"epochs": 60, "early_stopping": {"patience": 2}}
    quick = make_trial(0, **common, optimizer={"learning_rate": 0.3})
    slow = make_trial(1, **common, optimizer={"learning_rate": 1e-3})
    (alone,) = evaluate_batch(data, Batch((quick,), stacked=True))
    rung = len(alone.curve) + 1

    both = evaluate_batch(
        data,
        Batch((quick, slow), True, PruningParams(first_epoch=rung, reduction=9), {rung: [1e-9]}),
    )

    assert rung < len(both[1].curve) + 1
    assert (both[0].state, both[0].curve) == ("complete", alone.curve)
    assert (both[1].state, len(both[1].curve)) == ("pruned", rung)


def test_whatever_breaks_one_trial_is_no_harm_to_the_others(data, monkeypatch):
    def breaks(trials, *rest):
        if any(each.trial.number == 1 for each in trials):
            raise ZeroDivisionError("of its own")
        return evaluate_stack(trials, *rest)

    trials = tuple(make_trial(number, seed=number) for number in range(3))
    whole = evaluate_batch(data, Batch(trials, stacked=True))
    monkeypatch.setattr("hw1.sweep.evaluate.evaluate_stack", breaks)

    outcomes = evaluate_batch(data, Batch(trials, stacked=True))

    assert outcomes[1].state == "failed"
    assert outcomes[1].reason == "ZeroDivisionError: of its own"
    assert [outcomes[n].members_mse for n in (0, 2)] == [whole[n].members_mse for n in (0, 2)]


def test_a_model_that_breaks_is_a_failed_trial(data, monkeypatch):
    def breaks(*_):
        raise ValueError("no such kernel")

    monkeypatch.setattr("hw1.sweep.evaluate.fit_fold", breaks)

    (outcome,) = evaluate_batch(data, Batch((make_trial(0, model="ridge"),), stacked=False))

    assert (outcome.state, outcome.reason) == ("failed", "ValueError: no such kernel")
