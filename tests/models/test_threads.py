"""Results hardly depend on the number of threads, and not at all where it is the same."""

import os

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_info
from train_support import design_table, make_params

from hw1.models.design import to_design
from hw1.models.fold import fit_fold
from hw1.models.threads import bounded_threads

pytestmark = pytest.mark.fault("threads")

ROWS, FEATURES = 1000, 30  # as many as libraries of linear algebra share out among threads
MODELS = ["mlp", "lasso", "extra_trees", "blend"]
# of the predictions' deviation; the most that was measured is 1.4e-6, in an mlp's single precision
BOUND = 5e-5


@pytest.fixture(autouse=True)
def variables(monkeypatch):
    """Give the variables that bound threads their values back."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        monkeypatch.setenv(name, os.environ.get(name, "1"))


@pytest.fixture(scope="module")
def design():
    table = design_table(rows=ROWS)
    columns = np.random.default_rng(7).normal(size=(ROWS, FEATURES))
    names = [f"signal{number}_day5" for number in range(FEATURES)]
    table["target"] += columns[:, 0] - 0.3 * columns[:, 1] ** 2
    return to_design("0", pd.concat([table, pd.DataFrame(columns, columns=names)], axis=1))


def fitted(model, threads, design):
    params = make_params(
        model=model,
        threads=threads,
        seeds=2,
        hidden=[64, 32],
        dropout=0.2,
        batch_size="full",
        epochs=5,
        blend=[["ard"], ["lasso", "extra_trees"], ["lasso", "mlp"]],
    )
    with bounded_threads(params):
        counts = {pool["num_threads"] for pool in threadpool_info()}
        assert counts == {threads}, "no library takes the number"
        fit = fit_fold(params, design)
        return fit, fit.fitted.predict(design.validation.x)


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one processor")
@pytest.mark.parametrize("model", MODELS)
def test_two_threads_come_near_one_and_twice_to_the_same(design, model):
    once, again = ([fitted(model, threads, design) for threads in (1, 2)] for _ in range(2))

    for (first, outputs), (second, others) in zip(once, again, strict=True):
        assert outputs.tobytes() == others.tobytes()
        assert in_bytes(first) == in_bytes(second)
        assert first.validation_mse == second.validation_mse
    (_, one), (_, two) = once
    assert np.abs(one - two).max() < BOUND * one.std()


def in_bytes(fit):
    return {name: array.tobytes() for name, array in fit.fitted.arrays().items()}
