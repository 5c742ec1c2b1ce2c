"""The reference ladder: models that are easy to train, from a straight line to many layers."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from hw1.lectures.diagnose.params import LadderParams
from hw1.lectures.diagnose.variant import Variant

Axis = Literal["variant", "yardstick", "depth", "features", "regularisation"]

VARIANT, FREE, PERSISTENCE = "the variant", "the variant, not regularised", "persistence"
UNREGULARISED: dict[str, Any] = {
    "train.optimizer.weight_decay": 0.0,
    "train.l2_loss": 0.0,
    "train.dropout": 0.0,
    "train.early_stopping.patience": None,
}


@dataclass(frozen=True)
class Plan:
    """A model to be trained and judged.

    Attributes:
        name: of its own.
        axis: what it varies.
        overrides: what it sets in the variant's parameters, by dotted key.
        variant: the parameters that come of it.
        stopped: whether it stops early, at the epoch that is best on the other folds.
    """

    name: str
    axis: Axis
    overrides: dict[str, Any]
    variant: Variant
    stopped: bool = False


def plan_variant(variant: Variant) -> list[Plan]:
    """The variant itself and, where it is regularised, itself without that."""
    plans = [Plan(VARIANT, "variant", {}, variant)]
    if variant.by_gradient:
        overrides = variant.different(UNREGULARISED)
        if overrides:
            plans.append(Plan(FREE, "variant", overrides, variant.changed(overrides)))
    return plans


def plan_ladder(variant: Variant, params: LadderParams, features: int) -> list[Plan]:
    """The models to compare with, which share the variant's features where they do not vary them.

    Args:
        variant: what is diagnosed.
        params: the ladder's own parameters.
        features: how many the variant sees.

    Raises:
        ParamsError: an override is not valid.
    """
    return [
        _plan(variant, PERSISTENCE, "yardstick", {"train.model": "persistence"}),
        *_depths(variant, params),
        *_regularised(variant, params),
        *_features(variant, params, features),
    ]


def widths_of(variant: Variant, params: LadderParams) -> list[int]:
    """Widths of the deepest network: the variant's own, then the ladder's."""
    return [*variant.hidden, *params.widths[len(variant.hidden) :]][: len(params.widths)]


def layers_label(count: int) -> str:
    """`linear`, `1 layer`, `2 layers`."""
    return "linear" if count == 0 else f"{count} layer{'s' if count > 1 else ''}"


def contains(
    variant: Variant, plan: Plan, seen: Collection[str], theirs: Collection[str], known: str
) -> bool:
    """Whether the variant's network could compute whatever a plan's does.

    It has as many layers at least, none narrower, and sees the same features or more. Both fit the
    change from the last known day, or the variant sees that day's positivity and can subtract it.

    Args:
        variant: what is diagnosed.
        plan: a model of the ladder.
        seen: names of the variant's features.
        theirs: names of the plan's.
        known: the last known day's positivity.
    """
    if not variant.by_gradient or (variant.train.target == "level" and known not in seen):
        return False
    if plan.axis == "yardstick":
        return True
    own, other = variant.hidden, plan.variant.hidden
    narrower = all(ours >= others for ours, others in zip(own, other, strict=False))
    return len(other) <= len(own) and narrower and set(theirs) <= set(seen)


def _plan(
    variant: Variant, name: str, axis: Axis, overrides: dict[str, Any], stopped: bool = False
) -> Plan:
    return Plan(name, axis, variant.different(overrides), variant.changed(overrides), stopped)


def _model(layers: int, widths: list[int]) -> dict[str, Any]:
    if layers == 0:
        return {"train.model": "linear"}
    return {"train.model": "mlp", "train.hidden": widths[:layers]}


def _depths(variant: Variant, params: LadderParams) -> Iterator[Plan]:
    widths = widths_of(variant, params)
    for layers in range(len(widths) + 1):
        overrides = params.recipe | _model(layers, widths)
        yield _plan(variant, layers_label(layers), "depth", overrides)


def _regularised(variant: Variant, params: LadderParams) -> Iterator[Plan]:
    """The straight line and one network, with every penalty by itself and with all."""
    decay = {"train.optimizer.weight_decay": params.weight_decay}
    dropout = {"train.dropout": params.dropout}
    for layers in (0, params.middle):
        model = params.recipe | _model(layers, widths_of(variant, params))
        name = layers_label(layers)
        kinds: list[tuple[str, dict[str, Any], bool]] = [
            ("weight decay", decay, False),
            ("stopped early", {}, True),
        ]
        if layers:
            kinds += [("dropout", dropout, False), ("all three", decay | dropout, True)]
        for kind, overrides, stopped in kinds:
            label = f"{name}, {kind}"
            yield _plan(variant, label, "regularisation", model | overrides, stopped)


def _features(variant: Variant, params: LadderParams, count: int) -> Iterator[Plan]:
    """The same two models with fewer and more features, free and regularised."""
    for word, features in (("fewer", _fewer(variant, params, count)), ("more", params.more)):
        for layers in (0, params.middle):
            model = params.recipe | _model(layers, widths_of(variant, params))
            usual = variant.changed(model).features
            if variant.changed(model | features).features == usual:
                continue
            name = f"{layers_label(layers)}, {word} features"
            yield _plan(variant, name, "features", model | features)
            penalties = {"train.optimizer.weight_decay": params.weight_decay}
            penalties |= {"train.dropout": params.dropout} if layers else {}
            name += ", regularised"
            yield _plan(variant, name, "features", model | features | penalties, stopped=True)


def _fewer(variant: Variant, params: LadderParams, count: int) -> dict[str, Any]:
    """Those of the variant's features that correlate best; none where it has but one."""
    kept = max(1, round(params.fewer * count))
    if kept >= count:
        return {}
    chosen = variant.features.names if variant.features.selection == "manual" else ["*"]
    return {
        "features.selection": "manual",
        "features.names": chosen,
        "features.k": kept,
        "features.threshold": None,
    }
