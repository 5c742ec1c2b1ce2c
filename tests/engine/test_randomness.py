import numpy as np
import pytest

from hw1.engine.randomness import Randomness

WIDTHS = (4, 2)


def masks(random, batches=(5, 5, 2)):
    return list(random.masks(WIDTHS, list(batches)))


@pytest.mark.parametrize("other", [0.25, 0.5, 0.0])
def test_a_member_draws_what_it_would_draw_alone(other):
    together, alone = Randomness([4, 9], [other, 0.25]), Randomness([9], [0.25])

    for _ in range(2):
        assert np.array_equal(together.orders(12)[1], alone.orders(12)[0])
        for mine, own in zip(masks(together), masks(alone), strict=True):
            for mine_of_layer, own_of_layer in zip(mine, own, strict=True):
                assert np.array_equal(mine_of_layer[1], own_of_layer[0])


def test_those_that_stay_go_on_as_before():
    some, all_of_them = (Randomness([4, 9], [0.5, 0.25]) for _ in range(2))
    some.keep([1])

    assert np.array_equal(some.orders(12)[0], all_of_them.orders(12)[1])
    assert np.array_equal(masks(some)[0][0][0], masks(all_of_them)[0][0][1])


def test_every_order_has_every_row_once():
    assert np.sort(Randomness([1, 2]).orders(12), axis=1).tolist() == [list(range(12))] * 2


def test_masks_fit_their_batches_and_keep_the_mean():
    found = masks(Randomness([1], [0.25]), batches=[5000, 5000, 20])

    shapes = [[mask.shape for mask in several] for several in found]
    assert shapes == [[(1, rows, 4), (1, rows, 2)] for rows in (5000, 5000, 20)]
    assert np.unique(found[0][0]).tolist() == pytest.approx([0.0, 1 / 0.75])
    assert found[0][0].mean() == pytest.approx(1.0, abs=0.02)


def test_nearly_all_may_be_dropped():
    (found,) = Randomness([1], [0.9999999]).masks([4], [5000])

    assert np.isfinite(found[0]).all()


def test_nothing_is_drawn_without_dropout():
    assert list(Randomness([1, 2]).masks([4], [5, 5])) == [[], []]


def test_one_that_drops_nothing_beside_one_that_does_is_left_as_it_is():
    (found,) = Randomness([1, 2], [0.0, 0.5]).masks([4], [50])

    assert np.array_equal(found[0][0], np.ones((50, 4)))
    assert not found[0][1].all()
