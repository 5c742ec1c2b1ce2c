"""Record and publish the failure of the stage that runs; started by `hw1.core.failure`."""

from __future__ import annotations

import json
import sys
from typing import Any

from hw1.core.errors import Hw1Error
from hw1.core.place import project_root
from hw1.lineage.failure import FailureLedger
from hw1.lineage.observe_failure import observe_failure
from hw1.tracking.publish_failed import find_or_create_failed
from hw1.tracking.store import TrackerError, no_garbage, tracking_client


def main() -> None:
    """Do so for what standard input tells, and say how it went."""
    told = json.load(sys.stdin)
    stage = told["stage"]
    try:
        print(_mark(told))
    except (Hw1Error, OSError) as problem:
        print(f"{stage}: not marked as failed in MLflow: {problem}")


def _mark(told: dict[str, Any]) -> str:
    failure = FailureLedger(project_root()).add(observe_failure(told))
    stage, name = failure.stage, failure.record.name
    try:
        with no_garbage(), tracking_client() as client:
            run_id = find_or_create_failed(client, failure)
        return f"{stage}: run `{name}` ({run_id[:8]}) is marked FAILED in MLflow"
    except TrackerError as problem:
        return f"{stage}: {problem}\n{stage}: the failure is recorded; `hw1 track` publishes it"


if __name__ == "__main__":
    main()
