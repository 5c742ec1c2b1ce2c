"""The record of a run that has just diverged, as the stage sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hw1.core import layout
from hw1.core.errors import DataError
from hw1.core.sections import PARAMS_FILE, parse_params
from hw1.lineage.failure import Failure, stages_until
from hw1.lineage.lock import LOCK_FILE, OUTSIDE, STAGES, parse_lock
from hw1.lineage.observe import read_text, record_here
from hw1.lineage.plain_yaml import load_yaml
from hw1.lineage.record import Timing
from hw1.variants import flat_variant


def observe_failure(told: Mapping[str, Any]) -> Failure:
    """Record the run that has diverged in the current folder.

    Args:
        told: what the stage tells: all fields of a `Failure` but the record, and its `seconds`.

    Raises:
        DataError: dvc.lock does not tell of the stages before the one that failed.
    """
    stages = stages_until(told["stage"])
    lock_text = _inputs(stages)
    lock = parse_lock(lock_text, stages=stages)
    parameters = flat_variant(parse_params(read_text(PARAMS_FILE)))
    record = record_here(lock, lock_text, parameters)
    try:
        curve = {str(layout.CURVE_FILE): layout.CURVE_FILE.read_text(encoding="utf-8")}
    except OSError:  # it came to no epoch
        curve = {}
    said = dict(told)
    ran = {told["stage"]: Timing(True, said.pop("seconds"))}
    return Failure(record=replace(record, texts=curve, stages=ran), **said)


def _inputs(stages: tuple[str, ...]) -> str:
    """A dvc.lock that ends with the last of some stages.

    While a stage runs, dvc.lock knows those before it; its own entry is the last run's, and is made
    anew from what stands here.
    """
    from dvc.exceptions import DvcException
    from dvc.repo import Repo
    from dvc.stage.serialize import to_single_stage_lockfile
    from dvc.utils.serialize import dumps_yaml

    last = stages[-1]
    others = {*STAGES, OUTSIDE}.difference(stages[:-1])
    known = load_yaml(read_text(LOCK_FILE))["stages"]
    entries = {name: entry for name, entry in known.items() if name not in others}
    try:
        with Repo() as repo:
            running = repo.stage.load_one(name=last)
            running.save_deps()
            own = to_single_stage_lockfile(running)
    except DvcException as problem:
        raise DataError(f"what went into `{last}` cannot be told: {problem}") from problem
    own.pop("outs", None)  # of an earlier run
    text: str = dumps_yaml({"schema": "2.0", "stages": entries | {last: own}})
    return text
