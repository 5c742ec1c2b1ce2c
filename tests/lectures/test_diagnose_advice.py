"""What is advised: valid, different from what is there, and a command that DVC takes."""

import shlex
from functools import cache
from typing import Any

import pytest
from diagnose_support import a_variant, make_section
from support import ROOT

from hw1.core.sections import read_params
from hw1.lectures.diagnose.advice import BY_VERDICT, advise, command
from hw1.lectures.diagnose.decision import Decision, Loss, Measured, Verdict
from hw1.lectures.diagnose.ladder import UNREGULARISED, Plan, plan_ladder
from hw1.lectures.diagnose.variant import Variant, choose_variant, make_variant
from hw1.variants import read_variants

CONTENT = read_params(ROOT / "params.yaml")
NAMES = [
    name
    for name, variant in read_variants(ROOT / "variants.yaml").items()
    if variant.overrides.get("ingest.link", "none") == "none"
    and variant.overrides.get("train.task", "regression") == "regression"
]


@cache
def of(name: str) -> Variant:
    return choose_variant(name, CONTENT, {}, ROOT / "variants.yaml")


@cache
def ladder_of(name: str) -> list[Plan]:
    return plan_ladder(of(name), make_section().ladder, 20)


def advice_for(verdict: Verdict, variant: Variant, reference: Plan) -> list[Any]:
    measured = Measured(reference.name, Loss(1.0), Loss(1.0))
    return advise(Decision(verdict, {}, [], measured), variant, reference)


@pytest.mark.parametrize("name", ["default", *NAMES])
@pytest.mark.parametrize("verdict", BY_VERDICT)
def test_every_command_sets_valid_parameters(name: str, verdict: Verdict) -> None:
    """Whatever the ladder's best is, for every shipped variant."""
    variant, given = of(name), 0
    for reference in ladder_of(name):
        for advice in advice_for(verdict, variant, reference):
            words = shlex.split(command(variant, {}, "sample", advice))
            start = ["dvc", "exp", "run"] if name == "default" else ["hw1", "run", name]
            assert words[: len(start)] == start
            settings = [word.split("=", 1)[0] for word in words if "=" in word]
            assert settings == list(advice.overrides)
            changed = make_variant(name, variant.content, advice.overrides)
            assert changed.content != variant.content
            given += 1
    assert given


@pytest.mark.parametrize("verdict", BY_VERDICT)
def test_every_line_of_the_table_is_valid(verdict: Verdict) -> None:
    for advice in BY_VERDICT[verdict]:
        of("default").changed(advice.overrides)


def test_what_is_no_networks_does_not_concern_a_lasso() -> None:
    variant = of("lasso")
    reference = plan_ladder(variant, make_section().ladder, 20)[0]
    given = advice_for("overfitting", variant, reference)
    for advice in given:
        if "train.model" not in advice.overrides:
            assert not any(key.startswith("train.optimizer") for key in advice.overrides)


def test_advice_names_edition_and_overrides_that_params_yaml_lacks() -> None:
    own = {"ingest.edition": "2022", "train.hidden": [4, 4]}
    variant = make_variant("default", CONTENT, own)
    reference = plan_ladder(variant, make_section().ladder, 20)[1]
    advice = advice_for("fine", variant, reference)[0]
    line = command(variant, {"train.hidden": [4, 4]}, "sample", advice)
    words = shlex.split(line)
    assert "ingest.edition=2022" in words
    assert "train.hidden=[4,4]" in words


def test_the_ladder_spares_what_it_does_not_vary() -> None:
    variant = a_variant(features__pairs="within", train__seeds=3)
    for plan in plan_ladder(variant, make_section().ladder, 20):
        assert plan.variant.features.pairs == "within"
        assert plan.variant.train.seeds == 3
        assert plan.variant == variant.changed(plan.overrides)


def test_the_ladders_depths_have_no_penalty() -> None:
    variant = of("default")
    depths = [p for p in plan_ladder(variant, make_section().ladder, 20) if p.axis == "depth"]
    assert [len(plan.variant.hidden) for plan in depths] == [0, 1, 2]
    for plan in depths:
        assert not plan.variant.different(UNREGULARISED)
