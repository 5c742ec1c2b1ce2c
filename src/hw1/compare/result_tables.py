"""The printed tables of what came out: metrics and predictions."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from hw1.compare.difference import Comparison
from hw1.compare.metrics import MetricChange
from hw1.compare.moved import MovedPredictions
from hw1.compare.paired import PairedDifference
from hw1.compare.tables import STYLES, new_table
from hw1.compare.words import signed, signed_interval
from hw1.evaluation.labels import number


def metrics_table(comparison: Comparison) -> Table | Text:
    """The main metrics of both sides; differences only where the rows are the same."""
    if not comparison.metrics:
        return Text("neither has metrics")
    table = new_table("metric", "A", "B", "B - A", numbers=True)
    table.add_column(_interval_title(comparison.paired), no_wrap=True)
    for change in comparison.metrics:
        difference, bounds = _difference(change, comparison)
        style = STYLES[change.better]
        values = _value(change, change.a), _value(change, change.b)
        table.add_row(change.metric.label, *values, Text(difference, style), bounds)
    return table


def predictions_table(comparison: Comparison) -> Iterator[Table | Text]:
    """The rows whose predictions moved most, then how all rows moved."""
    moved = comparison.moved
    if moved is None:
        return
    if moved.moved == 0:
        yield Text("the same predictions")
        return
    several = moved.folds > 1
    unit, known = "percent", "known"
    if comparison.a.rise is not None:
        unit, known = "probability", "known %"
    columns = [*["fold"] * several, known, "truth", "A", "B", "B - A"]
    table = new_table(f"predictions ({unit})", *columns, numbers=True)
    table.add_column("nearer")
    for row in moved.most:
        fold = [str(row.fold)] * several
        values = [f"{value:.2f}" for value in (row.known, row.target, row.a, row.b)]
        nearer = Text((row.nearer or "").upper(), STYLES[row.nearer])
        table.add_row(f"id {row.id}, {row.state}", *fold, *values, _moved(row.moved), nearer)
    yield table
    yield _moved_line(moved)


def _interval_title(paired: PairedDifference | None) -> str:
    if paired is None or paired.low is None:
        return ""
    return f"{paired.confidence * 100:g} % interval"


def _value(change: MetricChange, value: float | None) -> str:
    if value is None:
        return "-"
    if change.metric.share:
        return f"{value * 100:+.1f} %"
    return f"{value:,.0f}" if isinstance(value, int) else number(value)


def _difference(change: MetricChange, comparison: Comparison) -> tuple[str, str]:
    """B minus A, and its interval where there is one."""
    if change.difference is None:
        return "", ""
    if change.metric.share:
        return f"{change.difference * 100:+.1f} pp", ""
    paired = comparison.paired
    low = high = None
    if paired is not None and change.metric.name == f"evaluate.valid.{paired.loss}":
        low, high = paired.low, paired.high
    if paired is not None and change.metric.name == "evaluate.valid.rmse":
        low, high = paired.rmse_low, paired.rmse_high
    if low is None or high is None:
        return signed(change.difference), ""
    texts = signed_interval(change.difference, low, high)
    return texts[0], f"[{texts[1]}, {texts[2]}]"


def _moved(points: float) -> str:
    return f"{points:+.2f}" if abs(points) >= 0.01 else signed(points)


def _moved_line(moved: MovedPredictions) -> Text:
    how_far = (
        f"{moved.moved:,} of {moved.rows:,} rows moved; half of all by {moved.typical:.2g} or more"
    )
    nearer = f"nearer to the truth: A {moved.a_nearer:,}, B {moved.b_nearer:,}"
    return Text(f"{how_far}\n{nearer}")
