"""The parts of a diagnosis: fits, stacks, classifiers and skill."""

from dataclasses import replace

import numpy as np
import pytest
from diagnose_support import a_variant, make_edition, make_section
from support import ROOT

from hw1.core.errors import ParamsError
from hw1.core.sections import read_params
from hw1.lectures.diagnose.apart import tell_apart
from hw1.lectures.diagnose.fitting import measure
from hw1.lectures.diagnose.ladder import Plan, contains, plan_ladder, plan_variant
from hw1.lectures.diagnose.rows import Holding, hold_out
from hw1.lectures.diagnose.skill import lost, skill_of
from hw1.lectures.diagnose.variant import choose_variant
from hw1.models.design import Part
from hw1.models.fold import fit_fold

SECTION = make_section()


def steady(signals: np.ndarray, time: float) -> float:
    return 1.5 * signals[0]


@pytest.fixture(scope="module")
def blocks() -> Holding:
    edition = make_edition(steady, states=4, rows=40)
    return hold_out(edition, a_variant().ingest, SECTION.holding)[0]


def test_the_variant_is_what_the_pipeline_would_fit(blocks: Holding) -> None:
    """Its loss is that of `hw1.models`, member by member."""
    variant = a_variant(train__dropout=0.2)
    plan = plan_variant(variant)[0]
    result = measure([plan], blocks, [3, 4])[0]
    folds = blocks.folds(variant.features)
    for place, seed in enumerate([3, 4]):
        train = variant.train.model_copy(update={"seed": seed, "seeds": 1})
        errors = [fit_fold(train, fold.design).validation_mse for fold in folds]
        weights = [fold.validation.weight.sum() for fold in folds]
        assert result.held_out[place] == pytest.approx(np.average(errors, weights=weights))


def test_a_stack_gives_each_what_it_gets_alone(blocks: Holding) -> None:
    plans = plan_ladder(a_variant(), SECTION.ladder, 5)
    together = measure(plans, blocks, [0, 1])
    for plan, result in zip(plans, together, strict=True):
        alone = measure([plan], blocks, [0, 1])[0]
        assert result.plan is plan
        np.testing.assert_array_equal(result.train, alone.train)
        np.testing.assert_array_equal(result.held_out, alone.held_out)


def test_stopping_early_ends_before_the_last_epoch(blocks: Holding) -> None:
    """And is not told by the rows that it is judged on."""
    section = make_section()
    slow = section.ladder.recipe | {"train.epochs": 200}
    ladder = section.ladder.model_copy(update={"recipe": slow})
    plans = [
        plan for plan in plan_ladder(a_variant(), ladder, 5) if plan.name.startswith("1 layer")
    ]
    results = {one.plan.name: one for one in measure(plans, blocks, [0])}
    stopped = results["1 layer, stopped early"]
    assert stopped.epochs is not None
    assert stopped.epochs < 200
    assert stopped.held_out.mean() < results["1 layer"].held_out.mean()


@pytest.mark.fault("divergence")
def test_seeds_that_diverge_have_no_loss(blocks: Holding) -> None:
    variant = a_variant(train__optimizer__name="sgd", train__optimizer__learning_rate=1e3)
    result = measure(plan_variant(variant), blocks, [0, 1])[0]
    assert result.diverged == 1.0
    assert np.isnan(result.held_out).all()


def test_training_losses_are_of_the_same_rows_whatever_the_features(blocks: Holding) -> None:
    few, many = a_variant(), a_variant(features__days="all", features__differences="all")
    for one, other in zip(blocks.folds(few.features), blocks.folds(many.features), strict=True):
        np.testing.assert_array_equal(one.own.target, other.own.target)
        assert one.held_out == other.held_out


def containing(variant_keys: dict[str, object], name: str, blocks: Holding) -> bool:
    variant = a_variant(**variant_keys)
    plan: Plan = next(p for p in plan_ladder(variant, SECTION.ladder, 5) if p.name == name)
    names = [blocks.folds(one.features)[0].names for one in (variant, plan.variant)]
    return contains(variant, plan, *names, blocks.structure.known_column)


