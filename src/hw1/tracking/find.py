"""A variant by any name that a person may have for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from hw1.core.errors import Hw1Error
from hw1.core.sections import nearest, read_params
from hw1.lineage import git
from hw1.lineage.blobs import Blobs, CacheBlobs, WorkspaceBlobs, cache_folder
from hw1.lineage.commit import checked_lock
from hw1.lineage.failure import Failure, FailureLedger
from hw1.lineage.history import History, Traces
from hw1.lineage.ledger import Ledger
from hw1.lineage.observe import observe
from hw1.lineage.record import Record
from hw1.lineage.variant import LABEL_DIGITS, identify
from hw1.tracking.experiments import finished_runs, own_experiments
from hw1.tracking.failed_runs import FAILED_TAG, failed_runs
from hw1.tracking.store import tracking_client
from hw1.tracking.tags import label_of

WORKSPACE = "workspace"
SHORTEST_PREFIX = 4
PREFIX_OF_KEY = re.compile(r"[0-9a-f]{4,64}(-[0-9a-f]*)?")


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


class FailedError(Hw1Error):
    """What was asked for is a run that has failed, and no variant."""

    def __init__(self, name: str, failure: Failure) -> None:
        super().__init__(
            f"`{name}` has no result, as it failed in `{failure.stage}`: {failure.message}"
        )
        self.failure = failure


def resolve_variant(name: str, root: Path) -> FoundVariant:
    """Find a variant by name.

    Args:
        name: `workspace`, a DVC experiment, a git revision, a variant's key, or the id or name
            of a run; the first that fits, in this order.
        root: the project's root.

    Raises:
        FailedError: it is a run that diverged.
        Hw1Error: there is none, or several.
        DataError: the commit that is named holds no finished run.
    """
    history = History(root)
    traces = history.traces()
    if name == WORKSPACE:
        record = Ledger(root).add(observe(root))
        label = record.variant.label
        return FoundVariant(
            name, record, WorkspaceBlobs(record.lock), traces.get(label, Traces(label))
        )
    each = _by_experiment(name, traces) or _by_revision(name, root, traces)
    each = each or _by_prefix(name, traces) or _by_name(name, root, traces)
    each = each or _by_run(name, traces)
    if each is None:
        if failure := find_failure(name, root):
            raise FailedError(name, failure)
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
    if not PREFIX_OF_KEY.fullmatch(name):
        return None
    start = name if "-" in name else name[:LABEL_DIGITS]
    fitting = [each for label, each in traces.items() if label.startswith(start)]
    return _single(name, fitting, "variants")


def _by_name(name: str, root: Path, traces: dict[str, Traces]) -> Traces | None:
    """The latest variant of that name in the ledger, one of the edition in use before others."""
    called = [record for record in Ledger(root).records() if record.name == name]
    edition = str(read_params()["ingest"]["edition"])
    called.sort(key=lambda record: (record.variant.edition == edition, record.created))
    return traces.get(called[-1].variant.label) if called else None


def _by_run(name: str, traces: dict[str, Traces]) -> Traces | None:
    """The variant of a run, by its name, its id or the beginning of that."""
    if len(name) < SHORTEST_PREFIX:
        return None
    with tracking_client() as client:
        labels = {
            label_of(run.data.tags)
            for experiment in own_experiments(client)
            for run in finished_runs(client, experiment.experiment_id)
            if run.info.run_name == name or run.info.run_id.startswith(name)
        }
    return _single(name, [traces[label] for label in sorted(labels) if label in traces], "runs")


def find_failure(name: str, root: Path) -> Failure | None:
    """A run that diverged: the latest of that name or experiment, or by its key or run's id."""
    failures = list(FailureLedger(root).records())
    if not failures or len(name) < SHORTEST_PREFIX:
        return None
    called = [
        each
        for each in failures
        if name in (each.record.name, each.record.experiment) or each.key.startswith(name)
    ]
    if not called:
        with tracking_client() as client:
            keys = {
                run.data.tags[FAILED_TAG]
                for experiment in own_experiments(client)
                for run in failed_runs(client, experiment.experiment_id)
                if run.info.run_id.startswith(name)
            }
        called = [each for each in failures if each.key in keys]
    return max(called, key=lambda each: each.record.created, default=None)


def _single(name: str, found: list[Traces], kind: str) -> Traces | None:
    if len(found) > 1:
        labels = ", ".join(each.label for each in found)
        raise Hw1Error(f"`{name}` names {len(found)} {kind}: {labels}; ask for one of these")
    return found[0] if found else None
