"""Models that learn probabilities, and whole days."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from train_support import design_table, make_params

from hw1.core.errors import DataError, ParamsError
from hw1.models.design import joined, to_design
from hw1.models.fold import fit_fold
from hw1.models.problem import make_problem
from hw1.params.train import TrainParams, require_regression

TABLE = design_table(rows=240)
DESIGN = to_design("0", TABLE)
LOGISTIC = {
    "task": "classification",
    "model": "linear",
    "epochs": 400,
    "batch_size": "full",
    "optimizer": {"name": "adam", "learning_rate": 0.1, "weight_decay": 0.0},
}


def with_days(table: pd.DataFrame) -> pd.DataFrame:
    """Two more signals, which move by the features as well."""
    return table.assign(
        **{
            "true:cli": 20.0 + table["cli_day5"],
            "true:shop": 50.0 - 2.0 * table["ili_day5"],
            "known:cli": 20.0,
            "known:shop": 50.0,
        }
    )


DAYS = to_design("0", with_days(TABLE))


def labels(part) -> np.ndarray:
    return (part.target - part.known > 0.0).astype(float)


def test_linear_is_the_logistic_regression_of_scikit_learn():
    fitted = fit_fold(make_params(**LOGISTIC), DESIGN).fitted
    own = LogisticRegression(C=1e8, max_iter=1000).fit(DESIGN.train.x, labels(DESIGN.train))
    assert fitted.predict(DESIGN.validation.x)[0] == pytest.approx(
        own.decision_function(DESIGN.validation.x), rel=0.05, abs=0.1
    )


def test_errors_of_probabilities_are_brier_scores():
    params = make_params(**LOGISTIC)
    fit = fit_fold(params, DESIGN)
    problem = make_problem(params, DESIGN)
    part = DESIGN.validation
    predicted = problem.target.decode(fit.fitted.predict(part.x), part.known)[0]
    assert 0.0 < predicted.min() < predicted.max() < 1.0
    brier = np.average((predicted - labels(part)) ** 2, weights=part.weight)
    assert fit.validation_mse == pytest.approx(brier)
    assert brier < 0.5 * labels(part).var()


def test_without_a_model_everybody_gets_the_training_rows_share():
    params = make_params(task="classification", model="persistence", rise=0.5)
    problem = make_problem(params, DESIGN)
    outputs = fit_fold(params, DESIGN).fitted.predict(DESIGN.validation.x)
    share = (DESIGN.train.target - DESIGN.train.known > 0.5).mean()
    assert problem.target.decode(outputs, DESIGN.validation.known) == pytest.approx(share)


def test_one_class_alone_is_nothing_to_learn():
    with pytest.raises(DataError, match=r"fold 0: positivity rises by more than 90 points in no"):
        make_problem(make_params(task="classification", rise=90.0), DESIGN)


@pytest.mark.parametrize("model", ["linear", "ridge", "mlp"])
def test_a_whole_day_is_learnt_signal_by_signal(model):
    params = make_params(
        task="structured", model=model, epochs=200, hidden=[16], batch_size=32, seeds=2
    )
    fit = fit_fold(params, DAYS)
    target = make_problem(params, DAYS).target
    part = DAYS.validation
    assert target.signals == ("cli", "shop", "tested_positive")
    found = target.decode_day(fit.fitted.predict(part.x), part.day.known).mean(axis=0)
    left = ((found - part.day.true) ** 2).mean(axis=0)
    unmoved = ((part.day.known - part.day.true) ** 2).mean(axis=0)
    assert (left < 0.2 * unmoved).all()
    positivity = target.decode(fit.fitted.predict(part.x), part.known).mean(axis=0)
    assert np.array_equal(positivity, found[:, -1])
    assert fit.validation_mse == pytest.approx(float(part.errors(positivity[None])[0]))


def test_one_output_of_a_ridge_on_days_is_the_ridge_of_that_signal():
    day = fit_fold(make_params(task="structured", model="ridge"), DAYS).fitted
    alone = fit_fold(make_params(model="ridge"), DAYS).fitted
    x = DAYS.validation.x
    assert day.predict(x)[..., -1] == pytest.approx(alone.predict(x))


def test_persistence_moves_no_signal():
    params = make_params(task="structured", model="persistence")
    fit, target = fit_fold(params, DAYS), make_problem(params, DAYS).target
    part = DAYS.validation
    assert np.array_equal(
        target.decode_day(fit.fitted.predict(part.x), part.day.known)[0], part.day.known
    )


def test_without_the_last_day_in_the_design_it_cannot_be_learnt():
    with pytest.raises(DataError, match=r"features\.last_day: false"):
        make_problem(make_params(task="structured", model="ridge"), DESIGN)


def test_regression_does_not_care_whether_the_day_is_there():
    params = make_params(model="ridge")
    first, second = (fit_fold(params, design).fitted for design in (DESIGN, DAYS))
    assert np.array_equal(first.predict(DESIGN.train.x), second.predict(DESIGN.train.x))


def test_rows_are_chosen_and_joined_day_and_all():
    part = DAYS.train
    halves = [part.at(np.arange(50)), part.at(np.arange(50, len(part.x)))]
    assert joined(halves).equals(part)
    assert not halves[0].equals(part)
    assert not DESIGN.train.equals(part)


@pytest.mark.parametrize(
    ("task", "model"),
    [("classification", "ridge"), ("structured", "lasso"), ("structured", "blend")],
)
def test_models_that_cannot_learn_a_task_are_refused(task, model):
    with pytest.raises(ValueError, match=f"`task: {task}` cannot be learnt by `model: {model}`"):
        make_params(task=task, model=model)


def test_what_knows_percentages_alone_says_so():
    params: TrainParams = make_params(task="classification")
    with pytest.raises(ParamsError, match=r"`train.task` is `classification`, but a search knows"):
        require_regression(params, "a search")
