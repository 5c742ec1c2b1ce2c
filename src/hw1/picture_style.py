"""What all pictures have in common: colours, margins, and the message on top."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Numbers = NDArray[np.float64]

BLUE, ORANGE, GREY = "#0b6fa4", "#d1590c", "#9aa0a6"  # told apart by every eye
INK, DIM = "#222222", "#6b7075"
STYLE = {
    "figure.dpi": 110,
    "text.parse_math": False,  # a name from the data may hold dollar signs
    "font.size": 10,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e8eaec",
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "legend.frameon": False,
}
DASHES = (0, (4, 3))
FAR = 1.5  # of what an axis would show without the highest values: how much with them is too much


def beside(
    axes: Axes,
    labels: Sequence[str],
    model: Numbers,
    persistence: Numbers,
    yardstick: str = "persistence",
) -> None:
    """The model's error as a filled dot, that of persistence as a ring, one pair a label.

    Args:
        axes: where to draw.
        labels: names of the pairs.
        model: the model's errors, one a label.
        persistence: errors to measure them against, one a label.
        yardstick: what the latter are called.
    """
    x, worse = np.arange(len(labels)), model >= persistence
    colours = np.where(worse, ORANGE, BLUE).tolist()
    axes.vlines(x, model, persistence, colors=colours, linewidth=1.5)
    axes.scatter(x, persistence, s=26, facecolors="white", edgecolors=GREY, label=yardstick)
    for name, colour, chosen in (("better", BLUE, ~worse), ("not better", ORANGE, worse)):
        if chosen.any():
            axes.scatter(x[chosen], model[chosen], s=30, color=colour, label=f"model, {name}")
    axes.set_xticks(x, labels)
    highest = max(model.max(), persistence.max())
    axes.set(xlim=(-0.6, len(x) - 0.4), ylim=(0, 1.08 * highest or 1.0))
    axes.grid(visible=False, axis="x")


def panels(width: float, height: float, count: int = 1, left: float = 0.7) -> list[Axes]:
    """Axes side by side in a new figure of so many inches; pyplot would keep it for ever.

    Margins are set by hand: MLflow gets pictures with every run, and finding margins that fit
    takes as long as drawing.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height))
    above = 0.55 if count == 1 else 0.8
    figure.subplots_adjust(
        left=left / width,
        right=1 - 0.15 / width,
        bottom=0.8 / height,
        top=1 - above / height,
        wspace=0.2,
    )
    return list(figure.subplots(1, count, squeeze=False)[0])


def titled(axes: Axes, title: str, evaluated: Mapping[str, Any] | None) -> Figure:
    """The axes' figure, with the message on top and below it what data it was seen on."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    width, height = figure.get_size_inches()
    place = {"x": 0.12 / width, "ha": "left"}
    figure.suptitle(
        title, y=1 - 0.1 / height, va="top", fontsize=11.5, fontweight="bold", color=INK, **place
    )
    if evaluated:
        rows, label = evaluated["valid"]["rows"], evaluated["split"]["label"]
        source = f"edition {evaluated['edition']}, split {label}, {rows:,} validation rows"
        split = evaluated["split"]
        sourced(figure, source, ORANGE if split["leaks"] or split.get("transductive") else DIM)
    return figure


def sourced(figure: Figure, source: str, colour: str = DIM) -> None:
    """Write at the bottom what data a picture was seen on."""
    width, height = figure.get_size_inches()
    figure.supxlabel(
        source, x=0.12 / width, y=0.08 / height, ha="left", va="bottom", fontsize=8.5, color=colour
    )


def highest_shown(values: Numbers, share: float) -> float:
    """Where an axis ends that shows this share of the values; the highest, if that costs little."""
    low, end, high = (float(each) for each in np.quantile(values, [0.0, share, 1.0]))
    return end if high - low > FAR * (end - low) > 0 else high


def png(figure: Figure) -> bytes:
    """The picture's bytes, the same for the same picture."""
    stream = io.BytesIO()
    figure.savefig(stream, format="png", metadata={"Software": None})
    return stream.getvalue()
