import pytest

from hw1.sweep.progress import SearchProgress
from hw1.sweep.trial import Outcome


@pytest.fixture
def bar(monkeypatch):
    """A bar that is drawn although this is no terminal."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    known = [Outcome(0, "complete", 1.5, 1.4), Outcome(1, "pruned", 1.0)]
    progress = SearchProgress(10, known, "members")
    yield progress
    progress.close()


def test_what_was_finished_before_counts_once(bar):
    assert bar._bar.n == 2
    bar.add(Outcome(2, "complete", 1.25, 1.2))
    assert bar._bar.n == 3
    assert "best 1.2500 (trial 2)" in bar._bar.postfix
    repeats = [Outcome(number, "failed", reason="again") for number in range(5)]
    bar.catch_up(repeats)
    assert bar._bar.n == 5


def test_a_pruned_trial_is_never_the_best(bar):
    bar.add(Outcome(2, "pruned", 0.5))
    assert "best 1.5000 (trial 0)" in bar._bar.postfix
