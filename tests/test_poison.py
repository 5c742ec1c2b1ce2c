"""What a fit must not know does not change it by one bit: held-out targets and later days."""

import numpy as np
import pandas as pd
import pytest
from support import ROOT

from hw1.core.sections import read_params
from hw1.features.design import build_fold_designs
from hw1.ingest.chains import find_chains
from hw1.ingest.reading import read_edition
from hw1.ingest.splits import split_folds
from hw1.models.design import to_design
from hw1.models.fold import fit_fold
from hw1.params.features import FeaturesParams
from hw1.params.ingest import SplitParams
from hw1.params.train import TrainParams
from hw1.simulate import SimulationConfig, write_edition

PARAMS = read_params(ROOT / "params.yaml")
TRAIN = TrainParams.model_validate(PARAMS["train"] | {"epochs": 2, "seeds": 2})
NO_LINKS = pd.DataFrame({"fold": [], "id": [], "previous": [], "next": []})
SELECTIONS = {"all": {}, "mutual_info": {"k": 9}}


@pytest.fixture(scope="module")
def survey(tmp_path_factory):
    """Structure and training windows with chain, position and level."""
    folder = tmp_path_factory.mktemp("edition")
    write_edition(folder, SimulationConfig(states=("AL", "CA", "NY"), train_rows=150, test_rows=9))
    edition = read_edition(folder)
    chains = find_chains(edition.train, edition.structure)
    level = edition.train[edition.structure.known_column].rename("level")
    return edition.structure, pd.concat([edition.train, chains, level], axis="columns")


def seen_days(folds, windows, structure, pairs, method):
    """Every (chain, day) that a fit may know, and those of which it may know the positivity."""
    days = structure.days
    place = windows.set_index("id")
    whole, positivity = set(), set()
    for row in folds.itertuples():
        chain, first = place.loc[row.id, "chain"], place.loc[row.id, "position"]
        if row.role == "train":
            whole |= {(chain, first + day) for day in range(days)}
            positivity |= {(chain, first + day) for day in range(days)}
        elif pairs == "with_test" and row.shown:
            whole |= {(chain, first + day) for day in range(days)}
            positivity |= {(chain, first + day) for day in range(days - 1)}
    if method in ("forward", "rolling"):
        targets = folds[folds["role"] == "validation"]["id"]
        earliest = (place.loc[targets].groupby("chain")["position"].min() + days - 1).to_dict()
        positivity = {one for one in positivity if one[1] < earliest.get(one[0], np.inf)}
        whole = {one for one in whole if one[1] <= earliest.get(one[0], np.inf)}
    return whole, positivity


def poisoned(windows, structure, whole, positivity):
    """Other values wherever a fit must not look."""
    copy = windows.copy()
    width = len(structure.signals)
    values = copy[structure.day_columns].to_numpy(copy=True)
    generator = np.random.default_rng(0)
    for row, (chain, first) in enumerate(zip(copy["chain"], copy["position"], strict=True)):
        for day in range(structure.days):
            block = slice(day * width, (day + 1) * width)
            if (chain, first + day) not in whole:
                values[row, block] = generator.uniform(0, 100, width)
            elif (chain, first + day) not in positivity:
                values[row, block.stop - 1] = generator.uniform(0, 100)
    copy[structure.day_columns] = values
    return copy


@pytest.mark.parametrize("selection", SELECTIONS)
@pytest.mark.parametrize("pairs", ["last", "within", "with_test"])
@pytest.mark.parametrize("method", ["forward", "rolling", "blocks"])
def test_what_is_held_out_changes_no_bit(survey, method, pairs, selection):
    structure, windows = survey
    split = SplitParams(method=method, fraction=0.2, folds=3, seed=0)
    chosen = {"pairs": pairs, "selection": selection, **SELECTIONS[selection]}
    params = FeaturesParams.model_validate(PARAMS["features"] | chosen)
    folds = split_folds(windows, structure.days, split)
    for fold in sorted(folds["fold"].unique())[:: structure.days]:
        rows = folds[folds["fold"] == fold]
        whole, positivity = seen_days(rows, windows, structure, pairs, method)
        other = poisoned(windows, structure, whole, positivity)
        assert not other.equals(windows)
        clean, spoilt = (
            build_fold_designs(table, rows, structure, params, NO_LINKS)[str(fold)]
            for table in (windows, other)
        )
        assert spoilt.fitted == clean.fitted
        first, second = (
            fit_fold(TRAIN, to_design(str(fold), design.table)).fitted.arrays()
            for design in (clean, spoilt)
        )
        assert first.keys() == second.keys()
        assert all(first[name].tobytes() == second[name].tobytes() for name in first)


def test_the_poison_is_felt_where_a_fit_looks(survey):
    """Else the test above could not fail."""
    structure, windows = survey
    split = SplitParams(method="forward", fraction=0.2, folds=3, seed=0)
    params = FeaturesParams.model_validate(PARAMS["features"] | {"pairs": "with_test"})
    folds = split_folds(windows, structure.days, split)
    whole, positivity = seen_days(folds, windows, structure, "last", "forward")
    other = poisoned(windows, structure, whole, positivity)  # the shown windows' days as well
    clean, spoilt = (
        build_fold_designs(table, folds, structure, params, NO_LINKS)["0"].fitted
        for table in (windows, other)
    )
    assert spoilt != clean