def test_what_a_network_contains(blocks: Holding) -> None:
    deep = {"train__hidden": [16, 8]}
    assert containing(deep, "1 layer", blocks)
    assert containing(deep, "persistence", blocks)
    assert containing(deep, "linear, fewer features", blocks)
    assert not containing(deep, "linear, more features", blocks)
    assert not containing({"train__hidden": [16]}, "2 layers", blocks)
    assert not containing({"train__model": "linear"}, "1 layer", blocks)
    assert not containing({"train__model": "lasso"}, "linear", blocks)
    level = {"train__target": "level"}
    assert containing(level, "linear", blocks)
    assert not containing({**level, "features__days": 0}, "persistence", blocks)


@pytest.mark.parametrize(("shift", "low", "high"), [(0.0, 0.35, 0.65), (3.0, 0.95, 1.0)])
def test_windows_are_told_apart_where_they_differ(shift: float, low: float, high: float) -> None:
    edition = make_edition(steady, states=6, rows=50, shift=shift)
    apart = tell_apart(edition, a_variant().features, SECTION.apart, seed=0)
    assert low < apart.auc[apart.best] <= high


def test_what_tells_apart_is_named() -> None:
    edition = make_edition(steady, states=6, rows=50)
    columns = [name for name in edition.test if name.startswith("ili")]
    moved = edition.test.assign(**{name: edition.test[name] - 10 for name in columns})
    apart = tell_apart(replace(edition, test=moved), a_variant().features, SECTION.apart, seed=0)
    alone = dict(zip(apart.names, apart.alone, strict=True))
    telling = max(alone, key=lambda name: abs(alone[name] - 0.5))
    assert telling.startswith("ili")
    assert alone[telling] < 0.5  # lower in the test windows
    assert apart.names[int(np.argmax(apart.lost))].startswith("ili")
    assert set(apart.odds) == set(edition.train["id"])


def part(change: list[float], states: list[str]) -> Part:
    known = np.full(len(change), 10.0)
    return Part(
        x=np.zeros((len(change), 1)),
        target=known + change,
        known=known,
        weight=np.ones(len(change)),
        states=np.array(states, dtype=object),
    )


def test_skill() -> None:
    rows = part([1.0, 1.0, 2.0, 2.0], ["A", "A", "B", "B"])
    half = skill_of(np.array([0.5, 0.5, 2.0, 2.0]), [rows])
    assert half.value == 0.5
    assert half.rows == 4
    assert sum(half.pull.values()) == pytest.approx(0)
    weighted = skill_of(np.array([0.0, 0.0, 4.0, 4.0]), [rows], np.array([1.0, 1.0, 0.0, 0.0]))
    assert weighted.value == 1.0
    assert weighted.rows == 2
    assert skill_of(np.full(4, np.nan), [rows]).value is None


def test_lost_skill_is_unsure_where_states_differ() -> None:
    rows = part([1.0] * 4, ["A", "A", "B", "B"])
    usual = skill_of(np.array([0.5] * 4), [rows])
    alike = lost(usual, skill_of(np.array([0.9] * 4), [rows]))
    apart = lost(usual, skill_of(np.array([0.5, 0.5, 1.3, 1.3]), [rows]))
    assert alike is not None
    assert apart is not None
    assert alike.share == pytest.approx(0.4)
    assert apart.share == pytest.approx(0.4)
    assert alike.uncertainty == pytest.approx(0)
    assert apart.uncertainty > 0.2
    assert lost(usual, skill_of(np.full(4, np.nan), [rows])) is None


def test_a_linked_variant_is_refused() -> None:
    content = read_params(ROOT / "params.yaml")
    with pytest.raises(ParamsError, match=r"ingest\.link"):
        choose_variant("linked", content, {}, ROOT / "variants.yaml")


def test_an_unknown_key_is_named() -> None:
    with pytest.raises(ParamsError, match=r"train\.hidden"):
        a_variant(train__hiden=[3])
