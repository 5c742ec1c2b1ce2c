from dataclasses import replace
from typing import get_args

import numpy as np
import pandas as pd
import pytest
from train_support import design_table, make_params

from hw1.core.errors import DataError, Hw1Error
from hw1.engine.epoch import Epoch
from hw1.fitted.routed import RoutedFitted
from hw1.models.design import to_design
from hw1.models.fold import fit_fold
from hw1.models.routes import FEWEST_ROWS, feature_sets
from hw1.params.train import ModelName

NAMES = {"ili_day5": "previous:ili_day0", "noise_day5": "next:noise_day6"}


def linked_table(rows=480):
    """Rows with both neighbours, one of them, or none, a quarter each."""
    table = design_table(rows).rename(columns=NAMES)
    kind = np.random.default_rng(5).integers(0, 4, rows)
    table.loc[kind % 2 == 1, "previous:ili_day0"] = np.nan
    table.loc[kind >= 2, "next:noise_day6"] = np.nan
    return table


TABLE = linked_table()
DESIGN = to_design("0", TABLE)


def test_routes_go_from_most_features_to_those_that_all_rows_have():
    sets = [columns.tolist() for columns in feature_sets(DESIGN.train.x)]
    assert sets[0] == [0, 1, 2]
    assert sorted(sets[1:3]) == [[0, 1], [0, 2]]
    assert sets[3] == [0]


def test_a_route_needs_rows_to_be_fitted_on():
    x = np.zeros((100, 2))
    x[FEWEST_ROWS - 1 :, 1] = np.nan
    assert [columns.tolist() for columns in feature_sets(x)] == [[0]]
    x[FEWEST_ROWS - 1, 1] = 0.0
    assert [columns.tolist() for columns in feature_sets(x)] == [[0, 1], [0]]


def test_each_route_is_the_model_of_the_rows_that_have_its_features():
    params = make_params(model="ridge")
    routed = fit_fold(params, DESIGN).fitted
    assert isinstance(routed, RoutedFitted)
    for route in routed.routes:
        names = [list(TABLE.columns[7:])[place] for place in route.columns]
        own = TABLE[[*TABLE.columns[:7], *names]].dropna()
        alone = fit_fold(params, to_design("0", own)).fitted
        for name, array in alone.arrays().items():
            assert np.array_equal(array, route.fitted.arrays()[name])


@pytest.mark.parametrize("model", get_args(ModelName))
def test_every_model_can_be_routed(model):
    seen: list[Epoch] = []
    params = make_params(model=model, seeds=2)
    fit = fit_fold(params, DESIGN, on_epoch=seen.append)
    assert DESIGN.validation is not None
    assert np.isfinite(fit.fitted.predict(DESIGN.validation.x)).all()
    assert fit.validation_mse is not None
    assert [epoch.last for epoch in seen].count(True) == 1


def test_rows_without_nan_are_fitted_as_before():
    fit = fit_fold(make_params(model="ridge"), to_design("0", design_table()))
    assert fit.fitted.kind == "linear"


def test_nothing_left_without_links_is_refused():
    train = DESIGN.train
    bare = replace(DESIGN, train=replace(train, x=train.x[:, 1:]), validation=None)
    with pytest.raises(Hw1Error, match="linked window"):
        fit_fold(make_params(model="ridge"), bare)


def test_only_linked_features_may_be_missing():
    with pytest.raises(DataError, match="cli_day5"):
        to_design("0", pd.concat([TABLE, TABLE.assign(cli_day5=np.nan)]))
    with pytest.raises(DataError, match="infinite"):
        to_design("0", TABLE.assign(**{"next:noise_day6": np.inf}))
