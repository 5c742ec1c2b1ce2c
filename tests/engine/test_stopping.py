import numpy as np

from hw1.engine.stopping import FixedEpochs, Patience


def test_every_member_has_its_own_patience():
    stopping = Patience(members=2, patience=2, epochs=10)

    assert stopping.after(1, [0, 1], np.array([3.0, 3.0])) == ([0, 1], [])
    assert stopping.after(2, [0, 1], np.array([4.0, 2.0])) == ([1], [])
    assert stopping.after(3, [0, 1], np.array([3.0, 5.0])) == ([], [0])
    assert stopping.after(4, [1], np.array([1.0])) == ([1], [])


def test_the_last_planned_epoch_ends_it_all():
    stopping = Patience(members=2, patience=5, epochs=2)
    stopping.after(1, [0, 1], np.array([3.0, 3.0]))

    assert stopping.after(2, [0, 1], np.array([4.0, 2.0])) == ([1], [0, 1])


def test_fixed_epochs_keep_the_last_weights():
    stopping = FixedEpochs([2, 3])

    assert stopping.after(1, [0, 1], None) == ([], [])
    assert stopping.after(2, [0, 1], None) == ([0], [0])
    assert stopping.after(3, [1], None) == ([1], [1])
