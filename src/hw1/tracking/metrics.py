"""What MLflow calls a variant's numbers: names that sort by what one looks for first.

MLflow lists metrics by name and gathers charts under what stands before the `/`:

- `error/...` the few numbers that decide between variants, in this order: the edition's own metric
  on validation rows (`error/mse`), the bounds of its interval, the skill, and the same metric on
  the test rows: what it is where the solution is known (`error/test_mse`), and what to expect
  (`error/test_mse_expected`; its interval is `submit/expected.low` and `.high`);
- `error_leaking/...` the same of a variant whose validation rows leak: not to be ranked;
- `error_transductive/...` the same, test error included, of a variant that looks at the days of
  other windows, later ones too: no forecast, and not to be ranked among forecasts;
- `classification/...` the numbers that decide between classifications, whose errors are none of
  percentages: cross-entropy with its bounds, skill against the base rate, AUC and accuracy, and the
  cross-entropy of the test rows; likewise `classification_leaking/...` and
  `classification_transductive/...`;
- `evaluate/...`, `features/...`, `ingest/...`, `submit/...`, `train/...` the rest of that stage's
  metrics file under its own keys: `evaluate/valid.mae`;
- `learning/...` the learning curves, one value an epoch: `learning/fold_0.valid_mse`;
- `seconds/...` how long each stage took;
- `sweep/...` what searches and their trials measured: see `hw1.tracking.sweep_content`;
- `x_score/...`, `x_shift/...`, `x_signal/...` one number a feature or signal; they are many and
  come last.
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hw1.core import layout
from hw1.core.sections import flatten
from hw1.references import own_metric
from hw1.task_words import CLASSIFICATION, task_in

Point = tuple[str, float, int]

HEADLINE = "error"
LEAKING = "error_leaking"
TRANSDUCTIVE = "error_transductive"
PROBABILITIES = "classification"
ENTROPY = "cross_entropy"
LEARNING = "learning"
SECONDS = "seconds"
STAGE_FILES = (
    layout.EVALUATE_METRICS,
    layout.FEATURES_METRICS,
    layout.INGEST_METRICS,
    layout.SUBMIT_METRICS,
    layout.TRAIN_METRICS,
)
IN_HEADLINE = ("evaluate/main.", "submit/expected.value")
PER_INPUT = {
    "features/selected.": ("x_score", ""),
    "ingest/shift.in_deviations.": ("x_shift", ""),
    "evaluate/structured.signals.": ("x_signal", ""),
    "submit/structured.signals.": ("x_signal", "test."),
}
RATE = "learning_rate"
REFUSED = re.compile(r"^\.|[^\w. -]")  # a signal may be called anything, a metric may not


def main_metric(edition: str) -> str:
    """The metric that an edition's forecasts of positivity are ranked by; lower is better."""
    return f"{HEADLINE}/{own_metric(edition)}"


def headline_names(
    metric: str, *, leaks: bool = False, transductive: bool = False
) -> tuple[str, ...]:
    """The names of the numbers that decide, most important first.

    Args:
        metric: the edition's own, `mse` or `rmse`.
        leaks: the validation rows are in the training rows as well, so that their error is too good
            to be ranked beside others; it stands apart, and only the test error does not.
        transductive: windows see other windows' days, so that the test errors stand apart too.

    Returns:
        Names for the error, the bounds of its interval, the skill, the true error on the test set
        and the expected one.
    """
    group = LEAKING if leaks else TRANSDUCTIVE if transductive else HEADLINE
    tested = TRANSDUCTIVE if transductive else HEADLINE
    validated = (metric, f"{metric}_low", f"{metric}_high", "skill")
    on_test = (f"{tested}/test_{metric}", f"{tested}/test_{metric}_expected")
    return (*(f"{group}/{name}" for name in validated), *on_test)


