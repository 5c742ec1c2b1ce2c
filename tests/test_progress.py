from contextlib import closing

from hw1.engine.epoch import Epoch
from hw1.progress import FoldProgress


def test_an_early_end_counts_for_the_epochs_it_spares():
    with closing(FoldProgress(folds=2, epochs=10)) as progress:
        progress.add("0", Epoch(1, 9, 0.1, 2.0, lambda: 1.0, last=False))
        progress.add("0", Epoch(2, 18, 0.1, None, lambda: 1.0, last=True))
