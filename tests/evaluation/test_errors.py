import numpy as np
import pytest

from hw1.evaluation.errors import error_sums, pooled_errors


def test_errors_by_hand():
    errors = pooled_errors(target=[10, 20], predicted=[11, 17], known=[12, 16])
    assert errors == pytest.approx(
        {
            "mse": 5.0,  # (1 + 9) / 2
            "rmse": 5**0.5,
            "mae": 2.0,
            "bias": -1.0,
            "persistence_mse": 10.0,  # (4 + 16) / 2
            "skill": 0.5,
        }
    )


def test_weights_count_rows_again():
    weighted = pooled_errors([10, 20], [11, 17], [12, 16], weight=[3, 1])
    repeated = pooled_errors([10, 10, 10, 20], [11, 11, 11, 17], [12, 12, 12, 16])
    assert weighted == pytest.approx(repeated)
    assert weighted["mse"] == 3.0


def test_leftover_rows_of_a_last_batch_count_as_much_as_others():
    """The course's mean of batch means gives 2 leftover rows half of all weight."""
    generator = np.random.default_rng(0)
    target, predicted = generator.normal(10, 3, (2, 34))
    groups = np.arange(34) // 32
    sums = error_sums(target, predicted, target + 1, groups=groups)
    assert sums.rows.tolist() == [32, 2]
    pooled = sums.pooled().errors()["mse"][0]
    assert pooled == pytest.approx(np.mean((predicted - target) ** 2))
    assert pooled != pytest.approx(sums.errors()["mse"].mean())


def test_groups_have_their_own_errors():
    errors = error_sums([1, 2, 3], [2, 2, 6], [1, 1, 1], groups=[0, 1, 1]).errors()
    assert errors["mse"].tolist() == [1.0, 4.5]
    assert errors["persistence_mse"].tolist() == [0.0, 2.5]


def test_skill_has_no_value_where_persistence_is_perfect():
    assert np.isnan(error_sums([1, 2], [1, 3], [1, 2]).errors()["skill"][0])
    assert "skill" not in pooled_errors([1, 2], [1, 3], [1, 2])


def test_resampling_draws_groups_as_often_as_counted():
    sums = error_sums([1, 2, 3], [2, 4, 6], [0, 0, 0], groups=[0, 1, 2])
    twice_first = sums.resampled([[2, 0, 1]])
    assert twice_first.squared.tolist() == [2 * 1 + 9]
    assert twice_first.rows.tolist() == [3]
