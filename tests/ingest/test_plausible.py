"""Every fault is made in sound editions; what is sound is never accused."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from support import ROOT, SMALL

from hw1.core.errors import DataError
from hw1.core.survey import Structure
from hw1.ingest.chains import find_chains
from hw1.ingest.plausible import find_implausible, plausible_audit, require_plausible
from hw1.ingest.reading import Edition, read_edition
from hw1.simulate import SimulationConfig, simulate_edition
from hw1.simulate.config import state_names

pytestmark = pytest.mark.fault("implausible data")

TWELVE = SimulationConfig(states=state_names(12), train_rows=400, test_rows=120)
CONFIGS = {
    "5 days": TWELVE,
    "3 days": replace(TWELVE, days=3, seed=1),
    "7 days": replace(TWELVE, days=7, seed=2, shuffled=False),
}


def simulated(config: SimulationConfig) -> Edition:
    edition = simulate_edition(config)
    structure = Structure(config.states, config.signals, config.days)

    def table(states, windows, columns):
        values = windows.reshape(len(windows), -1)[:, : len(columns)]
        names = pd.DataFrame({"id": range(len(states)), "state": np.array(config.states)[states]})
        return pd.concat([names, pd.DataFrame(values, columns=columns)], axis=1)

    usage = np.where(edition.public, "public", "private")
    truth = edition.test_windows[:, -1, -1]
    return Edition(
        structure,
        table(edition.train_states, edition.train_windows, structure.day_columns),
        table(edition.test_states, edition.test_windows, structure.visible_columns),
        pd.DataFrame({"id": range(len(truth)), "tested_positive": truth, "usage": usage}),
    )


def found(edition: Edition) -> dict[str, str]:
    """Findings' names and severities."""
    findings = find_implausible(edition, find_chains(edition.train, edition.structure))
    return {finding.name: finding.severity for finding in findings}


@pytest.fixture(scope="module", params=CONFIGS)
def edition(request) -> Edition:
    return simulated(CONFIGS[request.param])


def in_order(table: pd.DataFrame, structure: Structure, days: list[int]) -> pd.DataFrame:
    """The table with other days' numbers under the names of days 1, 2, and so on."""
    moved = table.copy()
    for place, day in enumerate(days, start=1):
        for to, source in zip(structure.columns_of(place), structure.columns_of(day), strict=True):
            if to in table and source in table:
                moved[to] = table[source]
    return moved


def renamed(table: pd.DataFrame, structure: Structure, signals: dict[str, str]) -> pd.DataFrame:
    """The table with other signals' numbers under the names of `signals`, on all days."""
    moved = table.copy()
    for to, source in signals.items():
        for day in range(1, structure.days + 1):
            moved[f"{to}_day{day}"] = table[f"{source}_day{day}"]
    return moved


def test_sound_editions_have_no_finding(edition):
    assert found(edition) == {}


@pytest.mark.parametrize(
    "config",
    [
        *(replace(SMALL, seed=seed) for seed in range(4)),
        *(replace(TWELVE, seed=seed, days=2) for seed in (3, 4)),
        SimulationConfig(states=("AL",), train_rows=60, test_rows=12),
        SimulationConfig(states=state_names(40), train_rows=160, test_rows=40),
        replace(TWELVE, signals=("tested_positive",)),
        replace(TWELVE, signals=("cli", "tested_positive"), seed=5),
    ],
)
def test_small_and_odd_editions_have_no_finding(config):
    assert found(simulated(config)) == {}


def test_the_sample_has_no_finding():
    assert found(read_edition(ROOT / "data/raw/sample")) == {}


def test_the_real_editions_have_no_finding(real_folder):
    assert found(read_edition(real_folder)) == {}


@pytest.mark.parametrize("file", ["train", "test"])
def test_fractions_are_found(edition, file):
    table = getattr(edition, file).copy()
    columns = [name for name in edition.structure.day_columns if name in table]
    table[columns] /= 100
    assert found(replace(edition, **{file: table}))["fractions"] == "refuse"


