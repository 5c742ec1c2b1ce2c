import numpy as np
import pytest

from hw1.core.errors import DataError
from hw1.evaluation.scored import SCORED_COLUMNS
from hw1.evaluation.validation import validate
from hw1.predictor import Predictor


def test_each_row_is_predicted_by_the_fold_that_holds_it_out(validation):
    scored = validation.scored
    assert list(scored) == SCORED_COLUMNS
    assert scored["id"].tolist() == [5, 3, 1, 4]
    assert scored["fold"].tolist() == [0, 0, 0, 1]
    assert scored["state"].tolist() == ["AL", "NY", "WA", "AL"]
    assert scored["weight"].tolist() == [1.0, 1.0, 3.0, 0.5]
    assert scored["target"].tolist() == [11.0, 33.0, 51.0, 18.0]
    assert scored["known"].tolist() == [10.0, 30.0, 50.0, 20.0]
    assert scored["predicted"].tolist() == [11.0, 33.0, 51.0, 20.0]


def test_members_are_kept_beside_their_mean(validation):
    assert validation.members.tolist() == [[10, 30, 50, 20], [12, 36, 52, 20]]
    assert np.array_equal(validation.members.mean(axis=0), validation.scored["predicted"])


def test_a_fold_without_model_is_refused(train, folds, predictors):
    with pytest.raises(DataError, match="no model is stored for fold 1"):
        validate(train, folds, {"0": predictors["0"]})


def test_ensembles_of_different_sizes_are_refused(train, folds, predictors):
    features, model = predictors["1"].parts[0]
    parts = ((features, model), (features, model))
    twice = Predictor(predictors["1"].structure, parts, predictors["1"].target)
    with pytest.raises(DataError, match="differ in size"):
        validate(train, folds, {"0": predictors["0"], "1": twice})


def test_no_validation_rows_are_refused(train, folds, predictors):
    with pytest.raises(DataError, match=r"ingest\.split"):
        validate(train, folds.assign(role="train"), predictors)
