"""Signs that files, columns, days or states were mixed up, although all of it reads well.

Every bound below stands between what sound and what mixed-up editions show, measured on both real
editions, the sample and simulated editions of 1 to 40 states, 1 to 16 signals, 2 to 7 days, and on
parts of them: some states, rows or stretches of time. Sound data must never be refused, so a bound
leaves much room on that side, and a check that needs more rows, states or signals than there are
finds nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hw1.core.survey import TARGET, Structure
from hw1.ingest.reading import Edition
from hw1.ingest.resemblance import (
    better_order,
    exchanged_columns,
    match_score,
    nearest_starts,
    steps,
)
from hw1.params.ingest import Implausible

Floats = NDArray[np.float64]
File = Literal["training", "test", "solution"]
Severity = Literal["refuse", "warn"]

FEWEST_ROWS = 15
FEWEST_STATES = 3
FEWEST_MATCHED_STATES = 10
FEWEST_SIGNALS = 3
FEWEST_ORDERED = 3
MOST_DAYS = 20
"""Training days of a state that test rows are compared with; more take time and tell no more."""


@dataclass(frozen=True)
class Finding:
    """One thing that cannot be right.

    Attributes:
        name: as `ingest.accept` takes it.
        severity: refuse, as scores would be false, or warn.
        file: where it shows.
        says: one plain sentence with the numbers.
        advice: what to do.
    """

    name: Implausible
    severity: Severity
    file: File
    says: str
    advice: str


def edition_windows(table: pd.DataFrame, structure: Structure) -> Floats:
    """Percent, [rows, days, signals]; NaN where the test file hides the target."""
    values: Floats = table.reindex(columns=structure.day_columns).to_numpy(dtype=np.float64)
    return values.reshape(len(table), structure.days, len(structure.signals))


def _states(table: pd.DataFrame) -> int:
    return int(table["state"].nunique())


LARGEST_FRACTION = 1.0
FRACTION_RATIO = 30.0
"""Fractions are 100 times too small. Between sound files means differ at most 1.9-fold (real) or
3-fold (simulated, 10 states or more); with one state 37-fold, so that many states are asked for."""


def fractions(edition: Edition, train: Floats, test: Floats) -> Iterator[Finding]:
    """All of a file, or signals of one file against the other's."""
    signals = edition.structure.signals
    advice = "multiply by 100, as every value is a percentage"
    by_file: dict[File, Floats] = {"training": train, "test": test}
    for file, windows in by_file.items():
        highest = float(np.nanmax(windows))
        # the largest value of sound files of three signals or more is above 60 percent
        if len(signals) >= FEWEST_SIGNALS and 0 < highest <= LARGEST_FRACTION:
            says = f"no value is above {highest:.3g}: these are fractions"
            yield Finding("fractions", "refuse", file, says, advice)
    if min(len(train), len(test)) < FEWEST_ROWS or _states(edition.test) < FEWEST_MATCHED_STATES:
        return
    means = {file: np.nanmean(windows, axis=(0, 1)) for file, windows in by_file.items()}
    highest_of = {file: np.nanmax(windows, axis=(0, 1)) for file, windows in by_file.items()}
    whole = any(highest.max() <= LARGEST_FRACTION for highest in highest_of.values())
    if whole and len(signals) >= FEWEST_SIGNALS:
        return
    pairs: list[tuple[File, File]] = [("training", "test"), ("test", "training")]
    for file, other in pairs:
        low = (highest_of[file] <= LARGEST_FRACTION) & (highest_of[file] > 0)
        low &= means[other] > FRACTION_RATIO * means[file]
        if low.any():
            first = int(low.argmax())
            says = (
                f"the mean of `{signals[first]}` is {means[file][first]:.3g}, in the {other} file "
                f"{means[other][first]:.3g}{_and_more(int(low.sum()) - 1)}: these are fractions"
            )
            yield Finding("fractions", "refuse", file, says, advice)


LARGEST_STEP = 0.5
"""Of `steps`: sound up to .05 (real), .16 (simulated, 3 states or more); unrelated columns 1."""
ORDER_SHARE = 0.95
"""Of `better_order`: sound 1.28 or more (real), 1.17 or more (simulated, most for 7 days); two
exchanged days .87 or less."""


