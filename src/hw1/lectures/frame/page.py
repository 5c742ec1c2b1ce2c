"""Pages in Markdown: a template with branches, and numbers from the metrics alone."""

from __future__ import annotations

from typing import Any

from hw1.core.markdown import code
from hw1.lectures.frame.experiment import Metrics


def render_page(experiment: str, metrics: Metrics, **extra: Any) -> str:
    """Fill in `page.md.jinja` of an experiment's folder.

    The template knows every key of the metrics by its name, and the filters `number`, `whole` and
    `code`, by which words from the data have to go. What is not among the metrics is an error, not
    an empty place.

    Args:
        experiment: the folder beside this one.
        metrics: the experiment's metrics.
        extra: what the template needs beside them: words that follow from them, never numbers.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader(f"hw1.lectures.{experiment}", "."),
        autoescape=False,  # Markdown
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"number": number, "whole": whole, "code": code}
    return environment.get_template("page.md.jinja").render(**metrics, **extra)


def number(value: float, digits: int = 3) -> str:
    """So many significant digits without an exponent; all of those before the point: `1,234`."""
    if value == 0:
        return "0"
    magnitude = int(f"{abs(value):e}".rsplit("e", 1)[1])
    return f"{value:,.{max(0, digits - 1 - magnitude)}f}"


def whole(value: float) -> str:
    """A rounded whole number: `1,234`."""
    return f"{value:,.0f}"
