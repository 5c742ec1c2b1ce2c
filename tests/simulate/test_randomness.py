import numpy as np
import pytest

from hw1.simulate.randomness import moving_memory, normals, slow_process, stream


def test_streams_repeat_and_differ_by_seed_and_by_name():
    draws = {key: normals(stream(*key), 5).tolist() for key in [(0, "a"), (0, "b"), (1, "a")]}
    assert draws[0, "a"] == normals(stream(0, "a"), 5).tolist()
    assert len({tuple(draw) for draw in draws.values()}) == 3


def test_normals_lie_on_a_coarse_grid():
    draw = normals(stream(0, "grid"), 1000)
    np.testing.assert_array_equal(draw, np.round(draw, 6))


def test_memory_of_a_constant_is_the_constant_and_of_a_step_approaches_it():
    values = np.repeat([1.0, 3.0], 50)[:, None]
    remembered = moving_memory(values, 4.0)
    assert remembered[49, 0] == 1.0
    assert 1.0 < remembered[51, 0] < 2.0
    assert remembered[-1, 0] == pytest.approx(3.0, abs=1e-4)


def test_slow_process_is_standard_and_smooth():
    process = slow_process(stream(0, "slow"), 4000, 10, 5.0)
    assert process.shape == (4000, 10)
    assert abs(process.mean()) < 0.05
    assert process.std() == pytest.approx(1.0, abs=0.05)
    assert np.diff(process, axis=0).std() < 0.25
