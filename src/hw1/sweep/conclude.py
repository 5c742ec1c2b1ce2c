"""What a search has found, and how much of it to believe."""

from __future__ import annotations

from dataclasses import dataclass

from hw1.compare.paired import PairedDifference
from hw1.core.errors import Hw1Error
from hw1.sweep.batches import Batch, stackable
from hw1.sweep.evaluate import evaluate_batch
from hw1.sweep.places import apply_options
from hw1.sweep.report import SweepReport, over_search_of
from hw1.sweep.setup import BASE, Setup
from hw1.sweep.study import Search
from hw1.sweep.table import Result, ranked
from hw1.sweep.trial import Outcome, Trial
from hw1.sweep.unseen import judge_unseen


@dataclass(frozen=True)
class Conclusion:
    """The end of a search.

    Attributes:
        report: the trials and what they owe to luck.
        base: what the parameters score that the search began from, as trials are scored.
        unseen: the winner (b) beside them (a) by a split that the search has not seen, or why that
            could not be told; None where there is no winner, or no row to compare by.
        repeats: trials that had the values of earlier ones, and so were not run.
        invalid: trials whose values do not go together.
    """

    report: SweepReport
    base: Outcome
    unseen: PairedDifference | str | None
    repeats: int
    invalid: int


def conclude(search: Search, setup: Setup, storage: str | None = None) -> Conclusion:
    """Judge the winner of a search.

    Args:
        search: whose trials are run.
        setup: what it began with.
        storage: an address of a database that holds it; None for a journal of the project.
    """
    finished = search.outcomes()
    base = search.space.trial(BASE, {})
    results: list[Result] = [
        (each.trial, each.outcome)
        for each in finished
        if each.trial is not None and each.same_as is None
    ]
    objective = setup.sweep.objective
    weights = setup.data.state_weights.tolist()
    unseen = _unseen(setup, base, results)
    report = SweepReport(
        name=search.name,
        edition=setup.ingest.edition,
        settings={
            "sweep": setup.sweep.model_dump(mode="json", exclude_defaults=True),
            "base": search.space.base,
        },
        results=results,
        objective=objective,
        weights=weights,
        over_search=over_search_of(results, objective, weights),
        unseen={"winner": unseen.loss_b, "base": unseen.loss_a}
        if isinstance(unseen, PairedDifference)
        else None,
        seconds=search.seconds,
        ended=search.ended,
        study=search.study,
        apply_options=apply_options(search.name, storage),
        shown=setup.sweep.best,
    )
    return Conclusion(
        report=report,
        base=_judged(setup, base),
        unseen=unseen,
        repeats=sum(each.same_as is not None for each in finished),
        invalid=sum(each.trial is None for each in finished),
    )


def _judged(setup: Setup, trial: Trial) -> Outcome:
    stacked = stackable(trial, linked=setup.data.structure.link != "none")
    (outcome,) = evaluate_batch(setup.data, Batch((trial,), stacked))
    return outcome


def _unseen(setup: Setup, base: Trial, results: list[Result]) -> PairedDifference | str | None:
    best = ranked(results, setup.sweep.objective)
    if not best:
        return None
    # what begins a search may be what diverges; its trials are not lost for that
    try:
        return judge_unseen(setup.data, setup.ingest, base, best[0][0], setup.sweep.unseen)
    except Hw1Error as problem:
        return str(problem)
