"""What went into two variants: parameters and features that differ."""

import enum
from dataclasses import dataclass
from typing import Any

from hw1.compare.side import Side
from hw1.params.project import SECTIONS

PIPELINE_ORDER = tuple(SECTIONS)


class Absent(enum.Enum):
    """The value of a parameter that one side does not have; `None` is a value like any other."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


@dataclass(frozen=True)
class ParameterChange:
    """A parameter that differs; `ABSENT` on the side that does not have it."""

    key: str
    a: Any
    b: Any


@dataclass(frozen=True)
class ScoreChange:
    """The score of a feature that both sides selected."""

    name: str
    a: float
    b: float

    @property
    def difference(self) -> float:
        """B minus A."""
        return self.b - self.a


@dataclass(frozen=True)
class FeatureChanges:
    """Features that came and went.

    Attributes:
        count_a: number of features that A selected; `count_b` likewise.
        gone: scores in A of those that only A has, the highest first.
        came: scores in B of those that only B has, the highest first.
        scores: of those that both have and score otherwise, the largest change first; empty where
            the sides measure different things.
        kinds: what the scores of A and of B are, where that differs; else None.
    """

    count_a: int
    count_b: int
    gone: dict[str, float]
    came: dict[str, float]
    scores: tuple[ScoreChange, ...]
    kinds: tuple[str, str] | None

    @property
    def none(self) -> bool:
        """Whether both sides selected the same features."""
        return not self.gone and not self.came


def parameter_changes(a: Side, b: Side) -> tuple[ParameterChange, ...]:
    """Parameters that differ, in the pipeline's order and then by key."""
    changes = [
        ParameterChange(key, a.parameters.get(key, ABSENT), b.parameters.get(key, ABSENT))
        for key in sorted(a.parameters.keys() | b.parameters.keys(), key=_place)
    ]
    return tuple(change for change in changes if not _same(change.a, change.b))


def feature_changes(a: Side, b: Side) -> FeatureChanges:
    """Features that came and went, and those whose score changed."""
    kinds = score_kind(a), score_kind(b)
    both = [name for name in a.features if name in b.features]
    changed = [
        ScoreChange(name, a.features[name], b.features[name])
        for name in both
        if kinds[0] == kinds[1] and a.features[name] != b.features[name]
    ]
    return FeatureChanges(
        count_a=len(a.features),
        count_b=len(b.features),
        gone=_only(a.features, b.features),
        came=_only(b.features, a.features),
        scores=tuple(sorted(changed, key=lambda change: (-abs(change.difference), change.name))),
        kinds=None if kinds[0] == kinds[1] else kinds,
    )


def score_kind(side: Side) -> str:
    """What a side's feature scores measure, in words: `correlation with the change`."""
    method = str(side.parameters.get("features.selection", ""))
    if method in {"all", "manual"}:
        method = "correlation"
    by_number = side.parameters.get("features.k") is not None
    if method == "lasso" and by_number and side.parameters.get("features.threshold") is None:
        method = "order of entry into lasso"
    return f"{method} with the {side.parameters.get('features.score_target', 'target')}"


def _only(these: dict[str, float], those: dict[str, float]) -> dict[str, float]:
    names = sorted(these.keys() - those.keys(), key=lambda name: (-these[name], name))
    return {name: these[name] for name in names}


def _same(a: Any, b: Any) -> bool:
    """Equality that tells `true` from 1, which Python does not."""
    return bool(a == b) and isinstance(a, bool) == isinstance(b, bool)


def _place(key: str) -> tuple[int, str]:
    section = key.partition(".")[0]
    known = section in PIPELINE_ORDER
    return (PIPELINE_ORDER.index(section) if known else len(PIPELINE_ORDER), key)
