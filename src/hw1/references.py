"""What the course itself says about each edition: its metric and its public baselines."""

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

MetricName = Literal["mse", "rmse"]

MEASURED_ON = "Kaggle's full test set"


@dataclass(frozen=True)
class Course:
    """One year's homework as the course ran it on Kaggle.

    Attributes:
        metric: the competition's metric; lower is better.
        baselines: the scores to beat, in that metric, from the easiest to the hardest. They were
            measured on the whole test set on Kaggle: references, not rivals on the same rows.
    """

    metric: MetricName
    baselines: MappingProxyType[str, float]


COURSES = MappingProxyType(
    {
        "2021": Course(
            "rmse", MappingProxyType({"simple": 2.03004, "medium": 1.28359, "strong": 0.88017})
        ),
        "2022": Course(
            "mse",
            MappingProxyType(
                {"simple": 2.28371, "medium": 1.49430, "strong": 1.05728, "boss": 0.86161}
            ),
        ),
        "2023": Course(
            "mse",
            MappingProxyType(
                {"simple": 1.96993, "medium": 1.15678, "strong": 0.92619, "boss": 0.81456}
            ),
        ),
    }
)


def course_of(edition: str) -> Course | None:
    """The course's year behind an edition's name (`2022`, `ml2022spring-hw1`), None if unknown."""
    year = re.search(r"(?<!\d)20\d\d(?!\d)", edition)
    return COURSES.get(year.group()) if year else None


def own_metric(edition: str) -> MetricName:
    """The metric that an edition is judged by: RMSE in 2021, MSE everywhere else."""
    course = course_of(edition)
    return "mse" if course is None else course.metric


def reference_metrics(edition: str) -> dict[str, Any]:
    """The course's baselines as a group of metrics that says where they were measured.

    Returns:
        `{"metric", "measured_on", "simple", ...}`, or an empty dict for an unknown edition.
    """
    course = course_of(edition)
    if course is None:
        return {}
    return {"metric": course.metric, "measured_on": MEASURED_ON, **course.baselines}
