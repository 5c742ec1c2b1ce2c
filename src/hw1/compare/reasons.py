"""Why two variants cannot be compared row by row, and what to know before believing a verdict."""

from collections.abc import Iterator, Sequence

from hw1.compare.inputs import ABSENT, parameter_changes
from hw1.compare.metrics import MetricChange
from hw1.compare.paired import PairedDifference
from hw1.compare.side import Side, same_question
from hw1.evaluation.labels import number
from hw1.task_words import question
from hw1.variants import set_param

SPLIT = "ingest.split."
FEW_STATES = 10
"""Below this the bootstrap's intervals are clearly too narrow: with 5 states a 90 % interval holds
the truth about 77 % of the time, with 10 about 83 %."""


def why_not_paired(a: Side, b: Side) -> str:
    """Why two sides were not validated on the same rows, and what to do about it."""
    if not same_question(a, b):
        return f"A predicts {_answer(a)}, B {_answer(b)}: such errors do not compare"
    for name, side in (("A", a), ("B", b)):
        if side.predictions is None:
            return f"{name}'s predictions are not in DVC's cache: `dvc pull`, or run it again"
    if a.edition != b.edition:
        return f"A is of edition `{a.edition}`, B of `{b.edition}`: they share no rows"
    changes = [change for change in parameter_changes(a, b) if change.key.startswith(SPLIT)]
    if not changes:
        return "the edition's data or the code that splits it changed in between: run one again"
    what = "A and B differ in " + ", ".join(f"`{change.key}`" for change in changes)
    if a.split != b.split:
        what = f"A was validated on `{a.split}`, B on `{b.split}`"
    known = [change for change in changes if change.a is not ABSENT]
    settings = "".join(f" -S {set_param(change.key, change.a)}" for change in known)
    example = f", such as B with{settings}" if settings else ""
    return f"{what}: run one with the other's split{example}"


def notes_on(
    a: Side,
    b: Side,
    paired: PairedDifference | None,
    metrics: Sequence[MetricChange] = (),
) -> Iterator[str]:
    """What a reader has to know before believing the verdict, one sentence each."""
    if a.code and b.code and a.code != b.code:
        yield "A and B were made by other code"
    leaking = [name for name, side in (("A", a), ("B", b)) if side.leaks]
    if leaking:
        those = " and ".join(leaking)
        yield f"{those}: held-out days are also in training rows, which flatters a close fit"
    linked = [name for name, side in (("A", a), ("B", b)) if side.transductive]
    if linked:
        those = f"{' and '.join(linked)} transductive"
        yield f"{those}: errors that need days of other windows are no forecast's"
    if a.sees_last_day != b.sees_last_day:
        shown, hidden = ("A", "B") if a.sees_last_day else ("B", "A")
        yield f"{shown} is shown the target day's other signals, {hidden} is not"
    if paired is None:
        return
    yield from _other_leader(paired, metrics)
    if 1 < paired.states < FEW_STATES:
        yield f"{paired.states} states only: the interval is narrower than it should be"
    alone = [name for name, side in (("A", a), ("B", b)) if _one_seed(side)]
    if alone:
        yield f"{' and '.join(alone)} with one seed: how much seeds alone explain is not known"


def _answer(side: Side) -> str:
    """What a side predicts, in words."""
    return "positivity" if side.rise is None else question(side.rise)


def _other_leader(paired: PairedDifference, metrics: Sequence[MetricChange]) -> Iterator[str]:
    """A note where the leaderboard's rows favour the side that loses on validation rows."""
    for change in metrics:
        if change.metric.rows != "all" or {paired.winner, change.better} != {"a", "b"}:
            continue
        if change.a is not None and change.b is not None:
            label = change.metric.label.removesuffix(", all")
            yield f"the {label} says otherwise: A {number(change.a)}, B {number(change.b)}"


def _one_seed(side: Side) -> bool:
    """Whether there is one member because no more were asked for."""
    asked = side.parameters.get("train.seeds")
    return side.metrics.get("evaluate.seeds.members") == 1 and asked == 1