def probability_names(*, leaks: bool = False, transductive: bool = False) -> tuple[str, ...]:
    """The names of the numbers that decide between classifications, most important first.

    Args:
        leaks: as of `headline_names`.
        transductive: likewise.

    Returns:
        Names for the cross-entropy, the bounds of its interval, the skill, AUC and accuracy, and
        the cross-entropy on the test set.
    """
    kind = "_leaking" if leaks else "_transductive" if transductive else ""
    on_test = f"{PROBABILITIES}{'_transductive' if transductive else ''}/test_{ENTROPY}"
    validated = (ENTROPY, f"{ENTROPY}_low", f"{ENTROPY}_high", "skill", "auc", "accuracy")
    return (*(f"{PROBABILITIES}{kind}/{name}" for name in validated), on_test)


def decides(name: str) -> bool:
    """Whether a metric is one of the few that decide between variants, of whatever task."""
    return name.startswith((HEADLINE, PROBABILITIES))


def metric_points(texts: Mapping[str, str]) -> Iterator[Point]:
    """Yield every number that a variant's stages measured.

    Args:
        texts: text of the metrics files and of the learning curve by path; what is missing has no
            numbers.

    Yields:
        Name, value and step: the epoch of a point on a learning curve, else 0.
    """
    contents = {path: json.loads(texts[str(path)]) for path in STAGE_FILES if str(path) in texts}
    yield from _headline(contents)
    for path, content in contents.items():
        for key, value in flatten(content):
            name = _name(path, key)
            if _is_number(value) and not name.startswith(IN_HEADLINE):
                yield name, float(value), 0
    yield from _curves(texts.get(str(layout.CURVE_FILE), ""))


def seconds_points(seconds: Mapping[str, float]) -> Iterator[Point]:
    """Yield the wall-clock seconds of stages as `seconds/<stage>`."""
    for stage, value in seconds.items():
        yield f"{SECONDS}/{stage}", value, 0


def _headline(contents: Mapping[Path, Any]) -> Iterator[Point]:
    evaluated = contents.get(layout.EVALUATE_METRICS)
    if evaluated is None:
        return
    main, valid, split = evaluated["main"], evaluated["valid"], evaluated["split"]
    submitted = contents.get(layout.SUBMIT_METRICS, {})
    marks = {"leaks": split["leaks"], "transductive": split.get("transductive", False)}
    validated = (main["value"], main.get("low"), main.get("high"), valid.get("skill"))
    values: tuple[float | None, ...]
    tested = submitted.get("score", {}).get("all", {}).get(main["metric"])
    if task_in(evaluated) == CLASSIFICATION:
        names = probability_names(**marks)
        values = (*validated, valid.get("auc"), valid.get("accuracy"), tested)
    else:
        names = headline_names(main["metric"], **marks)
        values = (*validated, tested, submitted.get("expected", {}).get("value"))
    for name, value in zip(names, values, strict=True):
        if value is not None:
            yield name, float(value), 0


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def metric_name(group: str, name: str) -> str:
    """What MLflow calls a number of a group: neither a path nor characters that it refuses."""
    return f"{group}/{REFUSED.sub('_', name)}"


def _name(path: Path, key: str) -> str:
    place = f"{path.stem}/{key}"
    for start, (group, mark) in PER_INPUT.items():
        if place.startswith(start):
            return metric_name(group, mark + place.removeprefix(start))
    return metric_name(path.stem, key)


def _curves(text: str) -> Iterator[Point]:
    rows = list(csv.DictReader(text.splitlines()))
    for fold in sorted({row["fold"] for row in rows}, key=layout.fold_order):
        label = fold if fold == layout.FINAL else f"fold_{fold}"
        own = [row for row in rows if row["fold"] == fold]
        for column in ("train_mse", "valid_mse", RATE):
            points = [(float(row[column]), int(row["epoch"])) for row in own if row[column]]
            # one point is no curve, and a rate that never changes is a parameter
            if len(points if column != RATE else {value for value, _ in points}) > 1:
                yield from ((f"{LEARNING}/{label}.{column}", *point) for point in points)
