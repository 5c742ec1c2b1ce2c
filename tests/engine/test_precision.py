"""Training in single precision comes to the errors that double precision comes to."""

import numpy as np
import pytest
from recipe_support import RECIPES
from train_support import make_params

from hw1.engine.members import Member
from hw1.engine.rows import Rows
from hw1.engine.training import Training
from hw1.models.gradient import architecture_of

pytestmark = pytest.mark.fault("precision")

FEATURES = 13
ADDED = [
    {"batch_norm": True},
    {"activation": "gelu"},
    {"activation": "silu", "early_stopping": {"patience": 3}},
    {"schedule": {"name": "one_cycle", "warmup_epochs": 2}},
]

# The largest relative difference of all recipes was 9.1e-7; another library of linear algebra
# rounds in other places, so there is room for thirty times as much.
BOUND = 3e-5


def noisy_rows(count, seed):
    """A level and a bend of some columns, with noise that no network can learn."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(count, FEATURES))
    y = x[:, 5] - 0.5 * x[:, 6] ** 2 + random.normal(scale=0.3, size=count)
    return Rows(x, y, lambda outputs: ((outputs - y) ** 2).mean(axis=1))


TRAIN, VALID = noisy_rows(300, 0), noisy_rows(270, 1)


def validation_errors(params, precision):
    """By epoch and member."""
    training = Training(
        architecture_of(params, FEATURES),
        params,
        [Member(3), Member(4)],
        TRAIN,
        validation=VALID,
        precision=precision,
    )
    curve = []
    while training.active:
        training.epoch()
        curve.append(training.errors)
    return np.array(curve)


@pytest.mark.parametrize("linear_skip", [False, True])
@pytest.mark.parametrize("recipe", [*RECIPES, *ADDED], ids=str)
def test_validation_errors_are_those_of_double_precision(recipe, linear_skip):
    plain = {"hidden": [16, 8], "epochs": 15, "batch_size": 64, "dropout": 0.2}
    params = make_params(**(plain | {"linear_skip": linear_skip} | recipe))

    single, double = (validation_errors(params, name) for name in ("single", "double"))

    assert single.shape == double.shape
    assert np.abs(single / double - 1.0).max() < BOUND
    assert (single != double).any()
