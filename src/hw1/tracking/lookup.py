"""Whether a variant is published, asked of SQLite itself: importing MLflow takes seconds."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from hw1.lineage.record import Record
from hw1.tracking.live_runs import LIVE_TAG, live_key
from hw1.tracking.store import sqlite_file
from hw1.tracking.tags import INCOMPLETE_TAG, RESULT_TAG, VARIANT_TAG

QUERY = """
select runs.run_uuid, coalesce(name.value, '') from runs
join tags as variant on variant.run_uuid = runs.run_uuid and variant.key = ?
join tags as result on result.run_uuid = runs.run_uuid and result.key = ?
left join tags as name on name.run_uuid = runs.run_uuid and name.key = 'dvc.experiment'
left join tags as missing on missing.run_uuid = runs.run_uuid and missing.key = ?
where variant.value = ? and result.value = ? and missing.key is null
  and runs.status = 'FINISHED' and runs.lifecycle_stage = 'active'
"""


LIVE_QUERY = """
select count(*) from runs
join tags as live on live.run_uuid = runs.run_uuid and live.key = ?
where substr(live.value, 1, ?) = ?
  and runs.status = 'RUNNING' and runs.lifecycle_stage = 'active'
"""


def published_run(record: Record) -> str | None:
    """The id of the variant's run, if it is finished, whole and knows the record's experiment.

    None also where the store is no SQLite file or another version's: then MLflow must be asked.
    """
    path = sqlite_file()
    if path is None or not path.is_file():
        return None
    variant = record.variant
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            keys = (VARIANT_TAG, RESULT_TAG, INCOMPLETE_TAG, variant.key, variant.result)
            rows = connection.execute(QUERY, keys).fetchall()
            key = live_key(record.params_text)
            (shown,) = connection.execute(LIVE_QUERY, (LIVE_TAG, len(key), key)).fetchone()
    except sqlite3.Error:
        return None
    if shown:  # the training that it came from is still shown: MLflow has to clear that away
        return None
    for run_id, names in rows:
        if record.experiment is None or record.experiment in str(names).split(", "):
            return str(run_id)
    return None
