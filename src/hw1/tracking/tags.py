"""The tags of a run: what it is, where it comes from, and how to bring it back."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping

from hw1.core import layout
from hw1.core.errors import DataError
from hw1.core.place import project_root
from hw1.evaluation.labels import is_transductive
from hw1.lineage.git import SHORT
from hw1.lineage.history import Traces
from hw1.lineage.record import Record, Timing
from hw1.lineage.restoring import APPLY, changes_of, listed, restore_command
from hw1.lineage.variant import label_of as variant_label
from hw1.task_words import task_of
from hw1.tracking.notes import NOTE_TAG, run_note

VARIANT_TAG = "hw1.variant"
RESULT_TAG = "hw1.result"
PUBLISHER_TAG = "hw1.publisher"
INCOMPLETE_TAG = "hw1.incomplete"
RESTORE_TAG = "restore"
EXPERIMENT_TAG = "dvc.experiment"
EXTRAPOLATION_TAG = "extrapolation"
COMMITTED_TAG = "git.committed"
TRANSDUCTIVE_TAG = "transductive"
ACCEPTED_TAG = "data.accepted"
TASK_TAG = "task"


def run_tags(record: Record, traces: Traces | None = None) -> dict[str, str]:
    """The tags of a variant's run.

    Args:
        record: the variant.
        traces: where DVC and git hold it; None inside a stage, when it is too early to know.
    """
    variant = record.variant
    tags = {
        VARIANT_TAG: variant.key,
        RESULT_TAG: variant.result,
        PUBLISHER_TAG: publisher(),
        "hw1.data": variant.data,
        "hw1.code": variant.code,
        "hw1.model": variant.model,
        TASK_TAG: task_of(variant.parameters),
        "split": _split(record),
        "mlflow.source.type": "LOCAL",
        "mlflow.source.name": "dvc exp run" if record.experiment else "dvc repro",
        "git.changed": listed(record.changed) or "nothing",
    }
    gate = record.metrics(layout.EVALUATE_METRICS).get("extrapolation")
    if gate is not None:
        tags[EXTRAPOLATION_TAG] = gate["verdict"]
    if is_transductive(str(variant.parameters.get("ingest.link", "none"))):
        tags[TRANSDUCTIVE_TAG] = "true"
    plausible = record.metrics(layout.INGEST_METRICS).get("plausible", {})
    if accepted := sorted(name for name, found in plausible.items() if found["accepted"]):
        tags[ACCEPTED_TAG] = ", ".join(accepted)
    if record.commit:
        tags["mlflow.source.git.commit"] = record.commit
    for stage, timing in record.stages.items():
        tags[f"stage.{stage}"] = timing_text(timing)
    tags |= reference_tags(record, traces)
    changes, commit = changes_of(record), None
    if record.commit and not record.changed and not record.experiment:
        commit = record.commit[:SHORT]
    tags[NOTE_TAG] = run_note(record.texts, changes, tags[RESTORE_TAG], commit)
    return tags


def reference_tags(record: Record, traces: Traces | None = None) -> dict[str, str]:
    """The tags that can change later: names, commits and the command that restores the variant."""
    tags = {RESTORE_TAG: restore_command(record, traces)}
    experiments = () if traces is None else traces.experiments
    if experiments:
        tags[EXPERIMENT_TAG] = experiment_names(traces)
        tags[f"{EXPERIMENT_TAG}.revision"] = experiments[0].revision
        tags[f"{EXPERIMENT_TAG}.baseline"] = experiments[0].baseline
    elif record.experiment:
        tags[EXPERIMENT_TAG] = record.experiment
        tags[f"{EXPERIMENT_TAG}.baseline"] = str(record.baseline)
    if traces is not None and traces.commits:
        tags[COMMITTED_TAG] = traces.commits[0]
    return tags


def are_up_to_date(tags: Mapping[str, str], traces: Traces) -> bool:
    """Whether a run's tags tell of all experiments and commits that hold its variant."""
    if traces.commits and tags.get(COMMITTED_TAG) != traces.commits[0]:
        return False
    if not traces.experiments:  # the one that made it may have been removed since
        return not tags.get(RESTORE_TAG, "").startswith(APPLY)
    names = experiment_names(traces)
    revision = traces.experiments[0].revision
    return (tags.get(EXPERIMENT_TAG), tags.get(f"{EXPERIMENT_TAG}.revision")) == (names, revision)


def _split(record: Record) -> str:
    evaluated = record.metrics(layout.EVALUATE_METRICS)
    try:
        return str(evaluated["split"]["label"])
    except KeyError as missing:
        raise DataError(
            f"{layout.EVALUATE_METRICS} of `{record.name}` ({record.variant.key[:7]}) has no "
            f"{missing}: another version of the project made it"
        ) from None


def experiment_names(traces: Traces | None) -> str:
    """Names of the experiments that hold a variant, each once."""
    experiments = () if traces is None else traces.experiments
    return ", ".join(dict.fromkeys(each.name for each in experiments))


def label_of(tags: Mapping[str, str]) -> str:
    """The label of the variant that a run with these tags shows; "-" where it shows none."""
    return variant_label(tags.get(VARIANT_TAG, ""), tags.get(RESULT_TAG, ""))


def publisher() -> str:
    """Who publishes: a project on a machine, without telling which."""
    place = f"{platform.node()}:{project_root()}"
    return hashlib.sha256(place.encode()).hexdigest()[:12]


def timing_text(timing: Timing) -> str:
    """Whether a stage ran, and its seconds: `ran, 1.2 s`."""
    seconds = "" if timing.seconds is None else f"{timing.seconds:.1f} s"
    if timing.ran:
        return f"ran, {seconds}"
    return f"reused, took {seconds} when it ran" if seconds else "reused"
