"""Which predictions differ most between two variants."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class MovedPrediction:
    """A validation row that both sides predicted; all numbers but `id` and `fold` in percent.

    Attributes:
        id: the row's id.
        fold: the fold that held it out.
        state: its state.
        known: positivity on the last known day.
        target: the truth.
        a: what A predicted; `b` likewise.
    """

    id: int
    fold: int
    state: str
    known: float
    target: float
    a: float
    b: float

    @property
    def moved(self) -> float:
        """B minus A."""
        return self.b - self.a

    @property
    def nearer(self) -> Literal["a", "b"] | None:
        """The side that is nearer to the truth; None where both are equally far."""
        change = abs(self.b - self.target) - abs(self.a - self.target)
        return None if change == 0 else "b" if change < 0 else "a"


@dataclass(frozen=True)
class MovedPredictions:
    """How far predictions moved between two sides.

    Attributes:
        rows: validation rows, counted once a fold.
        moved: how many of them the sides predict differently.
        typical: median of how far all rows moved, percentage points.
        a_nearer: rows where A is nearer to the truth; `b_nearer` likewise.
        folds: number of folds.
        most: the rows that moved most, the farthest first.
    """

    rows: int
    moved: int
    typical: float
    a_nearer: int
    b_nearer: int
    folds: int
    most: tuple[MovedPrediction, ...]


def moved_predictions(paired: "pd.DataFrame", most: int) -> MovedPredictions:
    """Summarise how far predictions moved.

    Args:
        paired: what `paired_rows` returns.
        most: how many single rows to name at most; rows that did not move are never named.
    """
    distance = (paired["b"] - paired["a"]).abs()
    nearer = (paired["b"] - paired["target"]).abs() - (paired["a"] - paired["target"]).abs()
    ranked = paired.assign(distance=distance)[distance > 0]
    ranked = ranked.sort_values(["distance", "id", "fold"], ascending=[False, True, True])
    columns = ["id", "fold", "state", "known", "target", "a", "b"]
    return MovedPredictions(
        rows=len(paired),
        moved=len(ranked),
        typical=float(distance.median()),
        a_nearer=int((nearer > 0).sum()),
        b_nearer=int((nearer < 0).sum()),
        folds=int(paired["fold"].nunique()),
        most=tuple(
            MovedPrediction(
                id=int(row["id"]),
                fold=int(row["fold"]),
                state=str(row["state"]),
                known=float(row["known"]),
                target=float(row["target"]),
                a=float(row["a"]),
                b=float(row["b"]),
            )
            for row in ranked[columns].head(most).to_dict("records")
        ),
    )
