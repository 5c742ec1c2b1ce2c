"""All that a search begins with, checked before its first trial."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hw1.core.sections import PARAMS_FILE
from hw1.params.features import FeaturesParams
from hw1.params.ingest import IngestParams
from hw1.params.project import check_params
from hw1.params.sweep import SweepParams, load_sweep
from hw1.params.train import TrainParams, require_regression
from hw1.sweep.data import SearchData, read_search_data, search_ingest
from hw1.sweep.making import make_space
from hw1.sweep.space import Space
from hw1.sweep.surroundings import code_digest, packages

BASE = -1
"""Number of the trial that changes nothing: the parameters that a search began from."""


@dataclass(frozen=True)
class Setup:
    """A search before its first trial.

    Attributes:
        sweep: what is tried, and how.
        ingest: section `ingest:`, split as a search is.
        features: section `features:`, which holds what is not searched.
        train: section `train:`, likewise.
        space: everything that may be tried.
        data: the rows.
    """

    sweep: SweepParams
    ingest: IngestParams
    features: FeaturesParams
    train: TrainParams
    space: Space
    data: SearchData

    @property
    def settings(self) -> dict[str, Any]:
        """What results depend on beside `sweep`, `features` and `train`."""
        return {
            "ingest": self.ingest.model_dump(mode="json"),
            "data": self.data.digest,
            "code": code_digest(),
            "packages": packages(),
        }


def read_setup(file: Path | None = None, trials: int | None = None) -> Setup:
    """Read and check params.yaml, the search and the edition's CSV files.

    Args:
        file: holds the search; None for section `sweep:` of params.yaml.
        trials: how many there are to be; None leaves it to the search.

    Raises:
        ParamsError: it names every wrong key of params.yaml or of the search.
        DataError: a CSV file is missing or wrong.
    """
    sections = check_params()
    ingest, features, train = (sections[name] for name in ("ingest", "features", "train"))
    assert isinstance(ingest, IngestParams)
    assert isinstance(features, FeaturesParams)
    assert isinstance(train, TrainParams)
    require_regression(train, "a search")
    sweep = load_sweep(file)
    if trials is not None:
        sweep = sweep.model_copy(update={"trials": trials})
    space = make_space(sweep, features, train, file or PARAMS_FILE)
    ingest = search_ingest(ingest)
    return Setup(sweep, ingest, features, train, space, read_search_data(ingest))
