"""The experiment's page."""

from __future__ import annotations

from collections.abc import Iterator

from hw1.lectures.frame.experiment import Metrics
from hw1.lectures.frame.page import number, render_page
from hw1.lectures.views.pictures import source_of
from hw1.lectures.views.reading import best_of, by_size, second_of, verdict

FAMILIES = ("linear", "sigmoid", "relu", "layers")
HELP = {
    "both": "help in training and on the unseen year",
    "training": "help in training only, not on the unseen year",
    "unseen": "help on the unseen year, though not in training",
    "neither": "help neither in training nor on the unseen year",
}


def make_page(metrics: Metrics) -> str:
    """The page, of the metrics' numbers alone."""
    families = {family: metrics[family] for family in FAMILIES}
    sizes = {family: by_size(losses) for family, losses in families.items()}
    return render_page(
        "views",
        metrics,
        source=source_of(metrics["data"]),
        rows=list(_rows(metrics)),
        sizes=sizes,
        pieces_help=HELP[verdict(metrics["relu"])],
        layers_help=HELP[verdict(metrics["layers"])],
        best=model_name(*best_of(families), metrics),
        second=model_name(*second_of(families), metrics),
    )


def _rows(metrics: Metrics) -> Iterator[tuple[str, str, str]]:
    """Model, training loss, loss on the unseen year; the best of these in bold."""
    best = best_of({family: metrics[family] for family in FAMILIES})
    for family in FAMILIES:
        for size, loss in by_size(metrics[family]):
            unseen = number(loss["unseen"])
            unseen = f"**{unseen}**" if (family, size) == best else unseen
            yield model_name(family, size, metrics), number(loss["training"]), unseen


def model_name(family: str, size: int, metrics: Metrics) -> str:
    """A model in words, such as `sum of 10 ReLUs`."""
    if family == "linear":
        return f"linear, {size} past day{'' if size == 1 else 's'}"
    if family == "layers":
        return f"{size} layer{'' if size == 1 else 's'} of {metrics['settings']['width']} ReLUs"
    return f"sum of {size} {'sigmoids' if family == 'sigmoid' else 'ReLUs'}"
