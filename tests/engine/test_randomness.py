import pytest
import torch

from hw1.engine import randomness
from hw1.engine.architecture import Architecture
from hw1.engine.randomness import Randomness

SHAPE = Architecture(3, (4, 2), dropout=0.25)


def masks(random, batches=(5, 5, 2)):
    return list(random.masks(SHAPE, list(batches), torch.zeros(1)))


def test_a_member_draws_what_it_would_draw_alone():
    together, alone = Randomness([4, 9]), Randomness([9])

    for _ in range(2):
        assert torch.equal(together.orders(12)[1], alone.orders(12)[0])
        for mine, own in zip(masks(together), masks(alone), strict=True):
            assert torch.equal(mine[1], own[0])


def test_those_that_stay_go_on_as_before():
    some, all_of_them = Randomness([4, 9]), Randomness([4, 9])
    some.keep([1])

    assert torch.equal(some.orders(12)[0], all_of_them.orders(12)[1])


def test_every_order_has_every_row_once():
    assert Randomness([1, 2]).orders(12).sort(dim=1).values.tolist() == [list(range(12))] * 2


def test_masks_fit_their_batches_and_keep_the_mean(monkeypatch):
    monkeypatch.setattr(randomness, "DRAWN_AT_ONCE", 60)
    found = masks(Randomness([1]), batches=[5000, 5000, 20])

    assert [tuple(mask.shape) for mask in found] == [(1, 5000, 6), (1, 5000, 6), (1, 20, 6)]
    assert found[0].unique().tolist() == pytest.approx([0.0, 1 / 0.75])
    assert found[0].mean().item() == pytest.approx(1.0, abs=0.02)


def test_nothing_is_drawn_without_dropout():
    found = Randomness([1]).masks(Architecture(3, (4,)), [5, 5], torch.zeros(1))

    assert list(found) == [None, None]
