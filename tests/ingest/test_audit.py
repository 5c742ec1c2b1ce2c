import pytest

from hw1.ingest.audit import audit
from hw1.ingest.chains import find_chains
from hw1.ingest.reading import read_edition
from hw1.ingest.splits import split_folds
from hw1.params.ingest import SplitParams


def audited(folder, method):
    edition = read_edition(folder)
    chains = find_chains(edition.train, edition.structure)
    rows = edition.train[["id", "state"]].join(chains)
    split = SplitParams(method=method, fraction=0.2, folds=3, seed=0)
    folds = split_folds(rows, edition.structure.days, split)
    return edition, audit(edition, chains, folds, split)


def test_counts_rows_states_and_chains(edition_folder):
    edition, report = audited(edition_folder, "forward")
    assert report["train"] == {"rows": 90, "states": 3}
    assert report["test"]["rows"] == 18
    assert report["chains"]["count"] >= 3
    assert report["split"]["validation_rows_seen"] == 0
    assert report["split"]["leaks"] is False
    known = edition.structure.known_column
    assert report["shift"]["level_test"] == pytest.approx(edition.test[known].mean())


def test_a_leak_is_seen_by_content_not_by_chain(edition_folder):
    """Were a window's last day in training rows of whatever chain, the audit would say so."""
    edition = read_edition(edition_folder)
    alone = find_chains(edition.train, edition.structure)
    alone["chain"], alone["position"] = range(len(alone)), 0
    split = SplitParams(method="forward", fraction=0.2, folds=3, seed=0)
    ids = edition.train["id"]
    folds = ids.to_frame().assign(fold=0, role="train", weight=1.0)
    folds.loc[::3, "role"] = "validation"
    report = audit(edition, alone, folds, split)
    assert report["split"]["validation_rows_seen_share"] > 0.5


def test_random_split_is_said_to_leak(edition_folder):
    _, report = audited(edition_folder, "random")
    assert report["split"]["leaks"] is True
    assert report["split"]["validation_rows_seen_share"] > 0.8


def test_sees_test_levels_outside_the_range_of_targets(edition_folder):
    path = edition_folder / "covid.test.csv"
    lines = path.read_text().splitlines()
    fields = lines[1].split(",")
    fields[9] = "99.5"  # tested_positive of day 2
    lines[1] = ",".join(fields)
    path.write_text("\n".join(lines))
    edition, report = audited(edition_folder, "forward")
    outside = edition.test["tested_positive_day2"] > edition.train["tested_positive_day3"].max()
    assert report["extrapolation"]["test_level_highest"] == 99.5
    assert report["extrapolation"]["test_rows_above_share"] == pytest.approx(outside.mean())


def test_sees_training_days_in_the_test_file(edition_folder):
    train, test = (edition_folder / f"covid.{name}.csv" for name in ("train", "test"))
    copied = train.read_text().splitlines()[1].split(",")[1:-1]
    lines = test.read_text().splitlines()
    lines[1] = ",".join(["0", *copied])
    test.write_text("\n".join(lines))
    _, report = audited(edition_folder, "forward")
    assert report["test"]["rows_with_a_training_day"] == 1


def test_the_real_random_split_leaks(real_folder):
    _, report = audited(real_folder, "random")
    assert report["split"]["validation_rows_seen_share"] > 0.9
    _, report = audited(real_folder, "forward")
    assert report["split"]["validation_rows_seen"] == 0
