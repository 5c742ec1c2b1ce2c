"""Fabricated failures: what a fabricated variant would have left, had its training diverged."""

import json
from dataclasses import replace
from typing import Any

from tracking_support import Fabricated

from hw1.lineage.failure import Failure, stages_until
from hw1.lineage.record import Timing

MESSAGE = "fold 0: the loss is not finite in epoch 3, step 2 of 9. Try a smaller rate"
CURVE_FILE = "metrics/train/curve.csv"
CURVE = (3.0, 2.0)


def failed(
    variant: Fabricated,
    *,
    stage: str = "train",
    curve: tuple[float, ...] = CURVE,
    **circumstances: Any,
) -> Failure:
    """A failure of the run that would have become a variant.

    Args:
        variant: the variant.
        stage: the stage that failed.
        curve: validation errors by epoch, as far as it came.
        circumstances: further fields of its record.
    """
    entries = json.loads(variant.record.lock_text)["stages"]
    kept = {name: entries[name] for name in stages_until(stage)}
    kept[stage] = {name: of for name, of in kept[stage].items() if name != "outs"}
    header, *_ = variant.record.texts[CURVE_FILE].splitlines()
    lines = [f"0,{epoch},{epoch},2.5,{error},0.1" for epoch, error in enumerate(curve, 1)]
    record = replace(
        variant.record,
        lock_text=json.dumps({"schema": "2.0", "stages": kept}),
        texts={CURVE_FILE: "\n".join([header, *lines, ""])} if curve else {},
        **{"stages": {stage: Timing(True, 1.5)}, **circumstances},
    )
    return Failure(record, stage, MESSAGE, "fold 0", 3, 2, 10.0)
