import io
import sys
import time
from contextlib import closing

from hw1.engine.epoch import Epoch
from hw1.progress import FoldProgress

FIRST = Epoch(1, 9, 0.1, 2.0, lambda: 1.0, last=False)
LAST = Epoch(2, 18, 0.1, None, lambda: 1.0, last=True)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_an_early_end_counts_for_the_epochs_it_spares(monkeypatch):
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    with closing(FoldProgress(folds=2, epochs=10, patience=0.0)) as progress:
        progress.add("0", FIRST)
        time.sleep(0.2)  # it is drawn ten times a second
        progress.add("0", LAST)
    assert "10/20" in terminal.getvalue()


def test_a_short_training_shows_no_bar(monkeypatch):
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    with closing(FoldProgress(folds=2, epochs=10)) as progress:
        progress.add("0", FIRST)
    assert terminal.getvalue() == ""
