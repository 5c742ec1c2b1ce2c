"""The rows that a search fits and judges its trials by."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from hw1.core import layout
from hw1.core.survey import Structure
from hw1.fitted.base import Floats
from hw1.ingest.reading import TEST_NAMES, TRAIN_NAMES, find_file, read_edition
from hw1.ingest.tables import make_tables
from hw1.params.ingest import IngestParams, SplitMethod

SPLIT: SplitMethod = "blocks"
"""The split that every search is judged by: it uses every row, and no held-out day leaks."""


@dataclass(frozen=True)
class SearchData:
    """Windows with their folds.

    Attributes:
        structure: names of states, signals and days.
        windows: the training table: id, state, chain, position and all day columns, percent.
        folds: columns fold, id, role, weight and shown, by `SPLIT`.
        links: columns fold, id, previous and next; no rows where nothing is linked.
        digest: SHA-256 of the CSV files.
        key: equal for data that are equal.
    """

    structure: Structure = field(compare=False)
    windows: pd.DataFrame = field(compare=False)
    folds: pd.DataFrame = field(compare=False)
    links: pd.DataFrame = field(compare=False)
    digest: str
    key: str

    @property
    def states(self) -> list[str]:
        """Names of the states, in alphabetical order."""
        return sorted(set(self.windows["state"]))

    @property
    def state_weights(self) -> Floats:
        """Sum of the weights of every state's held-out rows, shape [states]."""
        held_out = self.folds[self.folds["role"] == "validation"]
        names = self.windows.set_index("id")["state"].loc[held_out["id"]]
        codes = np.searchsorted(self.states, names.to_numpy(dtype=str))
        weights = np.bincount(codes, held_out["weight"], minlength=len(self.states))
        return np.asarray(weights, dtype=np.float64)


def search_ingest(params: IngestParams) -> IngestParams:
    """Section `ingest:` as a search has it: the same edition and links, split by `SPLIT`."""
    split = params.split.model_copy(update={"method": SPLIT})
    return params.model_copy(update={"split": split})


def read_search_data(params: IngestParams, raw: Path = layout.RAW) -> SearchData:
    """Read the edition's CSV files and split them.

    Args:
        params: section `ingest:`; see `search_ingest`.
        raw: folder of the editions' folders.

    Raises:
        DataError: a file is missing or does not fit, or the split leaves a fold without rows.
    """
    folder = raw / params.edition
    tables = make_tables(read_edition(folder), params)
    digest = _digest(folder)
    return SearchData(
        structure=tables.structure,
        windows=tables.train,
        folds=tables.folds,
        links=tables.links,
        digest=digest,
        key=f"{params.model_dump_json()} {digest}",
    )


def _digest(folder: Path) -> str:
    """SHA-256 of the CSV files that a fit sees."""
    digest = hashlib.sha256()
    for names in (TRAIN_NAMES, TEST_NAMES):
        digest.update(find_file(folder, names).read_bytes())
    return digest.hexdigest()
