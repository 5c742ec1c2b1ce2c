"""A small search's data and trials."""

from dataclasses import replace
from functools import lru_cache
from typing import Any

import pandas as pd
from support import SMALL
from sweep_support import make_sweep
from train_support import make_params

from hw1.ingest.reading import read_edition
from hw1.ingest.tables import make_tables
from hw1.params.features import FeaturesParams
from hw1.params.ingest import IngestParams, SplitParams
from hw1.simulate import write_edition
from hw1.sweep.data import SearchData
from hw1.sweep.loop import run_trials
from hw1.sweep.making import make_space
from hw1.sweep.study import open_study
from hw1.sweep.trial import Trial

SPLIT = SplitParams(method="blocks", fraction=0.3, folds=2, seed=0)
INGEST = IngestParams(edition="sample", link="none", accept=[], split=SPLIT)


def make_features(**changes: Any) -> FeaturesParams:
    """Small, quick features."""
    plain = {
        "transform": "arcsine_sqrt",
        "days": 1,
        "differences": 1,
        "last_day": True,
        "linked_days": 1,
        "states": False,
        "pairs": "with_test",
        "standardise": True,
        "clip": 5.0,
        "selection": "all",
        "names": ["*"],
        "k": None,
        "threshold": None,
        "score_target": "change",
        "seed": 0,
    }
    return FeaturesParams(**(plain | changes))


def make_trial(number: int, features: dict[str, Any] | None = None, **train: Any) -> Trial:
    """A trial with these changes of small parameters."""
    own = {"seeds": 2, "target_transform": "arcsine_sqrt"} | train
    return Trial(number, {}, make_features(**(features or {})), make_params(**own))


@lru_cache
def make_data(folder: Any, link: str = "none") -> SearchData:
    """A simulated edition, split into blocks.

    Args:
        folder: where its CSV files are written.
        link: as `ingest.link`.
    """
    write_edition(folder, SMALL)
    params = INGEST.model_copy(update={"link": link})
    tables = make_tables(read_edition(folder), params)
    return SearchData(
        structure=tables.structure,
        windows=tables.train,
        folds=tables.folds,
        links=tables.links,
        digest="small",
        key=f"small {link}",
    )


def designs_of(data: SearchData, features: FeaturesParams) -> dict[str, Any]:
    """The folds' designs as the pipeline makes them."""
    from hw1.features.design import build_fold_designs
    from hw1.models.design import to_design

    made = build_fold_designs(data.windows, data.folds, data.structure, features, data.links)
    return {fold: to_design(fold, pd.DataFrame(design.table)) for fold, design in made.items()}


SPACE = {
    "train.model": {"choices": ["mlp", "linear", "ridge"]},
    "train.hidden": {"choices": [[4], [3, 2]], "when": {"train.model": "mlp"}},
    "train.epochs": {"choices": [3, 6], "when": {"train.model": ["mlp", "linear"]}},
    "train.optimizer.learning_rate": {"low": 1e-4, "high": 1e-1, "log": True},
    "features.k": {"choices": [1, 3, 99]},
}
SWEEP = {
    "sampler": "tpe",
    "trials": 24,
    "at_once": 12,
    "seeds": 2,
    "pruning": {"first_epoch": 2, "reduction": 2},
}


class Progress:
    """Counts trials, and has something happen after some."""

    def __init__(self, after=None, happens=None):
        self.added = []
        self._after, self._happens = after, happens

    def catch_up(self, told):
        """Nothing to show."""

    def add(self, outcome):
        """Count a trial."""
        self.added.append(outcome.number)
        if len(self.added) == self._after:
            self._happens()


def search(folder, workers, progress=None, **changes):
    """What a search finds, but for the time that it took."""
    sweep = make_sweep(space=SPACE, **(SWEEP | changes))
    space = make_space(sweep, make_features(), make_params(target_transform="arcsine_sqrt"))
    with open_study(sweep, space, {}, folder=folder) as opened, workers:
        run_trials(opened, sweep, workers, progress or Progress(), linked=False)
        return [
            (dict(one.overrides), one.same_as, replace(one.outcome, seconds=0.0))
            for one in opened.outcomes()
        ]
