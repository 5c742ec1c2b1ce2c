import torch

from hw1.engine.blocks import Blocks

SHAPES = {"weight": (2, 3), "bias": (1, 3)}


def numbered():
    return Blocks(SHAPES, torch.arange(36.0), 4)


def test_views_and_flat_share_memory():
    blocks = numbered()
    blocks.views["bias"][3] = -1.0

    assert blocks.flat[-3:].tolist() == [-1.0] * 3
    assert blocks.views["weight"].shape == (4, 2, 3)


def test_selected_members_are_copies():
    blocks = numbered()
    chosen = blocks.select([3, 1])

    assert torch.equal(chosen.views["weight"], blocks.views["weight"][[3, 1]])
    assert torch.equal(chosen.views["bias"], blocks.views["bias"][[3, 1]])
    chosen.flat.zero_()
    assert torch.equal(blocks.flat, torch.arange(36.0))


def test_members_are_copied_one_by_one():
    target, source = numbered(), numbered()
    source.flat.neg_()

    target.copy_members([0, 2], source, [1, 3])

    for name, view in target.views.items():
        assert torch.equal(view[[0, 2]], source.views[name][[1, 3]])
        assert torch.equal(view[[1, 3]], -source.views[name][[1, 3]])


def test_no_blocks_at_all():
    nothing = Blocks.zeros({}, 3, torch.zeros(1))

    assert nothing.select([0]).flat.shape == (0,)
