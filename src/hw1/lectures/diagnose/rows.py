"""The rows that models are trained on and judged by."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from hw1.core.survey import Structure
from hw1.features.design import build_fold_designs
from hw1.features.pairs import OWN
from hw1.ingest.reading import Edition
from hw1.ingest.tables import Tables, make_tables
from hw1.lectures.diagnose.params import HoldingParams
from hw1.models.design import DESCRIBING, Design, Part, to_design
from hw1.params.features import FeaturesParams
from hw1.params.ingest import IngestParams, SplitParams


@dataclass(frozen=True)
class Fold:
    """One fold.

    Attributes:
        design: rows to train on, pairs among them, and rows held out.
        own: the training windows without the pairs: the same rows whatever the features, so that
            training losses can be compared.
        names: of the features.
        held_out: ids of the rows held out.
    """

    design: Design
    own: Part
    names: tuple[str, ...]
    held_out: tuple[int, ...]

    @property
    def validation(self) -> Part:
        """The rows held out."""
        assert self.design.validation is not None
        return self.design.validation


class Holding:
    """An edition with some of its rows held out; every choice of features is built once.

    Args:
        tables: the windows and the folds.
        folds: which of the folds to use.
    """

    def __init__(self, tables: Tables, folds: pd.DataFrame) -> None:
        self._tables, self._folds = tables, folds
        self._kept: dict[str, list[Fold]] = {}

    @property
    def structure(self) -> Structure:
        """States, signals and days."""
        return self._tables.structure

    @property
    def windows(self) -> pd.DataFrame:
        """The training table."""
        return self._tables.train

    def folds(self, features: FeaturesParams) -> list[Fold]:
        """The folds by section `features:`.

        Raises:
            ParamsError: the parameters do not fit the survey, or leave no feature.
        """
        key = features.model_dump_json()
        if key not in self._kept:
            tables = self._tables
            designs = build_fold_designs(
                tables.train, self._folds, tables.structure, features, tables.links
            )
            self._kept[key] = [_fold(name, design.table) for name, design in designs.items()]
        return self._kept[key]


def hold_out(
    edition: Edition, ingest: IngestParams, params: HoldingParams
) -> tuple[Holding, Holding]:
    """Hold out contiguous blocks, and later days.

    Args:
        edition: the data.
        ingest: section `ingest:`, whose split is replaced.
        params: how much is held out.

    Returns:
        The edition with blocks held out in turn, windows that do not overlap; and with the last
        days of every chain held out.

    Raises:
        DataError: chains are so short that a fold has no rows.
    """
    split = SplitParams(method="blocks", fraction=params.later, folds=params.blocks, seed=0)
    blocks = make_tables(edition, ingest.model_copy(update={"split": split}))
    later = make_tables(
        edition, ingest.model_copy(update={"split": split.model_copy(update={"method": "forward"})})
    )
    # the others hold out the same blocks, but begin a day later
    first = blocks.folds[blocks.folds["fold"] % edition.structure.days == 0]
    return Holding(blocks, first), Holding(later, later.folds)


def _fold(name: str, table: pd.DataFrame) -> Fold:
    design = to_design(name, table)
    own = to_design(name, table[(table["origin"] == OWN) & (table["role"] == "train")]).train
    names = tuple(column for column in table if column not in DESCRIBING)
    held_out = table.loc[table["role"] == "validation", "id"]
    design = replace(design, fold=f"fold {name}")
    return Fold(design, own, names, tuple(held_out.tolist()))
