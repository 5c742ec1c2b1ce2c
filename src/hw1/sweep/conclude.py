"""What a search has found, and how much of it to believe."""

from __future__ import annotations

from dataclasses import dataclass

from hw1.compare.paired import PairedDifference
from hw1.sweep.batches import Batch, stackable
from hw1.sweep.evaluate import evaluate_batch
from hw1.sweep.report import SweepReport, over_search_of
from hw1.sweep.setup import Setup
from hw1.sweep.study import Search
from hw1.sweep.table import Result, ranked
from hw1.sweep.trial import Outcome
from hw1.sweep.unseen import judge_unseen


@dataclass(frozen=True)
class Conclusion:
    """The end of a search.

    Attributes:
        report: the trials and what they owe to luck.
        base: what the parameters score that the search began from, as trials are scored.
        unseen: the winner (b) beside them (a) by a split that the search has not seen; None where
            there is no winner, or no row to compare by.
        repeats: trials that had the values of earlier ones, and so were not run.
        invalid: trials whose values do not go together.
    """

    report: SweepReport
    base: Outcome
    unseen: PairedDifference | None
    repeats: int
    invalid: int


def conclude(search: Search, setup: Setup) -> Conclusion:
    """Judge the winner of a search.

    Raises:
        Hw1Error: the parameters that the search began from cannot be fitted.
    """
    finished = search.outcomes()
    results: list[Result] = [
        (each.trial, each.outcome)
        for each in finished
        if each.trial is not None and each.same_as is None
    ]
    objective = setup.sweep.objective
    weights = setup.data.state_weights.tolist()
    unseen = _unseen(setup, results)
    report = SweepReport(
        name=search.name,
        edition=setup.ingest.edition,
        settings={
            "sweep": setup.sweep.model_dump(mode="json", exclude_defaults=True),
            "base": setup.space.base,
        },
        results=results,
        objective=objective,
        weights=weights,
        over_search=over_search_of(results, objective, weights),
        unseen=None if unseen is None else {"winner": unseen.mse_b, "base": unseen.mse_a},
        seconds=search.seconds,
        ended=search.ended,
        study=search.study,
        shown=setup.sweep.best,
    )
    return Conclusion(
        report=report,
        base=_base(setup),
        unseen=unseen,
        repeats=sum(each.same_as is not None for each in finished),
        invalid=sum(each.trial is None for each in finished),
    )


def _base(setup: Setup) -> Outcome:
    stacked = stackable(setup.base, linked=setup.data.structure.link != "none")
    (outcome,) = evaluate_batch(setup.data, Batch((setup.base,), stacked))
    return outcome


def _unseen(setup: Setup, results: list[Result]) -> PairedDifference | None:
    best = ranked(results, setup.sweep.objective)
    if not best:
        return None
    winner = best[0][0]
    return judge_unseen(
        setup.data,
        setup.ingest,
        base=(setup.features, setup.train),
        winner=(winner.features, winner.train),
        method=setup.sweep.unseen,
    )
