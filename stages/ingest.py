"""Stage `ingest`: raw CSV files become tidy tables, a split and an audit."""

from hw1.core import layout
from hw1.core.entry import exits_cleanly
from hw1.core.files import write_json, write_metrics, write_parquet
from hw1.core.sections import load_section
from hw1.ingest.audit import audit
from hw1.ingest.fold_links import links_audit
from hw1.ingest.plausible import find_implausible, plausible_audit, require_plausible
from hw1.ingest.reading import read_edition
from hw1.ingest.tables import make_tables
from hw1.params.ingest import IngestParams


@exits_cleanly
def main() -> None:
    """Run the stage."""
    params = load_section("ingest", IngestParams)
    edition = read_edition(layout.RAW / params.edition)
    tables = make_tables(edition, params)
    structure = tables.structure
    report = audit(edition, tables.chains, tables.folds, params.split)
    report["edition"] = params.edition
    findings = find_implausible(edition, tables.chains)
    require_plausible(findings, params.accept, layout.RAW / params.edition)
    report["plausible"] = plausible_audit(findings, params.accept)
    if params.link != "none":
        report["links"] = links_audit(tables.train, edition.test, structure)

    write_json(layout.STRUCTURE, structure.to_dict())
    write_parquet(layout.TRAIN_TABLE, tables.train)
    write_parquet(layout.TEST_TABLE, edition.test)
    write_parquet(layout.FOLDS_TABLE, tables.folds)
    write_parquet(layout.LINKS_TABLE, tables.links)
    write_parquet(layout.SOLUTION_TABLE, edition.solution)
    write_metrics(layout.INGEST_METRICS, report)
    print(
        f"ingest: {params.edition}: {len(tables.train)} training rows in "
        f"{report['chains']['count']} chains, {len(edition.test)} test rows; "
        f"split {params.split.method}: "
        f"{report['split']['validation_rows_seen']} of {report['split']['validation_rows']} "
        "validation rows have their last day in training rows"
    )
    for finding in findings:
        print(f"ingest: NOT PLAUSIBLE ({finding.name}): {finding.file} file: {finding.says}")
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
