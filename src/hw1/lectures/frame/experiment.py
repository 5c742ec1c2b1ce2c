"""Run an experiment: parameters in; metrics, tables, pictures and a page out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic

from hw1.core.files import rounded, write_bytes, write_csv, write_metrics, write_text
from hw1.core.sections import SectionType, load_section
from hw1.lectures.frame.places import PARAMS, metrics_file, page_file, plots_folder
from hw1.picture_style import STYLE, png

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

Metrics = Mapping[str, Any]
Tables = Mapping[str, "pd.DataFrame"]

TABLE_DIGITS = 6


@dataclass(frozen=True)
class Findings:
    """What an experiment computes.

    Attributes:
        metrics: nested dicts and lists of numbers and words, for JSON.
        tables: the data behind the pictures, by file name without `.csv`.
    """

    metrics: Metrics
    tables: Tables


@dataclass(frozen=True)
class Experiment(Generic[SectionType]):
    """One experiment as its stage runs it.

    Attributes:
        name: of its stage, its section, its folders and its files.
        section: the type of its parameters.
        compute: from parameters to findings; all that takes time.
        draw: from the metrics and the tables to figures, by file name without `.png`.
        page: from the metrics, as their file has them, to the Markdown page.
    """

    name: str
    section: type[SectionType]
    compute: Callable[[SectionType], Findings]
    draw: Callable[[Metrics, Tables], Mapping[str, Figure]]
    page: Callable[[Metrics], str]


def run_experiment(experiment: Experiment[SectionType]) -> Metrics:
    """Run an experiment in the current folder and write all its files.

    One thread computes: sums in another order would give other bytes on another machine.

    Returns:
        The metrics as their file has them, floats with six significant digits.

    Raises:
        ParamsError: the experiment's section holds a wrong key, type or value.
    """
    from threadpoolctl import threadpool_limits

    section = load_section(experiment.name, experiment.section, PARAMS)
    with threadpool_limits(1):
        findings = experiment.compute(section)
    metrics: dict[str, Any] = rounded(dict(findings.metrics))
    pictures = _pictures(experiment, metrics, findings.tables)
    page = experiment.page(metrics)

    folder = plots_folder(experiment.name)
    write_metrics(metrics_file(experiment.name), metrics)
    for name, table in findings.tables.items():
        write_csv(folder / f"{name}.csv", table, TABLE_DIGITS)
    for name, picture in pictures.items():
        write_bytes(folder / f"{name}.png", picture)
    write_text(page_file(experiment.name), page)
    return metrics


def _pictures(
    experiment: Experiment[SectionType], metrics: Metrics, tables: Tables
) -> dict[str, bytes]:
    """The pictures' bytes by file name, in the style of all the project's pictures."""
    import matplotlib.style

    with matplotlib.style.context(["default", STYLE]):
        figures = experiment.draw(metrics, tables)
        return {name: png(figure) for name, figure in figures.items()}
