from typing import get_args

import numpy as np
import pytest
from train_support import design_table, make_params

from hw1.engine.epoch import Epoch
from hw1.models.design import to_design
from hw1.models.fold import fit_fold
from hw1.params.train import ModelName

DESIGN = to_design("0", design_table(240))
MODELS = get_args(ModelName)


@pytest.mark.parametrize("model", MODELS)
def test_every_model_fits_predicts_and_reports(model):
    seen: list[Epoch] = []
    changes = {"epochs": 60, "optimizer": {"learning_rate": 0.02, "weight_decay": 0.0}}
    params = make_params(model=model, seeds=2, target_transform="arcsine_sqrt", **changes)

    fit = fit_fold(params, DESIGN, on_epoch=seen.append)

    members = 2 if params.random else 1
    validation = DESIGN.validation
    assert validation is not None
    assert fit.fitted.predict(validation.x).shape == (members, len(validation.x))
    assert seen[-1].last
    assert len(seen) == (60 if params.by_gradient else 1)
    unmoved = float(validation.errors(validation.known[None, :])[0])
    assert fit.validation_mse is not None
    if model == "persistence":
        assert fit.validation_mse == pytest.approx(unmoved)
    else:
        assert fit.validation_mse < 0.8 * unmoved
    # the mean of members predicts at least as well as they do on average
    assert fit.validation_mse <= seen[-1].validation_mse * (1 + 1e-5)


@pytest.mark.parametrize("model", MODELS)
def test_the_same_fit_twice_is_the_same_to_the_last_bit(model):
    params = make_params(model=model, seeds=2, dropout=0.1)

    first, second = (fit_fold(params, DESIGN).fitted for _ in range(2))

    for name, array in first.arrays().items():
        assert np.array_equal(array, second.arrays()[name])


def test_members_have_consecutive_seeds():
    both = fit_fold(make_params(model="extra_trees", seed=4, seeds=2), DESIGN).fitted
    second = fit_fold(make_params(model="extra_trees", seed=5, seeds=1), DESIGN).fitted

    assert both.predict(DESIGN.train.x)[1] == pytest.approx(second.predict(DESIGN.train.x)[0])


def test_kept_epochs_are_those_of_early_stopping():
    params = make_params(epochs=300, seeds=3, early_stopping={"patience": 3})

    fit = fit_fold(params, DESIGN)

    assert fit.kept_epochs is not None
    assert len(fit.kept_epochs) == 3
    assert max(fit.kept_epochs) <= 300
