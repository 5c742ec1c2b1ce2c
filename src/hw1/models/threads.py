"""How many threads training uses: those of numpy, scikit-learn and PyTorch alike."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from hw1.params.train import TrainParams


@contextmanager
def bounded_threads(params: TrainParams) -> Iterator[None]:
    """Bound the threads of all numerical libraries of this process to `params.threads`."""
    from threadpoolctl import threadpool_limits

    # libraries that are loaded only when their model is fitted look here, the others do not
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = str(params.threads)
    with threadpool_limits(params.threads):
        yield
