"""Stage `track`: publishes the variant in the workspace as one MLflow run."""

from pathlib import Path

from hw1.core import layout
from hw1.core.entry import exits_cleanly
from hw1.core.files import write_json
from hw1.core.place import project_root
from hw1.core.restore import remember_params
from hw1.lineage.ledger import Ledger
from hw1.lineage.observe import observe
from hw1.lineage.record import Record
from hw1.lineage.timing import clear_notes
from hw1.lineage.warm import remember_published
from hw1.mend.lock_files import remember_lock
from hw1.tracking.lookup import published_run
from hw1.tracking.store import TrackerError
from hw1.tracking.warm_request import publish_warm


@exits_cleanly
def main() -> None:
    """Record the variant in the ledger, then publish it; what cannot be published now, waits."""
    remember_params()  # no stage has refused them
    root = project_root()
    observed = observe(root)
    remember_lock(Path())  # whole, as has just been seen
    record = Ledger(root).add(observed)
    try:
        run_id = published_run(record) or publish_warm(record, Path.cwd()) or _publish(record)
        print(f"track: `{record.name}` is run {run_id[:8]} in MLflow; `make ui` shows it")
        remember_published()
    except TrackerError as problem:
        print(f"track: {problem}\ntrack: the variant is in the ledger; `hw1 track` publishes it")
    clear_notes()
    variant = record.variant
    write_json(layout.TRACK_FILE, {"variant": variant.key, "result": variant.result})


def _publish(record: Record) -> str:
    from hw1.tracking.stage import publish_workspace

    return publish_workspace(record, Path.cwd())


if __name__ == "__main__":
    main()
