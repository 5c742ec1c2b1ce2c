"""Compares the simulated sample with real editions, in aggregate statistics only.

    python bench/sample_fidelity.py --real FOLDER     (or with HW1_REAL=FOLDER)

FOLDER holds one folder an edition, such as 2021 and 2022. Writes sample_fidelity.md and .json
beside this script; neither holds a row of anyone's data.
"""

import argparse
import os
from pathlib import Path

import numpy as np
from fidelity_models import model_errors
from fidelity_statistics import correlation_matrices, edition_statistics, signal_statistics
from fidelity_survey import Survey, read_survey

from hw1.core.files import write_metrics, write_text

HERE = Path(__file__).parent
SAMPLE = HERE.parent / "data/raw/sample"
LAGGED = [f"change lag {lag}" for lag in range(1, 9)]


def main() -> None:
    arguments = _arguments()
    surveys = [read_survey(arguments.sample)]
    if arguments.real:
        files = sorted(Path(arguments.real).glob("*/covid.train.csv"))
        surveys += [read_survey(file.parent) for file in files]
    report = {
        survey.name: {
            "edition": edition_statistics(survey),
            "signals": signal_statistics(survey),
            "models": model_errors(survey) if arguments.models else {},
            "correlations": _correlation_distances(surveys[0], survey),
        }
        for survey in surveys
    }
    text = "\n".join(_markdown(report, list(report)))
    print(text)
    if arguments.write:
        write_metrics(arguments.out / "sample_fidelity.json", report)
        write_text(arguments.out / "sample_fidelity.md", text + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--real", default=os.environ.get("HW1_REAL"), help="folder of editions")
    parser.add_argument("--sample", type=Path, default=SAMPLE, help="folder of the sample")
    parser.add_argument("--out", type=Path, default=HERE, help="folder of the report")
    parser.add_argument("--no-models", dest="models", action="store_false")
    parser.add_argument("--no-write", dest="write", action="store_false")
    return parser.parse_args()


def _correlation_distances(sample: Survey, other: Survey) -> dict[str, float]:
    shared = [signal for signal in sample.signals if signal in other.signals]
    distances = {}
    for kind, ours, theirs in zip(
        ("levels", "changes"),
        correlation_matrices(sample, shared),
        correlation_matrices(other, shared),
        strict=True,
    ):
        upper = np.triu_indices(len(shared), 1)
        difference = (ours - theirs)[upper]
        distances[f"{kind}: root mean square difference"] = float(np.sqrt((difference**2).mean()))
        distances[f"{kind}: largest difference"] = float(np.abs(difference).max())
        distances[f"{kind}: root mean square of the edition's own"] = float(
            np.sqrt((theirs[upper] ** 2).mean())
        )
    return distances


def _markdown(report: dict[str, dict], names: list[str]) -> list[str]:
    lines = ["# The simulated sample beside the real editions", ""]
    lines += ["Percent of respondents, or percentage points; errors are mean squared errors.", ""]
    for title, part in (
        ("Edition", "edition"),
        ("Correlation between signals: the sample against each edition", "correlations"),
    ):
        lines += [f"## {title}", "", *_head(["", *names])]
        lines += [
            _row([key, *(_number(report[name][part][key]) for name in names)])
            for key in report[names[0]][part]
        ]
        lines.append("")
    lines += _model_lines(report, names)
    lines += _summary_lines(report, names)
    for statistics in (
        ["mean", "deviation", "between states", "within a chain"],
        ["test mean", "test deviation", "daily change", "kurtosis of change", "level lag 1"],
        LAGGED,
        ["level with target", "change with target"],
    ):
        lines += _signal_lines(report, names, statistics)
    return lines


def _model_lines(report: dict[str, dict], names: list[str]) -> list[str]:
    if not report[names[0]]["models"]:
        return []
    lines = ["## Models, ordered by the sample's forward error", ""]
    lines += ["Mean squared error, and in brackets its ratio to persistence.", ""]
    columns = [(name, split) for name in names for split in report[name]["models"]["persistence"]]
    lines += _head(["model", *(f"{name} {split}" for name, split in columns)])
    models = report[names[0]]["models"]
    for model in sorted(models, key=lambda name: models[name]["forward"]):
        cells = []
        for name, split in columns:
            errors = report[name]["models"]
            ratio = errors[model][split] / errors["persistence"][split]
            cells.append(f"{errors[model][split]:.3f} ({ratio:.3f})")
        lines.append(_row([model, *cells]))
    return [*lines, ""]


def _summary_lines(report: dict[str, dict], names: list[str]) -> list[str]:
    if len(names) == 1:
        return []
    ours = report[names[0]]["signals"]
    lines = ["## Mean absolute difference from the sample over shared signals", ""]
    lines += _head(["", *names[1:]])
    for statistic in next(iter(ours.values())):
        relative = not any(word in statistic for word in ("lag", "with target"))
        cells = []
        for name in names[1:]:
            theirs = report[name]["signals"]
            cells.append(
                np.mean(
                    [
                        abs(ours[key][statistic] - theirs[key][statistic])
                        / (abs(theirs[key][statistic]) if relative else 1.0)
                        for key in ours
                        if key in theirs
                    ]
                )
            )
        lines.append(_row([f"{statistic}{', relative' * relative}", *map(_number, cells)]))
    return [*lines, ""]


def _signal_lines(report: dict[str, dict], names: list[str], statistics: list[str]) -> list[str]:
    lines = [f"## {', '.join(statistics)}", "", f"Cells: {' / '.join(names)}.", ""]
    lines += _head(["signal", *statistics])
    for signal in report[names[0]]["signals"]:
        cells = []
        for statistic in statistics:
            rows = [report[name]["signals"].get(signal) for name in names]
            cells.append(" / ".join(_number(row[statistic]) if row else "-" for row in rows))
        lines.append(_row([signal, *cells]))
    return [*lines, ""]


def _head(cells: list[str]) -> list[str]:
    return [_row(cells), _row(["---"] * len(cells))]


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.3f}"


if __name__ == "__main__":
    main()
