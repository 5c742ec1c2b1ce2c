"""Bring MLflow up to date with everything that the ledger, DVC and git know."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from hw1.core.errors import DataError, ParamsError
from hw1.lineage.blobs import CacheBlobs, cache_folder
from hw1.lineage.failure import FailureLedger
from hw1.lineage.history import History, Traces
from hw1.lineage.observe import keep_workspace
from hw1.lineage.record import Record
from hw1.tracking.creation import Publication
from hw1.tracking.experiments import finished_runs, own_experiments
from hw1.tracking.failed_runs import FAILED_TAG, failed_runs
from hw1.tracking.lectures.sync import LectureSync, synchronise_lectures
from hw1.tracking.publish import complete, find_or_create
from hw1.tracking.publish_failed import find_or_create_failed
from hw1.tracking.store import TrackerRefusalError, tracking_client
from hw1.tracking.tags import INCOMPLETE_TAG, are_up_to_date, label_of, reference_tags, run_tags

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run


@dataclass
class SyncReport:
    """What a synchronisation did.

    Attributes:
        known: how many variants the project has.
        published: names of variants that had no run.
        completed: names of runs whose experiments or commits were not known yet.
        failed: names of runs that diverged and were not marked as failed yet.
        skipped: variants that cannot be published, each with the reason.
        lectures: the same of the lectures' results.
    """

    known: int = 0
    published: list[str] = field(default_factory=list)
    completed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    lectures: LectureSync = field(default_factory=LectureSync)


def synchronise(root: Path, *, everything: bool) -> SyncReport:
    """Publish what is missing, and complete what stages could not know.

    Args:
        root: the project's root.
        everything: also variants that only git's history holds, and those whose runs a person
            has deleted.

    Raises:
        TrackerError: MLflow's store does not answer.
    """
    report = _synchronise_variants(root, everything=everything)
    _synchronise_failures(root, report, everything=everything)
    report.lectures = synchronise_lectures(root, everything=everything)
    return report


def _synchronise_variants(root: Path, *, everything: bool) -> SyncReport:
    keep_workspace(root)
    history = History(root)
    traces = history.traces() if everything else history.at_hand()
    report = SyncReport(known=len(traces))
    if not traces:
        return report
    with tracking_client() as client:
        runs = _runs(client)
    cache = None
    for label, each in traces.items():
        run = runs.get(label)
        try:
            if run is None or (everything and (_is_deleted(run) or _is_incomplete(run))):
                cache = cache or cache_folder(root)
                report.published.append(_publish(history.record(each), each, cache))
            elif not _is_deleted(run) and not are_up_to_date(run.data.tags, each):
                _complete(history.record(each), each, run)
                report.completed.append(str(run.info.run_name))
        except (DataError, ParamsError, TrackerRefusalError) as problem:
            report.skipped.append(str(problem))
    return report


def _synchronise_failures(root: Path, report: SyncReport, *, everything: bool) -> None:
    failures = list(FailureLedger(root).records())
    if not failures:
        return
    runs: dict[str, Run] = {}
    with tracking_client() as client:
        for experiment in own_experiments(client):
            for run in failed_runs(client, experiment.experiment_id):
                runs.setdefault(run.data.tags[FAILED_TAG], run)
    for failure in failures:
        try:
            found = runs.get(failure.key)
            if found is None or (everything and _is_deleted(found)):
                with tracking_client() as client:
                    find_or_create_failed(client, failure)
                report.failed.append(failure.record.name)
        except (DataError, ParamsError, TrackerRefusalError) as problem:
            report.skipped.append(str(problem))


def _publish(record: Record, traces: Traces, cache: Path) -> str:
    """Publish a variant; returns its name. Stages that publish meanwhile need not wait for more."""
    blobs = CacheBlobs(record.lock, cache)
    with tracking_client() as client:
        try:
            find_or_create(client, Publication(record, blobs, run_tags(record, traces)))
        except (KeyError, TypeError) as missing:
            raise DataError(
                f"`{record.name}` ({record.variant.key[:7]}) has metrics of another version of the "
                f"project, without {missing}"
            ) from None
    return record.name


def _complete(record: Record, traces: Traces, run: Run) -> None:
    """Tell a run's tags of experiments and commits that they do not know."""
    with tracking_client() as client:
        complete(client, run, reference_tags(record, traces))


def _is_deleted(run: Run) -> bool:
    return bool(run.info.lifecycle_stage == "deleted")


def _is_incomplete(run: Run) -> bool:
    return INCOMPLETE_TAG in run.data.tags


def _runs(client: MlflowClient) -> dict[str, Run]:
    """Finished runs by their variant's label; one that was deleted only where no other is left."""
    found: dict[str, Run] = {}
    for experiment in own_experiments(client):
        for run in finished_runs(client, experiment.experiment_id):
            found.setdefault(label_of(run.data.tags), run)
    return found
