import json

import numpy as np
import pytest

from hw1.core.errors import DataError
from hw1.core.files import write_json
from hw1.features.columns import Feature
from hw1.features.map import FeatureMap, read_feature_maps


@pytest.fixture
def fitted():
    return FeatureMap(
        features=(Feature("cli_day3", "cli_day3"), Feature("state_NY", "state", equals="NY")),
        transform="none",
        mean=(20.0, 0.1 + 0.2),
        deviation=(10.0, 1 / 3),
        clip=1.5,
        states=("AL", "NY"),
    )


def test_values_are_standardised_and_clipped(fitted, structure, make_windows):
    windows = make_windows(structure, rows=3).assign(cli_day3=[10.0, 20.0, 95.0])
    values = fitted.apply(windows)
    assert values.dtype == np.float64
    np.testing.assert_array_equal(values[:, 0], [-1.0, 0.0, 1.5])


def test_the_target_is_not_read(fitted, structure, make_windows):
    windows = make_windows(structure, rows=3)
    without = windows.drop(columns=structure.target_column)
    np.testing.assert_array_equal(fitted.apply(windows), fitted.apply(without))


def test_one_row_alone_gets_the_values_it_gets_among_others(fitted, structure, make_windows):
    windows = make_windows(structure, rows=9)
    together = fitted.apply(windows)
    for row in range(9):
        np.testing.assert_array_equal(fitted.apply(windows[row : row + 1])[0], together[row])


def test_unknown_state_is_refused_only_where_a_feature_is_a_state(fitted, structure, make_windows):
    windows = make_windows(structure, rows=2).assign(state=["AL", "Atlantis"])
    with pytest.raises(DataError, match="'Atlantis'"):
        fitted.apply(windows)
    stateless = FeatureMap(fitted.features[:1], "none", (0.0,), (1.0,), None, ())
    assert stateless.apply(windows).shape == (2, 1)


def test_json_round_trip_keeps_every_bit(fitted):
    assert FeatureMap.from_dict(json.loads(json.dumps(fitted.to_dict()))) == fitted


@pytest.mark.parametrize("missing", ["features", "transform", "clip", "states"])
def test_damaged_description_is_refused(fitted, missing):
    value = fitted.to_dict()
    del value[missing]
    with pytest.raises(DataError, match=missing):
        FeatureMap.from_dict(value)


def test_reading_every_fold(fitted, structure, tmp_path):
    path = tmp_path / "features.json"
    write_json(path, {"structure": structure.to_dict(), "folds": {"final": fitted.to_dict()}})
    assert read_feature_maps(path) == (structure, {"final": fitted})


def test_file_without_folds_is_refused(structure, tmp_path):
    path = tmp_path / "features.json"
    write_json(path, {"structure": structure.to_dict()})
    with pytest.raises(DataError, match="does not hold feature maps"):
        read_feature_maps(path)


def test_predicting_imports_neither_scikit_learn_nor_torch():
    import subprocess
    import sys

    code = (
        "import sys, hw1.features.map; "
        "print(sorted({'sklearn', 'torch', 'pydantic'} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
