"""The winner, judged by a split that the search has not seen."""

from __future__ import annotations

from hw1.compare.paired import PairedDifference, paired_difference
from hw1.evaluation.schemes import Recipe, score_by
from hw1.models.threads import bounded_threads
from hw1.params.features import FeaturesParams
from hw1.params.ingest import IngestParams, SplitMethod
from hw1.params.train import TrainParams
from hw1.sweep.data import SearchData


def judge_unseen(
    data: SearchData,
    ingest: IngestParams,
    base: tuple[FeaturesParams, TrainParams],
    winner: tuple[FeaturesParams, TrainParams],
    method: SplitMethod,
) -> PairedDifference | None:
    """Compare the winner of a search with the parameters it began from, on other folds.

    Its rows stand among those of the search, but other rows are trained on, and nobody has chosen
    by it. Both are ensembles of as many seeds, those of the larger one.

    Args:
        data: windows.
        ingest: section `ingest:`.
        base: sections `features:` and `train:` as the search found them.
        winner: the same with the winner's values.
        method: how rows are held out.

    Returns:
        The errors of base (a) and winner (b) on the same rows; None where there are none to
        compare.

    Raises:
        Hw1Error: a fold has no rows, or training diverges.
    """
    seeds = max(base[1].seeds, winner[1].seeds)
    scored = []
    for features, train in (base, winner):
        own = train.model_copy(update={"seeds": seeds})
        recipe = Recipe(data.windows, data.structure, ingest.split, features, own)
        with bounded_threads(own):
            scored.append(score_by(method, recipe).scored)
    return paired_difference(*scored)
