import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow.entities import LoggedModelOutput

from hw1.compare.paired import paired_difference
from hw1.core.errors import DataError, Hw1Error
from hw1.tracking.promote import Candidate, Promotion, promote
from hw1.tracking.registry import find_champion, logged_model_id, model_name


def predictions(error: float, rows: int = 40, first: int = 0) -> pd.DataFrame:
    """Rows of four states that are predicted wrong by about `error`."""
    ids = np.arange(first, first + rows)
    target = 10 + ids % 7
    return pd.DataFrame(
        {
            "id": ids,
            "fold": 0,
            "state": np.array(["AL", "CA", "NY", "WA"])[ids % 4],
            "weight": 1.0,
            "target": target,
            "known": target + 2.0,
            "predicted": target + error * (1 + 0.1 * (ids % 4)),
        }
    )


@dataclass
class Registry:
    """One edition, its runs and their predictions."""

    client: Any
    edition: str
    known: dict[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return model_name(self.edition)

    def candidate(self, rows: pd.DataFrame, split: str = "forward") -> Candidate:
        experiment = self.client.get_experiment_by_name("runs").experiment_id
        run_id = self.client.create_run(experiment).info.run_id
        model = self.client.create_logged_model(experiment, "model", run_id)
        self.client.finalize_logged_model(model.model_id, "READY")
        self.client.log_outputs(run_id, [LoggedModelOutput(model.model_id, 0)])
        self.known[run_id] = rows
        run = self.client.get_run(run_id)
        return Candidate(run_id, logged_model_id(run), split, rows)

    def promote(self, challenger: Candidate, force: bool = False) -> Promotion:
        lookup: Callable[[str], pd.DataFrame] = self.known.__getitem__
        return promote(self.client, self.edition, challenger, lookup, force=force)

    def champion(self) -> str | None:
        version = find_champion(self.client, self.edition)
        return None if version is None else version.run_id

    def versions(self) -> list[Any]:
        return list(self.client.search_model_versions(f"name = '{self.name}'"))

    def tags(self, promotion: Promotion) -> dict[str, str]:
        return dict(self.client.get_model_version(self.name, promotion.version).tags)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    client = mlflow.MlflowClient(f"sqlite:///{folder}/mlflow.db")
    client.create_experiment("runs", artifact_location=(folder / "artifacts").as_uri())
    return client


@pytest.fixture
def registry(client, request):
    return Registry(client, request.node.name)


def test_the_first_champion_has_no_opponent(registry):
    assert registry.champion() is None
    only = registry.candidate(predictions(1.0))
    promotion = registry.promote(only)
    assert promotion == Promotion(registry.name, "1", changed=True)
    assert str(promotion) == f"{registry.name}: version 1 is champion now"
    assert registry.champion() == only.run_id
    assert registry.tags(promotion) == {"promoted.opponent": "none", "promoted.forced": "false"}
    model = registry.client.get_logged_model(only.model_id)
    link = json.loads(model.tags["mlflow.modelVersions"])
    assert link == [{"name": registry.name, "version": 1}]


def test_a_better_model_takes_the_champions_place(registry):
    worse, better = (registry.candidate(predictions(error)) for error in (1.0, 0.8))
    registry.promote(worse)
    promotion = registry.promote(better)
    assert (promotion.version, promotion.opponent, promotion.overruled) == ("2", "1", None)
    assert registry.champion() == better.run_id
    expected = paired_difference(worse.predictions, better.predictions)
    assert promotion.difference == expected
    tags = registry.tags(promotion)
    assert float(tags["promoted.difference"]) == pytest.approx(expected.difference, rel=1e-5)
    assert float(tags["promoted.difference_low"]) == pytest.approx(expected.low, rel=1e-5)
    assert float(tags["promoted.difference_high"]) == pytest.approx(expected.high, rel=1e-5)
    assert float(tags["promoted.mse"]) < float(tags["promoted.opponent_mse"])
    assert (tags["promoted.rows"], tags["promoted.confidence"]) == ("40", "0.9")
    assert (tags["promoted.opponent"], tags["promoted.forced"]) == ("1", "false")
    assert "MSE 0.8544 against 1.335 on the same 40 rows, a difference of -0.48 [" in str(promotion)


@pytest.mark.parametrize("error", [1.0, 1.2])
def test_what_is_not_better_is_refused_and_nothing_changes(registry, error):
    champion = registry.candidate(predictions(1.0))
    registry.promote(champion)
    other = registry.candidate(predictions(error))
    message = r"does not beat the champion \(version 1\): MSE 1\.\d+ against 1\.335 .* `--force`"
    with pytest.raises(Hw1Error, match=message):
        registry.promote(other)
    assert registry.champion() == champion.run_id
    assert [version.run_id for version in registry.versions()] == [champion.run_id]


def test_a_lead_that_is_no_more_than_noise_is_not_enough(registry):
    champion = registry.candidate(predictions(1.0))
    registry.promote(champion)
    rows = predictions(1.0)
    rows.loc[rows["state"] == "AL", "predicted"] -= 0.3  # better in one state, worse in another
    rows.loc[rows["state"] == "CA", "predicted"] += 0.2
    difference = paired_difference(champion.predictions, rows)
    assert difference.difference < 0 < difference.high
    with pytest.raises(Hw1Error, match=r"is ahead of the champion .* by no more than noise"):
        registry.promote(registry.candidate(rows))
    assert registry.champion() == champion.run_id


def test_other_rows_cannot_be_compared(registry):
    champion = registry.candidate(predictions(1.0))
    registry.promote(champion)
    message = r"not validated on the same rows .*: its MSE of 0\.\d+ on 30 rows and .* 1\.335 on 40"
    with pytest.raises(Hw1Error, match=message):
        registry.promote(registry.candidate(predictions(0.5, rows=30)))
    with pytest.raises(Hw1Error, match="not validated on the same rows"):
        registry.promote(registry.candidate(predictions(0.5, first=1)))
    assert registry.champion() == champion.run_id


def test_a_split_that_leaks_makes_no_champion(registry):
    leaking = registry.candidate(predictions(0.1), split="random")
    with pytest.raises(Hw1Error, match="its split `random` leaks"):
        registry.promote(leaking)
    assert registry.champion() is None
    assert registry.versions() == []
    promotion = registry.promote(leaking, force=True)
    assert registry.champion() == leaking.run_id
    assert "its split `random` leaks" in registry.tags(promotion)["promoted.forced_against"]


def test_linked_windows_make_no_champion(registry):
    registry.promote(registry.candidate(predictions(1.0)))
    linked = replace(registry.candidate(predictions(0.1)), transductive=True)
    with pytest.raises(Hw1Error, match=r"it is transductive.*--force"):
        registry.promote(linked)
    registry.promote(linked, force=True)
    assert registry.champion() == linked.run_id


def test_a_model_that_fails_the_gate_makes_no_champion(registry):
    breaks = replace(registry.candidate(predictions(0.1)), extrapolates=False)
    with pytest.raises(Hw1Error, match="it fails to extrapolate"):
        registry.promote(breaks)


@pytest.mark.parametrize("force", [False, True])
def test_probabilities_never_take_the_place_of_percentages(registry, force):
    registry.promote(registry.candidate(predictions(1.0)))
    other = replace(registry.candidate(predictions(0.1)), task="classification")
    with pytest.raises(Hw1Error, match="which predicts a probability"):
        registry.promote(other, force=force)
    assert registry.champion() != other.run_id


def test_structured_may_become_champion_since_it_predicts_positivity_too(registry):
    registry.promote(registry.candidate(predictions(1.0)))
    whole = replace(registry.candidate(predictions(0.5)), task="structured")
    assert registry.promote(whole).changed
    assert registry.champion() == whole.run_id


def test_force_is_told_in_a_tag(registry):
    registry.promote(registry.candidate(predictions(1.0)))
    worse = registry.candidate(predictions(1.2))
    promotion = registry.promote(worse, force=True)
    assert registry.champion() == worse.run_id
    assert "by force: it does not beat" in str(promotion)
    tags = registry.tags(promotion)
    assert tags["promoted.forced"] == "true"
    assert tags["promoted.forced_against"].startswith("it does not beat the champion (version 1)")
    assert float(tags["promoted.difference"]) > 0


def test_force_that_is_not_needed_is_no_force(registry):
    promotion = registry.promote(registry.candidate(predictions(1.0)), force=True)
    assert registry.tags(promotion)["promoted.forced"] == "false"


@pytest.mark.parametrize("force", [False, True])
def test_the_champion_is_not_promoted_again(registry, force):
    champion = registry.candidate(predictions(1.0))
    before = registry.tags(registry.promote(champion))
    again = registry.promote(champion, force=force)
    assert again == Promotion(registry.name, "1", changed=False)
    assert str(again).endswith("version 1 is champion already; nothing changed")
    assert len(registry.versions()) == 1
    assert registry.tags(again) == before


def test_a_former_champion_comes_back_as_the_version_it_was(registry):
    good, bad = (registry.candidate(predictions(error)) for error in (1.0, 1.5))
    registry.promote(good)
    registry.promote(bad, force=True)
    back = registry.promote(good)
    assert (back.version, back.opponent) == ("1", "2")
    assert len(registry.versions()) == 2
    assert registry.tags(back)["promoted.opponent"] == "2"

    forced = registry.promote(bad, force=True)
    assert forced.version == "2"
    registry.client.delete_registered_model_alias(registry.name, "champion")
    alone = registry.promote(bad)
    assert registry.tags(alone) == {"promoted.opponent": "none", "promoted.forced": "false"}


def test_a_champion_whose_rows_are_gone_yields_to_force_only(registry):
    registry.promote(registry.candidate(predictions(1.0)))
    other = registry.candidate(predictions(0.5))

    def gone(run_id: str) -> pd.DataFrame:
        raise DataError("data/evaluate/predictions.csv is not in DVC's cache")

    with pytest.raises(Hw1Error, match=r"cannot be compared with the champion .* DVC's cache"):
        promote(registry.client, registry.edition, other, gone)
    promote(registry.client, registry.edition, other, gone, force=True)
    assert registry.champion() == other.run_id


def test_a_run_without_a_model_says_so(client):
    run = client.create_run(client.get_experiment_by_name("runs").experiment_id)
    with pytest.raises(Hw1Error, match="has no model in MLflow"):
        logged_model_id(client.get_run(run.info.run_id))
