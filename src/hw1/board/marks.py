"""Marks of what is no forecast, as metrics/evaluate.json has them."""

from collections.abc import Mapping
from typing import Any

from hw1.core.survey import TRANSDUCTIVE


def is_transductive(split: Mapping[str, Any]) -> bool:
    """Whether a variant looks at days of other windows, and is no forecast.

    Args:
        split: the group `split` of the metrics.
    """
    return TRANSDUCTIVE in str(split["label"]) or bool(split.get(TRANSDUCTIVE, False))
