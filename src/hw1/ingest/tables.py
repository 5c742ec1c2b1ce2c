"""The tables that later stages read, made from an edition's files."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from hw1.core.survey import Structure
from hw1.ingest.chains import find_chains
from hw1.ingest.fold_links import fold_links
from hw1.ingest.reading import Edition
from hw1.ingest.splits import split_folds
from hw1.params.ingest import IngestParams


@dataclass(frozen=True)
class Tables:
    """An edition, split.

    Attributes:
        structure: states, signals and days, and whether windows are linked.
        chains: columns chain and position of every training window.
        train: id, state, chain, position and all day columns (percent) of the training windows.
        folds: columns fold, id, role, weight and shown.
        links: columns fold, id, previous, next and confidence; no rows where nothing is linked.
    """

    structure: Structure
    chains: pd.DataFrame
    train: pd.DataFrame
    folds: pd.DataFrame
    links: pd.DataFrame


def make_tables(edition: Edition, params: IngestParams) -> Tables:
    """Find the chains of an edition's windows, split and link them.

    Raises:
        Hw1Error: the split leaves a fold without rows.
    """
    structure = replace(edition.structure, link=params.link)
    chains = find_chains(edition.train, structure)
    rows = pd.concat([edition.train[["id", "state"]], chains], axis=1)
    levels = rows.assign(level=edition.train[structure.known_column])
    folds = split_folds(levels, structure.days, params.split)
    train = pd.concat([rows, edition.train[structure.day_columns]], axis=1)
    links = fold_links(train, folds, edition.test, structure)
    return Tables(structure, chains, train, folds, links)
