"""What models learn to predict: the way from percentages to what they fit, and back.

Three tasks share one pipeline. `regression` predicts the last day's positivity, `classification`
the probability that it rises, `structured` all signals of the last day at once. Whatever the task,
every row is judged by one number: the positivity, or whether it rose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol, get_args

import numpy as np
import numpy.typing as npt

from hw1.core.errors import DataError
from hw1.core.survey import Task
from hw1.transforms import inverse_transform, transform

Floats = npt.NDArray[np.float64]
Kind = Literal["level", "change"]
Transform = Literal["none", "arcsine_sqrt"]


class Target(Protocol):
    """What a model learns to predict."""

    task: ClassVar[Task]

    @property
    def outputs(self) -> int:
        """How many numbers a model outputs for a row."""

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready form, read back by `target_from_dict`."""

    def encode(self, true_percent: npt.ArrayLike, known_percent: npt.ArrayLike) -> Floats:
        """What a model is to output.

        Args:
            true_percent: the last day, in percent: its positivity, shape [rows], or for the task
                `structured` all its signals, shape [rows, signals].
            known_percent: the same of the day before, which is known.

        Returns:
            Values on the scale that a model fits, of the same shape.
        """

    def decode(self, outputs: npt.ArrayLike, known_percent: npt.ArrayLike) -> Floats:
        """Predictions of the one number that rows are judged by.

        Args:
            outputs: of a model, shape [..., rows], or [..., rows, signals].
            known_percent: the last known day's positivity, in percent, shape [rows].

        Returns:
            Percentages, or probabilities of a rise, shape [..., rows].
        """

    def truth(self, target_percent: npt.ArrayLike, known_percent: npt.ArrayLike) -> Floats:
        """What is predicted, as it came out, shape [rows]: positivity in percent, or 0 and 1.

        Args:
            target_percent: the last day's positivity, in percent, shape [rows].
            known_percent: the day before's, in percent, shape [rows].
        """


@dataclass(frozen=True)
class TargetScale:
    """Positivity in percent, on the scale on which a model fits it.

    Attributes:
        kind: "level" fits the positivity itself, "change" its change from the last known day.
        transform: "none" works on percent, "arcsine_sqrt" on arcsin(sqrt(percent / 100)).
    """

    kind: Kind
    transform: Transform

    task: ClassVar[Task] = "regression"

    @property
    def outputs(self) -> int:
        """See `Target`."""
        return 1

    def to_dict(self) -> dict[str, Any]:
        """See `Target`."""
        return {"kind": self.kind, "transform": self.transform}

    def encode(self, true_percent: npt.ArrayLike, known_percent: npt.ArrayLike) -> Floats:
        """See `Target`."""
        level = transform(self.transform, true_percent)
        if self.kind == "level":
            return level
        return level - transform(self.transform, known_percent)

    def decode(self, outputs: npt.ArrayLike, known_percent: npt.ArrayLike) -> Floats:
        """See `Target`; percentages are not cut to 0..100 where the transform is "none"."""
        level = np.asarray(outputs, dtype=np.float64)
        if self.kind == "change":
            level = level + transform(self.transform, known_percent)
        return inverse_transform(self.transform, level)

    def truth(self, target_percent: npt.ArrayLike, known_percent: npt.ArrayLike) -> Floats:
        """See `Target`."""
        del known_percent
        return np.asarray(target_percent, dtype=np.float64)


@dataclass(frozen=True)
class Rise:
    """Whether positivity rises; a model outputs the logit of its probability.

    Attributes:
        points: by more than how many percentage points it must rise.
    """

    points: float

    task: ClassVar[Task] = "classification"

    @property
    def outputs(self) -> int:
        """See `Target`."""
        return 1

    def to_dict(self) -> dict[str, Any]:
        """See `Target`."""
        return {"task": self.task, "points": self.points}

    def encode(self, true_percent: npt.ArrayLike, known_percent: npt.ArrayLike) -> Floats:
        """See `Target`: 1 where it rises, else 0."""
        return self.truth(true_percent, known_percent)

    def decode(self, outputs: npt.ArrayLike, known_percent: npt.ArrayLike) -> Floats:
        """See `Target`: 1 / (1 + exp(-output)), by way of tanh, which does not overflow."""
        del known_percent
        half = 0.5 * np.asarray(outputs, dtype=np.float64)
        return np.asarray(0.5 * (1.0 + np.tanh(half)))

    def truth(self, target_percent: npt.ArrayLike, known_percent: npt.ArrayLike) -> Floats:
        """See `Target`."""
        change = np.asarray(target_percent, np.float64) - np.asarray(known_percent, np.float64)
        return (change > self.points).astype(np.float64)


@dataclass(frozen=True)
class WholeDay:
    """All signals of the last day, each on the scale of positivity.

    Attributes:
        scale: how every signal is fitted.
        signals: their names, positivity last.
    """

    scale: TargetScale
    signals: tuple[str, ...]

    task: ClassVar[Task] = "structured"

    @property
    def outputs(self) -> int:
        """See `Target`."""
        return len(self.signals)

    def to_dict(self) -> dict[str, Any]:
        """See `Target`."""
        return {"task": self.task, "signals": list(self.signals), **self.scale.to_dict()}

    def encode(self, true_percent: npt.ArrayLike, known_percent: npt.ArrayLike) -> Floats:
        """See `Target`."""
        return self.scale.encode(true_percent, known_percent)

    def decode(self, outputs: npt.ArrayLike, known_percent: npt.ArrayLike) -> Floats:
        """See `Target`: positivity alone."""
        return self.scale.decode(np.asarray(outputs)[..., -1], known_percent)

    def decode_day(self, outputs: npt.ArrayLike, known_percent: npt.ArrayLike) -> Floats:
        """Percentages of every signal.

        Args:
            outputs: of a model, shape [..., rows, signals].
            known_percent: the day before, in percent, shape [rows, signals].

        Returns:
            Percentages, the shape of `outputs`.
        """
        return self.scale.decode(outputs, known_percent)

    def truth(self, target_percent: npt.ArrayLike, known_percent: npt.ArrayLike) -> Floats:
        """See `Target`."""
        return self.scale.truth(target_percent, known_percent)


def target_from_dict(content: Mapping[str, Any]) -> Target:
    """Read what `Target.to_dict` wrote; without a `task` it is a regression's.

    Raises:
        DataError: parts are missing, or it is of no known task.
    """
    try:
        task = content.get("task", TargetScale.task)
        if task == Rise.task:
            return Rise(float(content["points"]))
        scale = TargetScale(content["kind"], content["transform"])
        signals = tuple(str(name) for name in content.get("signals", ()))
    except (KeyError, TypeError, ValueError) as problem:
        raise DataError(f"not a model's target: {problem!r}") from None
    if scale.kind not in get_args(Kind) or scale.transform not in get_args(Transform):
        raise DataError(f"unknown target {scale.kind!r} on the scale {scale.transform!r}")
    if task == WholeDay.task and signals:
        return WholeDay(scale, signals)
    if task != TargetScale.task:
        raise DataError(f"unknown task {task!r}")
    return scale
