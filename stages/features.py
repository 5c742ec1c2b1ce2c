"""Stage `features`: choose and scale the columns that models see, fold by fold."""

from hw1.core.entry import exits_cleanly
from hw1.core.files import read_json, read_parquet, write_json, write_metrics, write_parquet
from hw1.core.layout import (
    DESIGN_FOLDER,
    FEATURES_FILE,
    FEATURES_METRICS,
    FINAL,
    FOLDS_TABLE,
    LINKS_TABLE,
    STRUCTURE,
    TEST_TABLE,
    TRAIN_TABLE,
)
from hw1.core.sections import load_section
from hw1.core.survey import Structure
from hw1.features.candidates import build_candidates
from hw1.features.design import build_designs, summarise
from hw1.params.features import FeaturesParams


@exits_cleanly
def main() -> None:
    """Fit the features of every fold and write them with their design tables."""
    params = load_section("features", FeaturesParams)
    structure = Structure.from_dict(read_json(STRUCTURE))
    windows, folds = read_parquet(TRAIN_TABLE), read_parquet(FOLDS_TABLE)

    test, links = read_parquet(TEST_TABLE), read_parquet(LINKS_TABLE)
    designs = build_designs(windows, folds, structure, params, test=test, links=links)

    maps = {fold: design.fitted.to_dict() for fold, design in designs.items()}
    write_json(FEATURES_FILE, {"structure": structure.to_dict(), "folds": maps})
    for fold, design in designs.items():
        write_parquet(DESIGN_FOLDER / f"{fold}.parquet", design.table)
    # Folds of an earlier split would otherwise be trained on as if they belonged to this one.
    for path in DESIGN_FOLDER.glob("*.parquet"):
        if path.stem not in designs:
            path.unlink()
    summary = summarise(designs)
    write_metrics(FEATURES_METRICS, summary)

    built, kept = len(build_candidates(structure, params)), len(designs[FINAL].scores)
    pairs = summary["pairs"]
    print(
        f"features: {kept} of {built} candidates, selection {params.selection}; beside the windows "
        f"{pairs['within']} pairs within them and {pairs['shown']} from visible test days"
    )


if __name__ == "__main__":
    main()
