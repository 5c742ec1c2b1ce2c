"""The homework's structure, read from a header: nothing of an edition is hard-coded."""

import re
from itertools import pairwise
from pathlib import Path

from hw1.core.errors import DataError
from hw1.core.survey import TARGET, Structure

FEWEST_DAYS = 2


def read_structure(header: list[str], path: Path) -> Structure:
    """Find states, signals and days in a training file's header.

    Args:
        header: `id`, the one-hot states, then equal blocks of signals, one a day, each of which
            ends with `tested_positive`. Repeated names may carry pandas' suffixes (`cli.1`).
        path: the file, for messages.

    Raises:
        DataError: the header has another structure; the message names the column.
    """
    names = plain_names(header)
    if names[0] != "id":
        raise DataError(
            f"{path}, line 1, column 1: the first column must be `id`, not `{names[0]}`"
        )
    targets = [index for index, name in enumerate(names) if name == TARGET]
    if len(targets) < FEWEST_DAYS:
        raise DataError(
            f"{path}, line 1: `{TARGET}` occurs {len(targets)} times; every day's block of signals "
            f"ends with it, and a window has at least {FEWEST_DAYS} days"
        )
    width = _usual_gap(targets)
    start = targets[0] - width + 1
    signals = tuple(names[start : targets[0] + 1]) if start > 0 else ()
    days = len(targets)
    if not signals:
        raise DataError(
            f"{path}, line 1, column {targets[0] + 1}: the first `{TARGET}` comes too early for "
            f"days of {width} signals"
        )
    _check_blocks(names, start, signals, days, path)
    return Structure(_states(names[1:start], signals, path), signals, days)


def check_test_header(header: list[str], structure: Structure, path: Path) -> None:
    """Check that a test file has the training file's columns, in order, without the target.

    Raises:
        DataError: the message names the first column that differs.
    """
    names = plain_names(header)
    expected = ["id", *structure.states, *structure.signals * structure.days][:-1]
    for index, name in enumerate(expected):
        found = names[index] if index < len(names) else "nothing"
        if found != name:
            raise DataError(
                f"{path}, line 1, column {index + 1}: `{found}` stands where the training file "
                f"has `{name}`; test and training columns must agree"
            )
    if len(names) > len(expected):
        extra = names[len(expected)]
        reason = "the target must not be in the test file" if extra == TARGET else "unexpected"
        raise DataError(f"{path}, line 1, column {len(expected) + 1}: `{extra}`: {reason}")


def plain_names(header: list[str]) -> list[str]:
    """Column names without the suffixes that pandas adds to repeated ones (`cli.1` -> `cli`)."""
    present = set(header)
    plain = []
    for name in header:
        base = re.sub(r"\.\d+$", "", name)
        plain.append(base if base in present else name)
    return plain


def _usual_gap(positions: list[int]) -> int:
    """The most frequent gap, of equally frequent ones the widest: one day may lack a column."""
    gaps = [second - first for first, second in pairwise(positions)]
    return max(gaps, key=lambda gap: (gaps.count(gap), gap))


def _check_blocks(
    names: list[str], start: int, signals: tuple[str, ...], days: int, path: Path
) -> None:
    expected = list(signals) * days
    for offset, name in enumerate(expected):
        index = start + offset
        found = names[index] if index < len(names) else "nothing"
        if found != name:
            raise DataError(
                f"{path}, line 1, column {index + 1}: `{found}` stands where day "
                f"{offset // len(signals) + 1} should have `{name}`"
            )
    end = start + len(expected)
    if end < len(names):
        raise DataError(
            f"{path}, line 1, column {end + 1}: `{names[end]}` follows the last `{TARGET}`; a "
            f"training file ends with the target, the last day's `{TARGET}`"
        )
    if len(set(signals)) < len(signals):
        twice = sorted({name for name in signals if signals.count(name) > 1})
        raise DataError(f"{path}, line 1: signals occur twice within a day: {', '.join(twice)}")


def _states(names: list[str], signals: tuple[str, ...], path: Path) -> tuple[str, ...]:
    if not names:
        raise DataError(f"{path}, line 1, column 2: one-hot state columns must follow `id`")
    for index, name in enumerate(names):
        if not name or name in signals or name in names[:index]:
            raise DataError(
                f"{path}, line 1, column {index + 2}: `{name}` is not a state's name: names must "
                "be unique, not empty, and no signal's"
            )
    return tuple(names)
