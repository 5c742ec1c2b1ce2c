"""A diagnosis in the terminal."""

from __future__ import annotations

from hw1.lectures.diagnose.page import VERDICTS, questions, sentences
from hw1.lectures.frame.experiment import Metrics


def text(metrics: Metrics) -> str:
    """The verdict, what it rests on, and what to try next.

    Args:
        metrics: as `report.summarise` makes them.
    """
    return "\n".join(
        [
            f"{metrics['variant']} on {metrics['edition']}: {VERDICTS[metrics['verdict']]}",
            "",
            *sentences(metrics),
            "",
            *_table(metrics),
            *_advice(metrics),
        ]
    )


def _table(metrics: Metrics) -> list[str]:
    lines = questions(metrics)
    wide = max(len(line["question"]) for line in lines)
    return [
        f"{line['question']:{wide}}  {line['answer']:3}  "
        f"{line['value']} (yes above {line['threshold']})"
        for line in lines
    ]


def _advice(metrics: Metrics) -> list[str]:
    lines = []
    for one in metrics["advice"]:
        lines += ["", f"{one['about']}:", f"  {one['command']}"]
    return lines
