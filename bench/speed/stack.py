"""Many networks at once: our engine's stack beside one `nn.Module` with fused AdamW.

Every member has a seed, a learning rate and a weight decay of its own. Rows are random numbers: a
step costs the same whatever they are.
"""

import time
from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from bench.speed.engine import rows_of, train_members
from bench.speed.measure import Base, Table, alternate, cores, threads
from bench.speed.setting import Setting, default_params, variant_params
from hw1.engine.members import Member
from hw1.engine.rows import Rows, batch_sizes
from hw1.models.gradient import architecture_of
from hw1.params.train import TrainParams

ROWS = 2160
MEMBERS = (1, 4, 16, 64, 256)
BATCHES = (32, 256)
SMALL_FEATURES, SAMPLE_FEATURES = 20, 117
MODEL_STEPS = 2000  # of each contestant, at least; one epoch where that is more
MICRO = 1e6

MODULE = "one nn.Module, AdamW(fused=True)"


def measure(setting: Setting) -> list[Table]:
    """Microseconds a step of one network, by the number of networks that are trained at once."""
    members = MEMBERS[:2] if setting.quick else MEMBERS
    tables = []
    for name, hidden, features in (
        ("The small net", default_params().hidden, SMALL_FEATURES),
        ("The sample net", variant_params("sample_code").hidden, SAMPLE_FEATURES),
    ):
        for size in BATCHES[-1:] if setting.quick else BATCHES:
            params = _plain_params(hidden, size)
            values = alternate(
                _contestants(params, features, members, setting), setting.repetitions
            )
            net = "-".join(map(str, architecture_of(params, features).widths))
            title = f"{name}, {net}, AdamW, batches of {size}, {ROWS} rows."
            tables.append(Table(title, "us a model-step", values, _bases(values)))
    return tables


def _plain_params(hidden: list[int], size: int) -> TrainParams:
    """The default's parameters, with a network that `nn.Sequential` can hold."""
    changes = {"hidden": hidden, "batch_size": size, "linear_skip": False, "dropout": 0.0}
    return default_params().model_copy(update=changes)


def _bases(values: dict[str, list[float]]) -> list[Base]:
    def one_thread(name: str) -> str | None:
        other = name.replace("2 threads", "1 thread")
        return other if other != name and other in values else None

    def module(name: str) -> str | None:
        return None if name == MODULE else MODULE

    return [Base(f"against {MODULE}", module), Base("against the same on 1 thread", one_thread)]


def _contestants(
    params: TrainParams, features: int, members: tuple[int, ...], setting: Setting
) -> dict[str, Callable[[], float]]:
    generator = np.random.default_rng(0)
    x = generator.standard_normal((ROWS, features))
    percent = generator.uniform(5.0, 30.0, ROWS)
    rows, _ = rows_of(params, (x, percent), (x[:1], percent[:1]))
    contestants = {MODULE: _module_loop(_with_epochs(params, 1, setting), rows)}
    for count in members:
        stack = _members(params, count)
        planned = _with_epochs(params, count, setting)
        for used in range(1, min(2, cores()) + 1):
            name = f"{count} at once, {used} thread{'s' * (used > 1)}"
            contestants[name] = _engine_loop(planned, stack, rows, used)
    return contestants


def _with_epochs(params: TrainParams, members: int, setting: Setting) -> TrainParams:
    """Enough epochs for a clock, however small the stack."""
    steps = members * len(batch_sizes(ROWS, params.batch_size))
    wanted = 1 if setting.quick else max(1, round(MODEL_STEPS / steps))
    return params.model_copy(update={"epochs": wanted})


def _members(params: TrainParams, count: int) -> list[Member]:
    generator = np.random.default_rng(1)
    rates = params.optimizer.learning_rate * generator.uniform(0.5, 2.0, count)
    decays = params.optimizer.weight_decay * generator.uniform(0.5, 2.0, count)
    return [
        Member(seed, float(rate), float(decay))
        for seed, (rate, decay) in enumerate(zip(rates, decays, strict=True))
    ]


def _module_loop(params: TrainParams, rows: Rows) -> Callable[[], float]:
    """Microseconds a step of one network as PyTorch's users write it, tensors preloaded."""
    features, targets = (torch.tensor(part, dtype=torch.float32) for part in (rows.x, rows.y))
    layers: list[nn.Module] = []
    width = features.shape[1]
    for hidden in params.hidden:
        layers += [nn.Linear(width, hidden), nn.ReLU()]
        width = hidden
    model = nn.Sequential(*layers, nn.Linear(width, 1), nn.Flatten(0))
    criterion = nn.MSELoss()
    optimizer = torch.optim.AdamW(
        model.parameters(),
        lr=params.optimizer.learning_rate,
        weight_decay=params.optimizer.weight_decay,
        fused=True,
    )

    def run() -> float:
        steps = params.epochs * len(batch_sizes(len(features), params.batch_size))
        with threads(1):
            started = time.perf_counter()
            for _ in range(params.epochs):
                for chosen in torch.randperm(len(features)).split(params.batch_size):
                    optimizer.zero_grad()
                    criterion(model(features[chosen]), targets[chosen]).backward()
                    optimizer.step()
            return (time.perf_counter() - started) / steps * MICRO

    return run


def _engine_loop(
    params: TrainParams, members: list[Member], rows: Rows, used: int
) -> Callable[[], float]:
    params = params.model_copy(update={"threads": used})

    def run() -> float:
        steps = params.epochs * len(batch_sizes(len(rows.x), params.batch_size)) * len(members)
        with threads(used):
            started = time.perf_counter()
            train_members(params, members, rows)
            return (time.perf_counter() - started) / steps * MICRO

    return run
