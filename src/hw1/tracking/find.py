"""A variant by any name that a person may have for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hw1.errors import Hw1Error
from hw1.lineage import git
from hw1.lineage.blobs import Blobs, CacheBlobs, WorkspaceBlobs, cache_folder
from hw1.lineage.commit import checked_lock
from hw1.lineage.history import History, Traces
from hw1.lineage.observe import observe
from hw1.lineage.record import Record
from hw1.lineage.variant import identify
from hw1.params.base import nearest, read_params
from hw1.tracking.experiments import PREFIX, finished_runs, own_experiments
from hw1.tracking.store import tracking_client
from hw1.tracking.tags import label_of

if TYPE_CHECKING:
    from mlflow.entities import Run

WORKSPACE = "workspace"
SHORTEST_PREFIX = 4


@dataclass(frozen=True)
class FoundVariant:
    """A variant that was asked for.

    Attributes:
        name: what the person called it.
        record: its record.
        blobs: its files.
        traces: where DVC and git hold it.
    """

    name: str
    record: Record
    blobs: Blobs
    traces: Traces


def find_variant(name: str, root: Path) -> FoundVariant:
    """Find a variant by name.

    Args:
        name: `workspace`, a DVC experiment, a git revision, a variant's key, or the id or name
            of a run; the first that fits, in this order.
        root: the project's root.

    Raises:
        Hw1Error: there is none, or several.
        DataError: the commit that is named holds no finished run.
    """
    history = History(root)
    traces = history.traces()
    if name == WORKSPACE:
        record = observe(root)
        label = record.variant.label
        return FoundVariant(
            name, record, WorkspaceBlobs(record.lock), traces.get(label, Traces(label))
        )
    each = _by_experiment(name, traces) or _by_revision(name, root, traces)
    each = each or _by_prefix(name, traces) or _by_run(name, traces)
    if each is None:
        names = [known.name for trace in traces.values() for known in trace.experiments]
        hint = f"; {nearest(name, names)}" if names else ""
        raise Hw1Error(f"no experiment, revision, variant or run is called `{name}`{hint}")
    record = history.record(each)
    return FoundVariant(name, record, CacheBlobs(record.lock, cache_folder(root)), each)


def _by_experiment(name: str, traces: dict[str, Traces]) -> Traces | None:
    fitting = [
        each
        for each in traces.values()
        if any(name in (known.name, known.revision) for known in each.experiments)
    ]
    return _single(name, fitting, "experiments")


def _by_revision(name: str, root: Path, traces: dict[str, Traces]) -> Traces | None:
    revision = git.resolve(root, name)
    if revision is None:
        return None
    label = identify(checked_lock(root, revision)).label
    return traces.get(label, Traces(label, commits=(revision,)))


def _by_prefix(name: str, traces: dict[str, Traces]) -> Traces | None:
    if len(name) < SHORTEST_PREFIX:
        return None
    fitting = [each for label, each in traces.items() if label.startswith(name[:16])]
    return _single(name, fitting, "variants")


def _by_run(name: str, traces: dict[str, Traces]) -> Traces | None:
    """The variant of a run: by its id, else the latest of that name in the edition in use."""
    with tracking_client() as client:
        experiments = {each.experiment_id: each.name for each in own_experiments(client)}
        runs = [
            run
            for experiment in experiments
            for run in finished_runs(client, experiment)
            if label_of(run.data.tags) in traces
        ]
    by_id = [run for run in runs if _starts_with(run, name)]
    if len(by_id) > 1:
        raise Hw1Error(f"`{name}` begins the ids of {len(by_id)} runs; give more of it")
    own = f"{PREFIX}{read_params()['ingest']['edition']}"
    called = sorted(
        (run for run in runs if run.info.run_name == name),
        key=lambda run: (experiments[run.info.experiment_id] == own, run.info.end_time or 0),
    )
    found = by_id or called[-1:]
    return traces[label_of(found[0].data.tags)] if found else None


def _starts_with(run: Run, name: str) -> bool:
    return len(name) >= SHORTEST_PREFIX and str(run.info.run_id).startswith(name)


def _single(name: str, found: list[Traces], kind: str) -> Traces | None:
    if len(found) > 1:
        labels = ", ".join(each.label[:8] for each in found)
        raise Hw1Error(f"`{name}` names {len(found)} {kind}: {labels}; ask for one of these")
    return found[0] if found else None
