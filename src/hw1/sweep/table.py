"""The table of a search: a row a trial, a column a parameter that was searched."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hw1.params.sweep import Objective
from hw1.sweep.trial import Outcome, Trial

if TYPE_CHECKING:
    import pandas as pd

Result = tuple[Trial, Outcome]

COLUMNS = (
    "trial",
    "state",
    "value",
    "members_mse",
    "ensemble_mse",
    "epochs",
    "seconds",
    "reason",
)


def ranked(results: Sequence[Result], objective: Objective) -> list[Result]:
    """The complete trials, the least error first; of two that are equal, the earlier."""
    judged = [
        (value, trial.number, (trial, outcome))
        for trial, outcome in results
        if outcome.state == "complete" and (value := outcome.value(objective)) is not None
    ]
    return [result for _, _, result in sorted(judged, key=lambda entry: entry[:2])]


def searched_keys(results: Sequence[Result]) -> list[str]:
    """Dotted keys of all parameters that any trial sets, sorted."""
    return sorted({key for trial, _ in results for key in trial.overrides})


def sweep_table(results: Sequence[Result], objective: Objective) -> pd.DataFrame:
    """All trials by number.

    Args:
        results: every trial with what came of it, in any order.
        objective: which error a trial is judged by.

    Returns:
        A frame of text and numbers with columns trial, state, value, members_mse, ensemble_mse,
        epochs (points of the learning curve), seconds and reason, then one for every searched
        parameter by dotted key: numbers and words as they are, lists, truth values and null as
        JSON; empty where a trial does not have the parameter.
    """
    import pandas as pd

    ordered = sorted(results, key=lambda result: result[0].number)
    keys = searched_keys(results)
    rows = [
        {
            "trial": trial.number,
            "state": outcome.state,
            "value": outcome.value(objective),
            "members_mse": outcome.members_mse,
            "ensemble_mse": outcome.ensemble_mse,
            "epochs": len(outcome.curve),
            "seconds": outcome.seconds,
            "reason": outcome.reason,
        }
        | {key: _cell(trial.overrides, key) for key in keys}
        for trial, outcome in ordered
    ]
    return pd.DataFrame(rows, columns=[*COLUMNS, *keys], dtype=object)


def table_csv(results: Sequence[Result], objective: Objective) -> str:
    """The same as CSV: equal results give equal bytes, with numbers that read back as they were."""
    return str(sweep_table(results, objective).to_csv(index=False, lineterminator="\n"))


def text_of(value: Any) -> str:
    """A parameter's value as a person reads it: a word as it is, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def _cell(overrides: Mapping[str, Any], key: str) -> Any:
    if key not in overrides:
        return None
    value = overrides[key]
    plain = isinstance(value, int | float | str) and not isinstance(value, bool)
    return value if plain else json.dumps(value)
