"""Stage `ingest`: raw CSV files become tidy tables, a split and an audit."""

from dataclasses import replace

import pandas as pd

from hw1.core import layout
from hw1.core.entry import exits_cleanly
from hw1.core.files import write_json, write_metrics, write_parquet
from hw1.core.sections import load_section
from hw1.ingest.audit import audit
from hw1.ingest.chains import find_chains
from hw1.ingest.fold_links import fold_links, links_audit
from hw1.ingest.reading import read_edition
from hw1.ingest.splits import split_folds
from hw1.params.ingest import IngestParams


@exits_cleanly
def main() -> None:
    """Run the stage."""
    params = load_section("ingest", IngestParams)
    edition = read_edition(layout.RAW / params.edition)
    structure = replace(edition.structure, link=params.link)
    chains = find_chains(edition.train, structure)
    rows = pd.concat([edition.train[["id", "state"]], chains], axis=1)
    levels = rows.assign(level=edition.train[structure.known_column])
    folds = split_folds(levels, structure.days, params.split)
    report = audit(edition, chains, folds, params.split)
    report["edition"] = params.edition

    train = pd.concat([rows, edition.train[structure.day_columns]], axis=1)
    if params.link != "none":
        report["links"] = links_audit(train, edition.test, structure)
    links = fold_links(train, folds, edition.test, structure)

    write_json(layout.STRUCTURE, structure.to_dict())
    write_parquet(layout.TRAIN_TABLE, train)
    write_parquet(layout.TEST_TABLE, edition.test)
    write_parquet(layout.FOLDS_TABLE, folds)
    write_parquet(layout.LINKS_TABLE, links)
    write_parquet(layout.SOLUTION_TABLE, edition.solution)
    write_metrics(layout.INGEST_METRICS, report)
    print(
        f"ingest: {params.edition}: {len(rows)} training rows in {report['chains']['count']} "
        f"chains, {len(edition.test)} test rows; split {params.split.method}: "
        f"{report['split']['validation_rows_seen']} of {report['split']['validation_rows']} "
        "validation rows have their last day in training rows"
    )
    if "links" in report:
        found = report["links"]
        print(
            f"ingest: windows are linked ({params.link}; transductive, no forecast): "
            f"{found['test_linked_share']:.1%} of the test windows have a follower; on training "
            f"chains {found['linked_share']:.1%} find one, {found.get('right_share', 0.0):.1%} "
            "of them the right one"
        )


if __name__ == "__main__":
    main()