def day_mixups(
    file: File, table: pd.DataFrame, windows: Floats, structure: Structure
) -> Iterator[Finding]:
    """A day's columns that do not go on from the day before, or days in a wrong order."""
    if len(windows) < FEWEST_ROWS or _states(table) < FEWEST_STATES:
        return
    change = np.nan_to_num(steps(windows))
    if (change > LARGEST_STEP).any():
        day, signal = np.unravel_index(change.argmax(), change.shape)
        says = (
            f"`{structure.signals[signal]}` of day {day + 2} has nothing to do with that of day "
            f"{day + 1}: its changes are {change.max():.1f} times those of unrelated numbers "
            f"(sound columns: below 0.2){_and_more(int((change > LARGEST_STEP).sum()) - 1)}"
        )
        advice = "columns or rows were mixed up; take the file from Kaggle again"
        yield Finding("columns", "refuse", file, says, advice)
        return
    full = windows
    if np.isnan(windows[:, -1, -1]).any():  # the test file hides the last day's positivity
        many = len(structure.signals) > 1
        full = windows[:, :, :-1] if many else windows[:, :-1]
    order, share = better_order(full) if full.shape[1] >= FEWEST_ORDERED else ([], 1.0)
    if share < ORDER_SHARE:
        better = ", ".join(str(day + 1) for day in order)
        says = (
            f"days are closer to one another in the order {better} (squared changes from day to "
            f"day are {share:.0%} of those in the file): blocks of days stand in the wrong place"
        )
        yield Finding("days", "refuse", file, says, "put the blocks of columns back in order")


OVERLAP_SHARE = 0.01
"""No sound edition has one row whose last day stands in the training file, though earlier days may:
36 rows of the real 2022 edition begin on the training file's last days."""


def overlap(edition: Edition, train: Floats, test: Floats) -> Iterator[Finding]:
    """Test rows whose last day, all but the hidden target, stands in the training file."""
    if len(edition.structure.signals) < FEWEST_SIGNALS:
        return
    training = train[:, :, :-1].reshape(-1, train.shape[2] - 1)
    states = np.repeat(edition.train["state"].to_numpy(), train.shape[1])
    known = set(_keys(states, training))
    last = test[:, -1, :-1]
    seen = np.array([key in known for key in _keys(edition.test["state"].to_numpy(), last)])
    seen &= last.min(axis=1) < last.max(axis=1)  # a day of equal numbers is nobody's
    if not seen.any():
        return
    count, first = int(seen.sum()), int(edition.test["id"].iloc[int(seen.argmax())])
    says = (
        f"the last day of {count} of {len(seen)} rows (the first: id {first}) stands in the "
        "training file, so their targets are known"
    )
    severity: Severity = "refuse" if count > OVERLAP_SHARE * len(seen) else "warn"
    advice = "take both files of one edition, and no row into both"
    yield Finding("overlap", severity, "test", says, advice)


def _keys(states: NDArray[Any], days: Floats) -> Iterator[tuple[str, bytes]]:
    for state, day in zip(states.tolist(), np.ascontiguousarray(days), strict=True):
        yield state, day.tobytes()


SOLUTION_SHARE = 0.6
"""Mean squared change from the last known day to the target, against the targets' variance: sound
up to .05 (.1 with one state); targets of other rows about 2."""


def solution_mixups(edition: Edition) -> Iterator[Finding]:
    """True targets that do not go on from the day before."""
    if len(edition.solution) < FEWEST_ROWS or _states(edition.test) < FEWEST_STATES:
        return
    truth = edition.solution[TARGET].to_numpy(dtype=np.float64)
    known = edition.test[edition.structure.known_column].to_numpy()
    change, variance = float(np.mean((truth - known) ** 2)), float(truth.var())
    if change <= SOLUTION_SHARE * variance or change == 0:
        return
    says = (
        f"its targets are {np.sqrt(change):.2g} points from the last known day of the test rows "
        f"with the same ids, and deviate by {np.sqrt(variance):.2g}: they are other rows' targets"
    )
    advice = "take the solution that belongs to this test file, or none"
    yield Finding("solution", "refuse", "solution", says, advice)