def test_one_signal_in_fractions_is_found(edition):
    test = edition.test.copy()
    test[[name for name in test if name.startswith("cli_day")]] /= 100
    assert found(replace(edition, test=test)) == {"fractions": "refuse"}


@pytest.mark.parametrize("file", ["train", "test"])
def test_exchanged_days_are_found(edition, file):
    last = edition.structure.days
    days = [2, 1, *range(3, last + 1)]
    table = in_order(getattr(edition, file), edition.structure, days)
    assert found(replace(edition, **{file: table})) == {"days": "refuse"}


@pytest.mark.parametrize("file", ["train", "test"])
def test_exchanged_columns_of_one_file_are_found(edition, file):
    exchange = {"cli": "wearing_mask", "wearing_mask": "cli"}
    table = renamed(getattr(edition, file), edition.structure, exchange)
    assert found(replace(edition, **{file: table})) == {"columns": "refuse"}


def test_columns_exchanged_on_one_day_are_found(edition):
    train = edition.train.copy()
    train[["cli_day2", "shop_day2"]] = edition.train[["shop_day2", "cli_day2"]].to_numpy()
    assert found(replace(edition, train=train)) == {"columns": "refuse"}


def test_a_column_in_another_order_of_rows_is_found(edition):
    train = edition.train.copy()
    train["tested_positive_day2"] = np.sort(train["tested_positive_day2"].to_numpy())
    assert found(replace(edition, train=train))["columns"] == "refuse"


def test_training_rows_in_the_test_file_are_found(edition):
    test = edition.test.copy()
    columns = ["state", *edition.structure.visible_columns]
    test.loc[:9, columns] = edition.train.loc[:9, columns]
    assert found(replace(edition, test=test))["overlap"] == "refuse"


def test_a_single_training_row_in_the_test_file_is_told(edition):
    test = edition.test.copy()
    columns = ["state", *edition.structure.visible_columns]
    test.loc[:0, columns] = edition.train.loc[:0, columns]
    assert found(replace(edition, test=test))["overlap"] == "warn"


def test_another_editions_test_file_is_found(edition):
    other = simulated(
        replace(TWELVE, days=edition.structure.days, seed=11 + edition.structure.days)
    )
    mixed = replace(edition, test=other.test, solution=other.solution)
    assert "refuse" in found(mixed).values()


@pytest.mark.parametrize("file", ["train", "test"])
def test_states_in_another_order_are_found(edition, file):
    states = edition.structure.states
    table = getattr(edition, file)
    moved = table["state"].map(dict(zip(states, [*states[5:], *states[:5]], strict=True)))
    assert found(replace(edition, **{file: table.assign(state=moved)}))["other_edition"] == "refuse"


@pytest.mark.parametrize("change", ["sorted", "fractions"])
def test_a_solution_of_other_rows_is_found(edition, change):
    truth = edition.solution["tested_positive"].to_numpy()
    wrong = np.sort(truth) if change == "sorted" else truth / 100
    solution = edition.solution.assign(tested_positive=wrong)
    assert found(replace(edition, solution=solution)) == {"solution": "refuse"}


def test_a_refusal_names_file_finding_and_how_to_go_on(edition, edition_folder):
    swapped = in_order(
        edition.train, edition.structure, [2, 1, *range(3, edition.structure.days + 1)]
    )
    findings = find_implausible(
        replace(edition, train=swapped), find_chains(swapped, edition.structure)
    )
    with pytest.raises(DataError, match=r"covid\.train\.csv \(days\): days are closer"):
        require_plausible(findings, [], edition_folder)
    with pytest.raises(DataError, match=r"'ingest\.accept=\[days,overlap\]'"):
        require_plausible(findings, ["overlap"], edition_folder)
    require_plausible(findings, ["days"], edition_folder)
    assert plausible_audit(findings, ["days"])["days"]["accepted"] is True
