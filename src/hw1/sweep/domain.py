"""What a single parameter of a search may be."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hw1.params.sweep import Number, same

RESOLUTION = 4  # decimal digits of a range's span that a value is rounded to


@dataclass(frozen=True)
class Choices:
    """Any values, in order."""

    values: tuple[Any, ...]

    def contains(self, value: Any) -> bool:
        """Whether it is one of them."""
        return any(same(value, each) for each in self.values)


@dataclass(frozen=True)
class Range:
    """Numbers between two ends, both included.

    Attributes:
        low: the lowest.
        high: the highest; with a step, one that steps from the lowest end at.
        step: between neighbours; None for every number.
        log: whether every order of magnitude counts alike.
        whole: of whole numbers only.
    """

    low: Number
    high: Number
    step: Number | None = None
    log: bool = False
    whole: bool = False

    @property
    def values(self) -> tuple[Number, ...] | None:
        """All numbers in it; None where they are not counted: without a step, or on a log scale."""
        if self.step is None or self.log:
            return None
        low, step = Decimal(str(self.low)), Decimal(str(self.step))
        count = int((Decimal(str(self.high)) - low) / step) + 1
        kind = int if self.whole else float
        return tuple(kind(low + index * step) for index in range(count))

    def contains(self, value: Any) -> bool:
        """Whether it is a number between the ends."""
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and self.low <= value <= self.high

    def tidy(self, value: Number) -> Number:
        """The number of the range that a suggested one stands for, written in few digits.

        A learning rate of 0.003174 says as much as one of 0.0031738294011.
        """
        if self.whole:
            return int(value)
        if self.step is not None:
            index = round((value - self.low) / self.step)
            return float(Decimal(str(self.low)) + index * Decimal(str(self.step)))
        scale = self.high - self.low
        if self.log:
            scale = min(scale, value)
        rounded = round(value, RESOLUTION - 1 - math.floor(math.log10(scale)))
        return float(min(max(rounded, self.low), self.high))


Domain = Choices | Range


@dataclass(frozen=True)
class Parameter:
    """A parameter that is searched.

    Attributes:
        key: dotted, such as `train.dropout`.
        domain: what it may be.
        when: values by key, one of which each of the keys must have for it to exist.
    """

    key: str
    domain: Domain
    when: Mapping[str, tuple[Any, ...]]


def ending_at_a_step(low: Number, high: Number, step: Number) -> Number:
    """The last number that steps from `low` reach without passing `high`."""
    first, width = Decimal(str(low)), Decimal(str(step))
    last = first + int((Decimal(str(high)) - first) / width) * width
    return int(last) if isinstance(low, int) and isinstance(step, int) else float(last)


def as_text(value: Any) -> str:
    """A value as YAML's flow style and JSON have it, such as `[16,8]` or `null`."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True, default=str)
