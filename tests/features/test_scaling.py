import numpy as np

from hw1.features.scaling import moments, standardise


def test_mean_zero_and_deviation_one():
    values = np.array([[1.0, 10.0], [3.0, 30.0], [8.0, 20.0]])
    scaled = standardise(values, *moments(values))
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-15)
    np.testing.assert_allclose(scaled.std(axis=0), 1)


def test_constant_column_becomes_zero_also_for_new_values():
    mean, deviation = moments(np.full((7, 1), 0.1))
    assert deviation[0] == 0
    np.testing.assert_array_equal(standardise(np.array([[0.1], [5.0]]), mean, deviation), 0)
