"""The sample recipe's training loop: DataLoader, preloaded tensors, our engine, the limit.

All on one thread, with the same network, rows, batches and number of steps. The limit is the time
of the matrix products alone that every one of them has to compute: forward one a layer, backward
one a layer for the weights and one for the inputs of all layers but the first.
"""

import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from bench.speed import sample_script as script
from bench.speed.engine import Floats, rows_of, train_members
from bench.speed.measure import Table, against, alternate, threads
from bench.speed.setting import LIKE_2022, Setting, variant_params
from hw1.engine.members import Member
from hw1.engine.rows import batch_sizes
from hw1.models.gradient import architecture_of
from hw1.params.train import TrainParams
from hw1.simulate import write_edition

EPOCHS = 100
MICRO = 1e6

LOADER = "DataLoader loop"
PRELOADED = "preloaded tensors, torch.optim"
ENGINE = "our engine"
NUMPY_LIMIT = "the matrix products alone, numpy"
TORCH_LIMIT = "the matrix products alone, torch"

Arrays = tuple[Floats, Floats]


def measure(setting: Setting) -> list[Table]:
    """Microseconds a step of every loop."""
    params = variant_params("sample_code")
    epochs = 2 if setting.quick else EPOCHS
    params = params.model_copy(update={"epochs": epochs})
    train, valid = _rows(params.seed)
    sizes = batch_sizes(len(train[0]), params.batch_size)
    steps = epochs * len(sizes)
    widths = architecture_of(params, train[0].shape[1]).widths
    contestants = {
        LOADER: _per_step(lambda: _loader_loop(params, train, valid), steps),
        PRELOADED: _per_step(lambda: _preloaded_loop(params, train, valid), steps),
        ENGINE: _engine_loop(params, train, valid, steps),
        NUMPY_LIMIT: _per_step(_products(widths, sizes, epochs, _numpy_products), steps),
        TORCH_LIMIT: _per_step(_products(widths, sizes, epochs, _torch_products), steps),
    }
    with threads(1):
        values = alternate(contestants, setting.repetitions)
    net = "-".join(map(str, widths))
    title = (
        f"The course's sample recipe: {net}, SGD, batches of {params.batch_size}, "
        f"{len(train[0])} training rows, {steps} steps with a look at the {len(valid[0])} "
        "validation rows after every epoch. One thread."
    )
    bases = [against(LOADER), against(PRELOADED), against(NUMPY_LIMIT), against(TORCH_LIMIT)]
    return [Table(title, "us a step", values, bases)]


def _rows(seed: int) -> tuple[Arrays, Arrays]:
    """Rows like those of 2022, split as the script splits them."""
    with TemporaryDirectory() as folder:
        train_file, *_ = write_edition(Path(folder), LIKE_2022)
        table = pd.read_csv(train_file).drop(columns="id").to_numpy()
    parts = script.train_valid_split(table, script.config["valid_ratio"], seed)
    train, valid = ((part[:, :-1], part[:, -1]) for part in parts)
    return train, valid


def _per_step(run: Callable[[], object], steps: int) -> Callable[[], float]:
    def timed() -> float:
        started = time.perf_counter()
        run()
        return (time.perf_counter() - started) / steps * MICRO

    return timed


def _loader_loop(params: TrainParams, train: Arrays, valid: Arrays) -> None:
    """What students run."""
    torch.manual_seed(params.seed)
    loaders = [
        DataLoader(
            script.COVID19Dataset(*part),
            batch_size=params.batch_size,
            shuffle=True,
            pin_memory=False,
        )
        for part in (train, valid)
    ]
    model = script.Model(train[0].shape[1])
    config = script.config | {"n_epochs": params.epochs}
    with TemporaryDirectory() as folder:
        script.trainer(*loaders, model, config, str(Path(folder) / "model.ckpt"))


def _preloaded_loop(params: TrainParams, train: Arrays, valid: Arrays) -> None:
    """The same steps by somebody who knows PyTorch: one permutation an epoch, no loader."""
    torch.manual_seed(params.seed)
    (x, y), (valid_x, valid_y) = (
        tuple(torch.tensor(array, dtype=torch.float32) for array in part) for part in (train, valid)
    )
    model, criterion = script.Model(x.shape[1]), nn.MSELoss()
    optimizer = torch.optim.SGD(
        model.parameters(),
        lr=params.optimizer.learning_rate,
        momentum=params.optimizer.momentum,
    )
    best, kept = float("inf"), {}
    for _ in range(params.epochs):
        losses = []
        for chosen in torch.randperm(len(x)).split(params.batch_size):
            optimizer.zero_grad()
            loss = criterion(model(x[chosen]), y[chosen])
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        torch.stack(losses).mean().item()
        with torch.no_grad():
            error = criterion(model(valid_x), valid_y).item()
        if error < best:
            best = error
            kept = {name: value.clone() for name, value in model.state_dict().items()}
    model.load_state_dict(kept)


def _engine_loop(
    params: TrainParams, train: Arrays, valid: Arrays, steps: int
) -> Callable[[], float]:
    rows, validation = rows_of(params, train, valid)
    return _per_step(lambda: train_members(params, [Member(params.seed)], rows, validation), steps)


Work = list[tuple[np.ndarray, np.ndarray, np.ndarray]]
"""Left factors, right factors, and where their products go."""


def _products(
    widths: tuple[int, ...],
    sizes: list[int],
    epochs: int,
    prepare: Callable[[Work], Callable[[], None]],
) -> Callable[[], None]:
    """All matrix products of some epochs, in single precision.

    Args:
        widths: of the network's inputs, hidden layers and output.
        sizes: rows of every step of an epoch.
        epochs: how many of them.
        prepare: from the products of a step to what computes them.
    """
    of_size = {size: prepare(_step_products(widths, size)) for size in set(sizes)}

    def run() -> None:
        for _ in range(epochs):
            for size in sizes:
                of_size[size]()

    return run


def _step_products(widths: tuple[int, ...], size: int) -> Work:
    generator = np.random.default_rng(0)

    def matrix(rows: int, columns: int) -> np.ndarray:
        return generator.standard_normal((rows, columns)).astype(np.float32)

    work = []
    for layer, (inputs, outputs) in enumerate(pairwise(widths)):
        x, weight, error = matrix(size, inputs), matrix(inputs, outputs), matrix(size, outputs)
        work.append((x, weight, matrix(size, outputs)))
        work.append((x.T, error, matrix(inputs, outputs)))
        if layer > 0:
            work.append((error, weight.T, matrix(size, inputs)))
    return work


def _numpy_products(work: Work) -> Callable[[], None]:
    def once() -> None:
        for left, right, out in work:
            np.matmul(left, right, out=out)

    return once


def _torch_products(work: Work) -> Callable[[], None]:
    tensors: list[tuple[Tensor, ...]] = [
        tuple(torch.from_numpy(array) for array in arrays) for arrays in work
    ]

    def once() -> None:
        for left, right, out in tensors:
            torch.mm(left, right, out=out)

    return once
