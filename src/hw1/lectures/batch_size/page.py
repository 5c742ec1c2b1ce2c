"""The experiment's page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hw1.lectures.batch_size.pictures import REMEDY_TITLES, VIEW_TITLES
from hw1.lectures.frame.experiment import Metrics
from hw1.lectures.frame.page import render_page


def page_of(metrics: Metrics) -> str:
    """Markdown; what it says follows from the metrics."""
    verdicts = {
        view: verdict(compared["held_out"], metrics["significant"])
        for view, compared in metrics["compared"].items()
    }
    own = metrics["compared"]["own_rate"]
    largest = max(metrics["remedies"]["large"], key=int)
    return render_page(
        "batch_size",
        metrics,
        verdicts=verdicts,
        fits=verdict(own["train"], metrics["significant"]),
        gap=verdict(own["gap"], metrics["significant"]),
        flatter=verdict(own["sharpness"], metrics["significant"]),
        flatter_updates=verdict(
            metrics["compared"]["same_updates"]["sharpness"], metrics["significant"]
        ),
        alike=alike(metrics),
        edges=list(_edges(metrics["remedies"]["large"])),
        largest=largest,
        remedy=best_remedy(metrics["remedies"]["large"][largest]),
        view_titles=VIEW_TITLES,
        remedy_titles=REMEDY_TITLES,
    )


def verdict(test: dict[str, Any], significant: float) -> str:
    """Which batches have the lower value by a paired test: `small`, `large` or `neither`."""
    if test["p"] is None or test["p"] >= significant:
        return "neither"
    return "small" if test["difference"] > 0 else "large"


def alike(metrics: Metrics) -> list[str]:
    """The sizes whose held-out errors cannot be told from those of batches of `small`."""
    sizes = metrics["views"]["own_rate"]
    tests = {size: one["behind"] for size, one in sizes.items() if "behind" in one}
    tests[str(metrics["large"])] = metrics["compared"]["own_rate"]["held_out"]
    return [
        size
        for size in sizes
        if size in tests and verdict(tests[size], metrics["significant"]) == "neither"
    ]


def _edges(large: dict[str, Any]) -> Iterator[str]:
    """The remedies whose best rate is the lowest or the highest that was tried."""
    for size, remedies in large.items():
        for name, one in remedies.items():
            if one["edge"]:
                yield f"{REMEDY_TITLES[name]} with batches of {size}"


def best_remedy(remedies: dict[str, Any]) -> str:
    """The name of the remedy with the lowest held-out error that no seed ran away with."""
    sound = [name for name, one in remedies.items() if one["held_out"]["mean"] is not None]
    whole = [name for name in sound if not remedies[name]["diverged"]] or sound
    return min(whole, key=lambda name: remedies[name]["held_out"]["mean"], default="plain")
