"""A variant whose files show everything that a page can tell."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from browser_support import variant_texts
from tracking_support import Fabricated, fabricate

EVALUATED = {
    "seeds": {"members": 8, "mse_mean": 1.3, "mse_deviation": 0.02, "ensemble_deviation": 0.0061},
    "bootstrap": {"confidence": 0.9, "states": 2},
    "schemes": {
        "forward": {
            "mse": 1.25,
            "rmse": 1.12,
            "persistence_mse": 1.5,
            "skill": 0.166,
            "rows": 40,
            "leaks": False,
        },
        "random": {
            "mse": 0.75,
            "rmse": 0.87,
            "persistence_mse": 1.4,
            "skill": 0.46,
            "rows": 38,
            "leaks": True,
            "seen_share": 0.97,
        },
        "blocks": {"mse": 1.31, "rmse": 1.14, "skill": 0.12, "leaks": False},
    },
    "optimism": {"skill": 0.294},
    "extrapolation": {"verdict": "passes", "ratio": 0.91, "fraction": 0.2},
}
EXPECTED = {"metric": "mse", "value": 1.4, "low": 1.1, "high": 1.8, "confidence": 0.9}
AUDIT = {
    "days": 5,
    "signals": 16,
    "train": {"rows": 2700, "states": 40},
    "test": {"rows": 1080, "states": 40, "rows_with_a_training_day": 3},
    "chains": {"count": 43, "shortest": 17, "longest": 92},
    "split": {
        "method": "forward",
        "folds": 1,
        "leaks": False,
        "train_rows": 1947,
        "validation_rows": 538,
        "unused_rows": 215,
        "validation_rows_seen": 0,
        "validation_rows_seen_share": 0.0,
    },
    "shift": {
        "day": 4,
        "level_train": 10.0324,
        "level_test": 15.6581,
        "in_deviations": {"cli": 1.3, "shop": -0.98},
    },
    "extrapolation": {
        "target_highest": 32.9278,
        "test_rows_above_share": 0.0472,
        "test_rows_below_share": 0.0009,
    },
    "links": {"share": 0.93},
}


def make_texts(changes: dict[str, dict[str, Any]] | None = None, **options: Any) -> dict[str, str]:
    """Metrics files by path; `changes` are of a file's top level, by stage."""
    texts = variant_texts(**options)
    more: dict[str, dict[str, Any]] = {
        "evaluate": EVALUATED,
        "submit": {"expected": EXPECTED},
        "ingest": AUDIT,
        **(changes or {}),
    }
    for stage, content in more.items():
        path = f"metrics/{stage}.json"
        texts[path] = json.dumps(json.loads(texts[path]) | content)
    return texts


def make_whole(
    changes: dict[str, dict[str, Any]] | None = None, name: str = "whole", **options: Any
) -> Fabricated:
    return fabricate(texts=make_texts(changes, **options), name=name)


@pytest.fixture(scope="session")
def whole() -> Callable[..., Fabricated]:
    """A variant with everything; `changes` as in `make_texts`."""
    return make_whole