EXCHANGE_SHARE = 0.35
"""Of `exchanged_columns`: sound .98 or more (real), .57 or more (10 states of them, simulated)."""
LARGEST_SHIFT = 6.0
"""Difference of a signal's means in training deviations: sound up to 1.6 (real), 3.2 (simulated,
10 states or more); 5 with 3 states."""
MATE_SHIFT = 4.0
WORST_MATCH = -3.0
"""Of `match_score`: sound -17 or less (real), -6 or less (simulated, 10 states), -4.8 or less (10
states of a real one, or a tenth of its test rows); another edition's test file, or states in
another order, -2 or more, seldom below -3."""


def pairing_mixups(
    edition: Edition, chains: pd.DataFrame, train: Floats, test: Floats
) -> Iterator[Finding]:
    """Test columns that are other columns', and test rows that are other states'."""
    signals = edition.structure.signals
    both = set(edition.train["state"]) & set(edition.test["state"])
    names = [name for name in edition.structure.states if name in both]
    if len(names) < FEWEST_MATCHED_STATES or len(signals) < FEWEST_SIGNALS:
        return
    deviation = train.std(axis=(0, 1))
    deviation[deviation == 0] = 1.0
    advice = "take both files of one edition from Kaggle again"
    if columns := _shifted(train, test, deviation):
        first, mate, shift = columns[0]
        says = (
            f"`{signals[first]}` lies {shift:.0f} deviations from the training file's, and fits "
            f"`{signals[mate]}` there{_and_more(len(columns) - 1)}: columns were mixed up"
        )
        yield Finding("columns", "refuse", "test", says, advice)
        return
    ends, spread, starts = _picked_days(edition, chains, names, train / deviation, test / deviation)
    near_ends, _ = nearest_starts(ends, starts)
    distances, own = nearest_starts(spread, starts)
    first, second, share = exchanged_columns(own)
    if share < EXCHANGE_SHARE:
        says = (
            f"`{signals[first]}` and `{signals[second]}` fit the training file better the other "
            f"way round: distances are {share:.0%} then; the two columns were exchanged"
        )
        yield Finding("columns", "refuse", "test", says, advice)
        return
    score = min(match_score(near_ends), match_score(distances))
    if score > WORST_MATCH:
        nearest = int((distances.argmin(axis=1) == np.arange(len(names))).sum())
        says = (
            f"its rows do not resemble their states' training rows: in only {nearest} of "
            f"{len(names)} states the nearest test rows are the state's own (score {score:.1f}, "
            "about 0 by chance, -6 or less in sound editions), so the files are of two editions, "
            "or states were mixed up"
        )
        yield Finding("other_edition", "refuse", "test", says, advice)


def _shifted(train: Floats, test: Floats, deviation: Floats) -> list[tuple[int, int, float]]:
    """Test columns far from their own training column and near another: both, and how far."""
    means, own = train.mean(axis=(0, 1)), np.nanmean(test, axis=(0, 1))
    far = np.abs(own[:, None] - means) / deviation
    found = []
    for signal, shift in enumerate(far.diagonal()):
        mate = int(far[signal].argmin())
        if shift > LARGEST_SHIFT and far[signal, mate] < MATE_SHIFT:
            found.append((signal, mate, float(shift)))
    return found


def _picked_days(
    edition: Edition, chains: pd.DataFrame, names: Sequence[str], train: Floats, test: Floats
) -> tuple[list[Floats], list[Floats], list[Floats]]:
    """Of every state the last day of chains, days spread over all, and first days of test windows.

    Where test rows are later, the ends are nearest; where they lie between, as in 2021, others.
    """
    last = chains.reset_index(drop=True).groupby("chain")["position"].idxmax().to_numpy()
    train_states, test_states = edition.train["state"].to_numpy(), edition.test["state"].to_numpy()
    ends, spread, starts = [], [], []
    for name in names:
        own = np.flatnonzero(train_states == name)
        ends.append(_thinned(train[last[train_states[last] == name], -1]))
        spread.append(_thinned(train[own[np.argsort(chains["position"].to_numpy()[own])], -1]))
        starts.append(test[test_states == name, 0])
    return ends, spread, starts


def _thinned(days: Floats) -> Floats:
    return days[:: -(-len(days) // MOST_DAYS)]


def _and_more(count: int) -> str:
    return f", and so for {count} more" if count else ""
