"""Whatever stops being a number ends training at once, with place, epoch, step and rate."""

import copy
import warnings

import numpy as np
import pytest
from train_support import design_table, make_params

from hw1.core.errors import DivergedError
from hw1.engine.architecture import Architecture
from hw1.engine.divergence import find_divergence
from hw1.engine.members import Member
from hw1.engine.rows import Rows
from hw1.engine.training import train
from hw1.models.design import to_design
from hw1.models.fold import fit_fold

pytestmark = pytest.mark.fault("divergence")

NAN, INF = float("nan"), float("inf")
SOUND = [[1.0, 1.0], [1.0, 1.0], [1.0, 1.0]]  # losses of three steps, of two members
RATES = np.array([[0.1, 10.0], [0.2, 20.0], [0.3, 30.0]])


def losses(step, value):
    told = np.array(SOUND)
    told[step, 1] = value
    return told


@pytest.mark.parametrize(
    ("told", "errors", "said", "step", "rate"),
    [
        (losses(0, INF), [1.0, 1.0], "the loss", 1, 10.0),
        (losses(1, NAN), [1.0, NAN], "the loss", 2, 20.0),
        (losses(2, -INF), [], "the loss", 3, 30.0),
        (np.array(SOUND), [1.0, NAN], "the validation error", 3, 30.0),
        (np.array(SOUND), [1.0, INF], "the validation error", 3, 30.0),
    ],
)
def test_each_is_found_where_it_begins(told, errors, said, step, rate):
    found = find_divergence(told, np.array(errors), RATES, 7, "fold 3")
    assert list(found) == [1]
    problem = found[1]
    assert str(problem).startswith(f"fold 3: {said} is not finite in epoch 7, step {step} of 3, at")
    assert f"learning rate of {rate:g}. Try a smaller `train.optimizer" in str(problem)
    assert (problem.place, problem.epoch, problem.step) == ("fold 3", 7, step)
    assert problem.learning_rate == rate


def test_large_numbers_are_no_divergence():
    assert find_divergence(losses(1, 1e300), np.array([1.0, 1e300]), RATES, 1, "fold 0") == {}


def test_the_first_to_run_away_is_told_first():
    told = losses(2, NAN)
    told[1, 0] = INF
    assert list(find_divergence(told, np.array([1.0, 1.0]), RATES, 1, "fold 0")) == [0, 1]


def rows(scale_x=1.0, scale_y=1.0):
    random = np.random.default_rng(0)
    x, y = random.normal(size=(32, 3)) * scale_x, random.normal(size=32) * scale_y
    return Rows(x, y, lambda outputs: ((outputs - y) ** 2).mean(axis=1))


@pytest.mark.parametrize("by", ["adamw", "sgd", "gelu"])
@pytest.mark.parametrize(
    ("table", "validation", "rate", "said"),
    [
        (rows(scale_y=1e30), None, 0.01, r"the loss is not finite in epoch 1, step 1 of 2"),
        (rows(scale_x=1e30), None, 0.01, r"the loss is not finite in epoch 1, step 1 of 2"),
        (rows(scale_x=INF), None, 0.01, r"the loss is not finite in epoch 1, step 1 of 2"),
        (rows(), rows(scale_x=NAN), 0.01, r"the validation error is not finite in epoch 1, step 2"),
        (rows(), None, 1e30, r"the loss is not finite in epoch 1, step 2 of 2.* rate of 1e\+30"),
    ],
    ids=["targets", "features", "infinite", "validation", "rate"],
)
def test_training_stops_at_that_very_step(by, table, validation, rate, said):
    name = "adamw" if by == "gelu" else by
    params = make_params(optimizer={"name": name}, epochs=500)
    shape = Architecture(3, (5,), activation="gelu" if by == "gelu" else "relu", linear_skip=True)
    seen = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(DivergedError, match=rf"^fold 1: {said}.*Try a smaller"):
            train(
                shape,
                params,
                [Member(1, learning_rate=rate)],
                table,
                validation=validation,
                on_epoch=seen.append,
                place="fold 1",
            )
    assert seen == []


def test_what_only_the_finished_model_tells_is_told_too():
    """Nobody judges the last step of the fit on all rows."""
    params = make_params(epochs=1, batch_size=1000, optimizer={"name": "sgd"})
    wild = params.optimizer.model_copy(update={"learning_rate": 1e39})
    params = params.model_copy(update={"optimizer": wild})
    design = to_design("final", design_table(validation=False))
    with pytest.raises(DivergedError, match=r"^fold final: .*step of epoch 1.* 1e\+39") as raised:
        fit_fold(params, design)
    problem = raised.value
    assert (problem.place, problem.epoch, problem.learning_rate) == ("fold final", 1, 1e39)


def test_it_crosses_to_another_process_whole():
    problem = DivergedError("no", place="fold 0", epoch=2, step=3, learning_rate=0.5)
    again = copy.copy(problem.within("split `random`"))  # by what pickle uses as well
    assert str(again) == "split `random`, no"
    assert (again.place, again.epoch, again.step) == ("split `random`, fold 0", 2, 3)
