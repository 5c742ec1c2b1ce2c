"""Editions whose truth is known, and variants to diagnose on them."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from support import ROOT

from hw1.core.sections import check_section, read_params
from hw1.core.survey import TARGET, Structure
from hw1.ingest.reading import Edition
from hw1.lectures.diagnose.params import DiagnoseParams
from hw1.lectures.diagnose.variant import Variant, make_variant

Floats = npt.NDArray[np.float64]
Effect = Callable[[Floats, float], float]
"""How far positivity moves on a day: of that day's signals, each normal with deviation 1, and of
where the day lies in the training days, from 0 to 1."""

DAYS = 3
QUICK = {"train.epochs": 30, "train.batch_size": 128, "train.optimizer.learning_rate": 0.01}
LEVEL, SPREAD = 50.0, 5.0


def make_edition(
    effect: Effect,
    *,
    signals: Sequence[str] = ("cli", "ili"),
    states: int = 8,
    rows: int = 60,
    noise: float = 0.5,
    shift: float = 0.0,
    seed: int = 0,
) -> Edition:
    """Windows of 3 days of independent signals whose positivity moves as `effect` says.

    Args:
        effect: see `Effect`.
        signals: names beside positivity.
        states: how many.
        rows: training windows a state; there are 10 test windows.
        noise: deviation of what moves positivity beside the effect, percentage points.
        shift: what is added to the signals of the test windows, in deviations.
        seed: of everything.
    """
    random = np.random.default_rng(seed)
    names = tuple(f"S{number}" for number in range(states))
    structure = Structure(names, (*signals, TARGET), DAYS)
    train, test = [], []
    learnt = rows + DAYS - 1
    for state in names:
        signs = random.normal(size=(learnt + 10 * DAYS, len(signals)))
        signs[learnt:] += shift
        moves = noise * random.normal(size=len(signs))
        days = _days(effect, signs, moves, learnt)
        train += [(state, days[start : start + DAYS]) for start in range(rows)]
        test += [(state, days[learnt + DAYS * number :][:DAYS]) for number in range(10)]
    return Edition(
        structure,
        _table(train, structure.day_columns),
        _table(test, structure.day_columns)[["id", "state", *structure.visible_columns]],
        pd.DataFrame(),
    )


def _days(effect: Effect, signals: Floats, moves: Floats, learnt: int) -> Floats:
    """A state's days, shape [days, signals + 1], percent."""
    positivity, level = [], 25.0
    for day, (today, move) in enumerate(zip(signals, moves, strict=True)):
        level = 25.0 + 0.9 * (level - 25.0) + effect(today, day / learnt) + move
        positivity.append(level)
    return np.column_stack([LEVEL + SPREAD * signals, positivity]).clip(0.5, 99.5)


def _table(windows: list[tuple[str, Floats]], columns: list[str]) -> pd.DataFrame:
    values = np.array([days.ravel() for _, days in windows])
    described = pd.DataFrame(
        {"id": np.arange(len(windows)), "state": [state for state, _ in windows]}
    )
    return pd.concat([described, pd.DataFrame(values, columns=columns)], axis=1)


def plain_section(**changes: Any) -> dict[str, Any]:
    """The experiment's section, small enough for a test, with some keys replaced."""
    section = read_params(ROOT / "lectures/params.yaml")["diagnose"]
    recipe = section["ladder"]["recipe"] | QUICK
    section["ladder"] |= {"recipe": recipe, "widths": [16, 8], "middle": 1}
    section["apart"] |= {"groups": 3, "trees": 10, "depth": 3, "shuffles": 1}
    section["holding"] |= {"blocks": 2}
    return {**section, "seeds": 3, **changes}


def make_section(**changes: Any) -> DiagnoseParams:
    """The same, typed."""
    return check_section("diagnose", plain_section(**changes), DiagnoseParams)


def a_variant(**overrides: Any) -> Variant:
    """The pipeline's default with keys set, in which `__` stands for a dot.

    It trains long enough for the few rows of these editions.
    """
    content = read_params(ROOT / "params.yaml")
    longer = {**QUICK, "train.dropout": 0.0, "train.optimizer.weight_decay": 0.1}
    given = {key.replace("__", "."): value for key, value in overrides.items()}
    return make_variant("default", content, {**longer, **given})
