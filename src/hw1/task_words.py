"""The kinds of task as readers of metrics files see them: what can be compared, and in what words.

`regression` and `structured` both answer with the target day's positivity, in percent, so their
errors compare; `classification` answers with a probability, whose errors compare with nothing else.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, get_args

from hw1.core.survey import Task
from hw1.references import own_metric

MainMetric = Literal["mse", "rmse", "cross_entropy"]

REGRESSION: Task = "regression"
CLASSIFICATION: Task = "classification"
STRUCTURED: Task = "structured"

TASK = "train.task"
RISE = "train.rise"
LAST_DAY = "features.last_day"
FORMERLY: Mapping[str, Any] = MappingProxyType(
    {TASK: REGRESSION, RISE: 0.0, LAST_DAY: True, "ingest.accept": []}
)
"""What variants and searches were like that are older than these parameters."""

TASKS: Mapping[str, Task] = MappingProxyType({task: task for task in get_args(Task)})


def task_of(parameters: Mapping[str, Any]) -> Task:
    """A variant's task.

    Args:
        parameters: values by dotted key; variants of the time before there were tasks name none.
    """
    return TASKS[str(parameters.get(TASK, REGRESSION))]


def task_in(metrics: Mapping[str, Any]) -> Task:
    """The task whose errors metrics/evaluate.json holds."""
    return TASKS[str(metrics.get("task", REGRESSION))]


def main_metric_of(task: Task, edition: str) -> MainMetric:
    """The metric that variants of a task are judged by; lower is better in each."""
    return "cross_entropy" if task == CLASSIFICATION else own_metric(edition)


def sees_last_day(parameters: Mapping[str, Any]) -> bool:
    """Whether a variant is shown the other signals of the day that it predicts."""
    return bool(parameters.get(LAST_DAY, True))


def question(rise: float) -> str:
    """What classification answers, in words.

    Args:
        rise: how far positivity has to rise from the last known day, percentage points; negative
            where a small fall counts too.
    """
    if rise == 0:
        return "whether positivity rises"
    verb = "rises" if rise > 0 else "changes"
    return f"whether positivity {verb} by more than {rise:g} points"
