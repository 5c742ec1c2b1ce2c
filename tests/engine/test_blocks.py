import numpy as np

from hw1.engine.blocks import Blocks, size_of

SHAPES = {"weight": (2, 3), "bias": (1, 3)}


def test_views_and_flat_share_memory():
    blocks = Blocks(SHAPES, np.arange(36.0).reshape(4, 9))
    blocks.views["bias"][3] = -1.0

    assert blocks.flat[3].tolist() == [27, 28, 29, 30, 31, 32, -1, -1, -1]
    assert blocks.views["weight"].shape == (4, 2, 3)
    assert blocks.members == 4
    assert size_of(SHAPES) == 9


def test_there_may_be_no_blocks_at_all():
    nothing = Blocks({}, np.zeros((3, 0)))

    assert nothing.views == {}
    assert nothing.members == 3
