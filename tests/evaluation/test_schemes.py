from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from support import ROOT

from hw1.core.errors import DataError, DivergedError
from hw1.core.sections import read_params
from hw1.evaluation.scheme_metrics import optimism_text, scheme_lines, scheme_metrics
from hw1.evaluation.schemes import Recipe, Scheme, compare_schemes, extrapolation, score_by
from hw1.ingest.chains import find_chains
from hw1.ingest.reading import read_edition
from hw1.ingest.splits import split_folds
from hw1.params.evaluate import EvaluateParams
from hw1.params.features import FeaturesParams
from hw1.params.ingest import SplitParams
from hw1.params.train import TrainParams
from hw1.simulate import SimulationConfig, write_edition

PARAMS = read_params(ROOT / "params.yaml")
GATE = EvaluateParams.model_validate(PARAMS["evaluate"]).gate


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    folder = tmp_path_factory.mktemp("edition")
    states = ("AL", "CA", "GA", "IL", "NY", "TX")
    write_edition(folder, SimulationConfig(states=states, train_rows=400, test_rows=12))
    return read_edition(folder)


@pytest.fixture
def recipe(edition):
    def make(**train):
        chains = find_chains(edition.train, edition.structure)
        return Recipe(
            windows=pd.concat([edition.train, chains], axis="columns"),
            structure=edition.structure,
            split=SplitParams(method="forward", fraction=0.2, folds=3, seed=0),
            features=FeaturesParams.model_validate(PARAMS["features"]),
            train=TrainParams.model_validate(PARAMS["train"] | {"model": "ridge"} | train),
        )

    return make


def compared(recipe, *methods):
    """As the evaluate stage does it, with the configured split's rows scored by the same code."""
    folds = split_folds(recipe.windows, recipe.structure.days, recipe.split)
    scored = score_by(recipe.split.method, recipe).scored
    return compare_schemes(recipe, folds, scored, methods)


def metrics_of(schemes):
    return scheme_metrics(schemes, "none") | {"main": {"metric": "mse"}}


def test_pairs_do_not_make_the_random_split_look_even_better(recipe):
    """A pair of a neighbouring window is the held-out row itself: that leak would be ours."""
    with_pairs = score_by("random", recipe()).scored
    alone = recipe()
    alone = replace(alone, features=alone.features.model_copy(update={"pairs": "last"}))
    pd.testing.assert_frame_equal(with_pairs, score_by("random", alone).scored)


def test_nothing_to_extrapolate_to_is_no_verdict(recipe):
    flat = recipe()
    known = flat.structure.known_column
    flat = replace(flat, windows=flat.windows.assign(**{known: 7.0}))
    gate = extrapolation(flat, GATE)
    assert gate == {"verdict": "unknown", "fraction": GATE.fraction, "tolerance": GATE.tolerance}


def test_a_scheme_that_cannot_be_is_named(recipe):
    short = recipe()
    short = replace(short, split=short.split.model_copy(update={"fraction": 0.5}))
    folds = split_folds(short.windows, short.structure.days, recipe().split)
    with pytest.raises(DataError, match=r"`evaluate.schemes`, rolling: split `rolling` leaves"):
        compare_schemes(short, folds, score_by("forward", recipe()).scored, ["rolling"])


def test_a_memorising_model_looks_good_on_a_random_split_only(recipe):
    trees = {"trees": 20, "min_samples_leaf": 1, "max_features": 1.0}
    schemes = compared(
        recipe(model="extra_trees", target="level", seeds=1, extra_trees=trees), "random", "forward"
    )
    metrics = metrics_of(schemes)
    random, forward = metrics["schemes"]["random"], metrics["schemes"]["forward"]
    assert random["leaks"]
    assert not forward["leaks"]
    assert random["seen_share"] > 0.8
    assert forward["seen_share"] == 0
    assert metrics["optimism"]["skill"] > 0.3
    text = optimism_text(metrics)
    assert text.startswith("a random split says MSE ")
    assert f"{random['seen_share']:.0%} of the random split's rows" in text


def test_persistence_scores_what_it_scores_and_only_its_folds_are_fitted(recipe):
    schemes = compared(recipe(model="persistence"), "blocks")
    assert list(schemes) == ["forward", "blocks"]
    assert schemes["blocks"].scored["fold"].unique().tolist() == [0, 5, 10]
    for errors in scheme_metrics(schemes, "none")["schemes"].values():
        assert errors["mse"] == pytest.approx(errors["persistence_mse"])
        assert errors["skill"] == pytest.approx(0)
    assert "optimism" not in scheme_metrics(schemes, "none")


def test_a_scheme_is_what_the_pipeline_says_when_that_split_is_configured(recipe):
    """The comparison is no approximation: same rows, same fit, same error."""
    forward = compared(recipe(), "random")
    swapped = recipe()
    swapped = replace(swapped, split=swapped.split.model_copy(update={"method": "random"}))
    random = compared(swapped, "forward")
    for method in ("forward", "random"):
        pd.testing.assert_frame_equal(forward[method].scored, random[method].scored)


def test_the_gate_stops_trees_on_the_level_and_lets_those_on_the_change_pass(recipe):
    trees = {"model": "extra_trees", "seeds": 1, "extra_trees": PARAMS["train"]["extra_trees"]}
    on_level = extrapolation(recipe(target="level", **trees), GATE)
    on_change = extrapolation(recipe(target="change", **trees), GATE)
    assert on_level["verdict"] == "fails"
    assert on_level["ratio"] > 5
    assert on_change["verdict"] == "passes"
    assert extrapolation(recipe(model="persistence"), GATE)["ratio"] == pytest.approx(1)


def test_a_failed_gate_is_said():
    rows = pd.DataFrame({"target": [1.0, 2.0], "predicted": 1.0, "known": 0.0, "weight": 1.0})
    metrics = metrics_of({"forward": Scheme(rows, 0.0)})
    gate = {"mse": 41.9, "persistence_mse": 1.5, "ratio": 27.4, "fraction": 0.2, "tolerance": 2.0}
    fails = metrics | {"extrapolation": gate | {"verdict": "fails"}}
    (line,) = scheme_lines(fails)
    assert line == (
        "extrapolation: fails; on the highest 20% of levels, held out, the MSE is 41.90, "
        "27.4 times persistence's"
    )
    assert not list(scheme_lines(metrics | {"extrapolation": gate | {"verdict": "passes"}}))


def test_two_runs_score_alike(recipe):
    first, second = (score_by("blocks", recipe(model="mlp", seeds=2, epochs=2)) for _ in range(2))
    assert np.array_equal(first.scored["predicted"], second.scored["predicted"])


@pytest.mark.fault("divergence")
def test_a_split_whose_training_diverges_is_named(recipe):
    optimizer = PARAMS["train"]["optimizer"] | {"name": "sgd", "learning_rate": 1e6}
    wild = recipe(model="linear", optimizer=optimizer, seeds=1)
    folds = split_folds(wild.windows, wild.structure.days, wild.split)
    nothing = pd.DataFrame()
    with pytest.raises(DivergedError, match=r"^split `blocks`, fold \d+: the .* is not") as raised:
        compare_schemes(wild, folds, nothing, ["blocks"])
    assert raised.value.place.startswith("split `blocks`, fold ")
