"""Reads an edition's CSV files and rebuilds its chains, for the comparison of the sample."""

import csv
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

TARGET = "tested_positive"


@dataclass(frozen=True)
class Chain:
    """Consecutive days of one state: `days` [days, signals]; `rows` are its windows in order."""

    state: int
    days: np.ndarray
    rows: np.ndarray


@dataclass(frozen=True)
class Survey:
    """One edition; windows are [rows, days, signals] in percent, the test's last value NaN."""

    name: str
    signals: list[str]
    states: list[str]
    train_states: np.ndarray
    train: np.ndarray
    test_states: np.ndarray
    test: np.ndarray
    solution: np.ndarray | None

    @property
    def days(self) -> int:
        """Days in a window."""
        return self.train.shape[1]

    @cached_property
    def chains(self) -> list[Chain]:
        """The training rows joined into chains of consecutive days."""
        return rebuild_chains(self.train_states, self.train)


def read_survey(folder: Path) -> Survey:
    """Read covid.train.csv, covid.test.csv and, where there is one, solution.csv."""
    with (folder / "covid.train.csv").open(encoding="utf-8") as lines:
        header = next(csv.reader(lines))
    states = header[1 : header.index("cli")]
    columns = header[1 + len(states) :]
    signals = columns[: columns.index(TARGET) + 1]
    days = len(columns) // len(signals)
    train = np.loadtxt(folder / "covid.train.csv", delimiter=",", skiprows=1)
    test = np.loadtxt(folder / "covid.test.csv", delimiter=",", skiprows=1)
    test = np.column_stack([test, np.full(len(test), np.nan)])
    solution = folder / "solution.csv"
    known = solution.exists()
    first = 1 + len(states)
    return Survey(
        folder.name,
        signals,
        states,
        train[:, 1:first].argmax(axis=1),
        train[:, first:].reshape(len(train), days, len(signals)),
        test[:, 1:first].argmax(axis=1),
        test[:, first:].reshape(len(test), days, len(signals)),
        np.loadtxt(solution, delimiter=",", skiprows=1, usecols=1) if known else None,
    )


def rebuild_chains(states: np.ndarray, windows: np.ndarray) -> list[Chain]:
    """Join windows whose days overlap exactly."""
    opening = {
        (state, window[:-1].tobytes()): row
        for row, (state, window) in enumerate(zip(states, windows, strict=True))
    }
    following = {
        row: opening[state, window[1:].tobytes()]
        for row, (state, window) in enumerate(zip(states, windows, strict=True))
        if (state, window[1:].tobytes()) in opening
    }
    chains = []
    for row in sorted(set(range(len(windows))) - set(following.values())):
        rows = [row]
        while rows[-1] in following:
            rows.append(following[rows[-1]])
        days = np.concatenate([windows[row], windows[rows[1:], -1]])
        chains.append(Chain(int(states[row]), days, np.array(rows)))
    return chains
