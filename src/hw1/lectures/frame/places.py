"""Where every experiment's files lie, relative to the project's root."""

from pathlib import Path

FOLDER = Path("lectures")
PARAMS = FOLDER / "params.yaml"


def metrics_file(experiment: str) -> Path:
    """The numbers that an experiment found; its page has no others."""
    return FOLDER / "metrics" / f"{experiment}.json"


def plots_folder(experiment: str) -> Path:
    """The folder of an experiment's pictures (PNG) and of the tables behind them (CSV)."""
    return FOLDER / "plots" / experiment


def page_file(experiment: str) -> Path:
    """An experiment's page (Markdown)."""
    return FOLDER / "pages" / f"{experiment}.md"
