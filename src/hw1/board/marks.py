"""Marks of what is no forecast, as metrics/evaluate.json has them."""

from collections.abc import Mapping
from typing import Any

TRANSDUCTIVE = "transductive"


def is_transductive(split: Mapping[str, Any]) -> bool:
    """Whether a variant has learnt from the inputs of the very rows that it predicts.

    Args:
        split: the group `split` of the metrics.
    """
    return TRANSDUCTIVE in str(split["label"]) or bool(split.get(TRANSDUCTIVE, False))
