import numpy as np

from hw1.simulate.config import SIGNALS_2022
from hw1.simulate.randomness import stream
from hw1.simulate.signals import KNOWN, NOISE_FACTORS, TRAITS, signal_named


def test_every_signal_of_the_homework_is_known():
    assert set(SIGNALS_2022) | {"felt_isolated", "worried_become_ill"} == set(KNOWN)


def test_constants_are_valid():
    for signal in KNOWN.values():
        assert 0 < signal.level < 100
        assert signal.respondents > 0
        assert len(signal.traits) == len(TRAITS)
        assert len(signal.noise) == len(NOISE_FACTORS)
        assert np.sum(np.square(signal.noise)) <= 1.0


def test_an_unknown_name_becomes_a_habit_that_depends_on_its_stream_only():
    first, again = (signal_named("gardening", stream(3, "gardening")) for _ in range(2))
    other = signal_named("singing", stream(3, "singing"))
    assert first == again
    assert first != other
    assert 5 <= first.level <= 60
