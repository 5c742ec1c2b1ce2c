"""The CSV files of a simulated edition, spelled as the homework's."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from hw1.core.files import replacing
from hw1.core.survey import TARGET
from hw1.simulate.config import SimulationConfig
from hw1.simulate.edition import Edition, simulate_edition

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def write_edition(folder: Path, config: SimulationConfig) -> list[Path]:
    """Simulate an edition and write its three files.

    Args:
        folder: where they go; made if missing.
        config: what to simulate.

    Returns:
        Paths of the training file, the test file (without target) and the solution
        (`id,tested_positive,usage`, usage being Public or Private).
    """
    edition = simulate_edition(config)
    train = folder / f"covid{config.separator}train.csv"
    test = folder / f"covid{config.separator}test.csv"
    solution = folder / "solution.csv"
    _write_lines(train, survey_lines(config, edition.train_states, edition.train_windows, 0))
    _write_lines(test, survey_lines(config, edition.test_states, edition.test_windows, 1))
    _write_lines(solution, solution_lines(edition))
    return [train, test, solution]


def survey_lines(
    config: SimulationConfig,
    states: "NDArray[np.int64]",
    windows: "NDArray[np.float64]",
    hidden: int,
) -> Iterator[str]:
    """Lines of a survey file: `id`, one-hot states, day blocks without the last `hidden` columns.

    Numbers keep at most seven decimals, as in the homework's files.
    """
    columns = config.days * len(config.signals) - hidden
    yield ",".join(["id", *config.states, *day_headers(config)[:columns]])
    one_hot = _one_hot_texts(config)
    flat = windows.reshape(len(windows), -1)[:, :columns]
    for number, (state, values) in enumerate(zip(states.tolist(), flat, strict=True)):
        yield f"{number},{one_hot[state]},{','.join(map(repr, values.tolist()))}"


def solution_lines(edition: Edition) -> Iterator[str]:
    """Lines of the solution file."""
    yield f"id,{TARGET},usage"
    targets = edition.test_windows[:, -1, -1].tolist()
    for number, (target, public) in enumerate(zip(targets, edition.public.tolist(), strict=True)):
        yield f"{number},{target!r},{'Public' if public else 'Private'}"


def day_headers(config: SimulationConfig) -> list[str]:
    """Names of the day columns as the file spells them."""
    numbered = config.header == "numbered"
    return [
        f"{signal}.{day}" if numbered and day else signal
        for day in range(config.days)
        for signal in config.signals
    ]


def _one_hot_texts(config: SimulationConfig) -> list[str]:
    zero, one = ("0.0", "1.0") if config.one_hot == "decimal" else ("0", "1")
    states = range(len(config.states))
    return [",".join(one if other == state else zero for other in states) for state in states]


def _write_lines(path: Path, lines: Iterable[str]) -> None:
    with (
        replacing(path) as temporary,
        temporary.open("w", encoding="utf-8", newline="\n") as stream,
    ):
        stream.writelines(f"{line}\n" for line in lines)
