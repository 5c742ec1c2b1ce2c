"""The winner, judged by a split that the search has not seen."""

from __future__ import annotations

from hw1.compare.paired import PairedDifference, paired_difference
from hw1.evaluation.schemes import Recipe, score_by
from hw1.models.threads import bounded_threads
from hw1.params.ingest import IngestParams, SplitMethod
from hw1.sweep.data import SearchData
from hw1.sweep.trial import Trial

SEEDS = 8


def judge_unseen(
    data: SearchData,
    ingest: IngestParams,
    base: Trial,
    winner: Trial,
    method: SplitMethod,
) -> PairedDifference | None:
    """Compare the winner of a search with the parameters it began from, on other folds.

    Its rows stand among those of the search, but other rows are trained on, and nobody has chosen
    by it. Both are ensembles of `SEEDS` members, as an estimate of what they would submit.

    Args:
        data: windows.
        ingest: section `ingest:`.
        base: the parameters that the search began from.
        winner: its best trial.
        method: how rows are held out.

    Returns:
        The errors of base (a) and winner (b) on the same rows; None where there are none to
        compare.

    Raises:
        Hw1Error: a fold has no rows, or training diverges.
    """
    scored = []
    for trial in (base, winner):
        own = trial.train.model_copy(update={"seeds": SEEDS})
        recipe = Recipe(data.windows, data.structure, ingest.split, trial.features, own)
        with bounded_threads(own):
            scored.append(score_by(method, recipe).scored)
    return paired_difference(*scored)
