"""The rows of an edition as this experiment learns from them."""

from __future__ import annotations

from typing import Any

from hw1.core import layout
from hw1.core.sections import PARAMS_FILE, check_section, read_params
from hw1.features.design import build_fold_designs
from hw1.ingest.reading import read_edition
from hw1.ingest.tables import make_tables
from hw1.lectures.batch_size.ground import Ground, make_ground
from hw1.lectures.batch_size.params import BatchSizeParams
from hw1.models.design import to_design
from hw1.params.features import FeaturesParams
from hw1.params.ingest import IngestParams
from hw1.params.train import TrainParams


def read_ground(params: BatchSizeParams, edition: str) -> Ground:
    """An edition's first fold, by params.yaml with the section's overrides.

    Raises:
        ParamsError: an override is refused, or the rows are too few.
        DataError: a CSV file is missing or does not fit.
    """
    base = read_params()
    ingest = _section(base, "ingest", {"edition": edition, "link": "none"})
    tables = make_tables(
        read_edition(layout.RAW / edition),
        check_section("ingest", ingest, IngestParams, PARAMS_FILE),
    )
    features = check_section(
        "features", _section(base, "features", params.features), FeaturesParams, PARAMS_FILE
    )
    train = check_section("train", _section(base, "train", params.train), TrainParams, PARAMS_FILE)
    folds = build_fold_designs(tables.train, tables.folds, tables.structure, features, tables.links)
    fold = min(folds, key=layout.fold_order)
    return make_ground(params, train, to_design(fold, folds[fold].table))


def _section(base: dict[str, Any], name: str, overrides: dict[str, Any]) -> dict[str, Any]:
    return {**base.get(name, {}), **overrides}
