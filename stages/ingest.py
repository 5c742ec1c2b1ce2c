"""Stage `ingest`: raw CSV files become tidy tables, a split and an audit."""

import pandas as pd

from hw1 import layout
from hw1.entry import exits_cleanly
from hw1.files import write_json, write_metrics, write_parquet
from hw1.ingest.audit import audit
from hw1.ingest.chains import find_chains
from hw1.ingest.reading import read_edition
from hw1.ingest.splits import split_folds
from hw1.params.base import load_section
from hw1.params.ingest import IngestParams


@exits_cleanly
def main() -> None:
    """Run the stage."""
    params = load_section("ingest", IngestParams)
    edition = read_edition(layout.RAW / params.edition)
    chains = find_chains(edition.train, edition.structure)
    rows = pd.concat([edition.train[["id", "state"]], chains], axis=1)
    levels = rows.assign(level=edition.train[edition.structure.known_column])
    folds = split_folds(levels, edition.structure.days, params.split)
    report = audit(edition, chains, folds, params.split)
    report["edition"] = params.edition

    days = edition.train[edition.structure.day_columns]
    write_json(layout.STRUCTURE, edition.structure.to_dict())
    write_parquet(layout.TRAIN_TABLE, pd.concat([rows, days], axis=1))
    write_parquet(layout.TEST_TABLE, edition.test)
    write_parquet(layout.FOLDS_TABLE, folds)
    write_parquet(layout.SOLUTION_TABLE, edition.solution)
    write_metrics(layout.INGEST_METRICS, report)
    print(
        f"ingest: {params.edition}: {len(rows)} training rows in {report['chains']['count']} "
        f"chains, {len(edition.test)} test rows; split {params.split.method}: "
        f"{report['split']['validation_rows_seen']} of {report['split']['validation_rows']} "
        "validation rows have their last day in training rows"
    )


if __name__ == "__main__":
    main()
