"""What a person asks of variants by name: show one, compare two, make one the champion."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from rich.table import Table

from hw1.compare.difference import compare
from hw1.compare.metrics import seed_noise
from hw1.compare.show import print_comparison
from hw1.compare.side import Side
from hw1.core import layout
from hw1.core.errors import DataError
from hw1.core.place import project_root
from hw1.lineage.failure import Failure
from hw1.lineage.git import SHORT
from hw1.lineage.lock import STAGES
from hw1.lineage.record import Record
from hw1.lineage.restoring import changes_of, restore_command
from hw1.plain_console import plain_console
from hw1.summary.show import print_summary_of
from hw1.tracking.creation import Publication
from hw1.tracking.failed_runs import find_failed_run
from hw1.tracking.find import FailedError, FoundVariant, resolve_variant
from hw1.tracking.promote import Candidate, promote
from hw1.tracking.publish import find_or_create, find_run
from hw1.tracking.registry import logged_model_id
from hw1.tracking.store import tracking_client
from hw1.tracking.tags import experiment_names, run_tags, timing_text
from hw1.variants import set_param

if TYPE_CHECKING:
    import pandas as pd
    from mlflow import MlflowClient


def show_variant(name: str) -> None:
    """Print where a variant comes from, its run, and what it scores; or why it has failed.

    Raises:
        Hw1Error: there is no such variant.
    """
    try:
        found = resolve_variant(name, project_root())
    except FailedError as problem:
        _show_failure(problem.failure)
        return
    record, traces = found.record, found.traces
    with tracking_client() as client:
        run = find_run(client, record)
    rows = Table.grid(padding=(0, 2))
    rows.add_column(style="dim")
    rows.add_column(overflow="fold")
    rows.add_row("variant", f"{record.name} ({record.variant.key[:12]})")
    rows.add_row("run", run.info.run_id if run else "none; `hw1 track --all` publishes it")
    rows.add_row("experiments", experiment_names(traces) or "none")
    rows.add_row("committed", ", ".join(commit[:SHORT] for commit in traces.commits) or "no")
    for stage in STAGES:
        if stage in record.stages:
            rows.add_row(stage, timing_text(record.stages[stage]))
    console = plain_console()
    console.print(rows)
    console.print("\nTo restore it:", style="dim")
    console.print(f"  {restore_command(record, traces)}", soft_wrap=True)  # to be copied whole
    print_summary_of(record.metrics)


def _show_failure(failure: Failure) -> None:
    with tracking_client() as client:
        run = find_failed_run(client, failure)
    rows = Table.grid(padding=(0, 2))
    rows.add_column(style="dim")
    rows.add_column(overflow="fold")
    rows.add_row("failed", f"{failure.record.name} ({failure.key[:12]}), in `{failure.stage}`")
    rows.add_row("run", run.info.run_id if run else "none; `hw1 track --all` publishes it")
    rows.add_row("made on", (failure.record.commit or "no commit")[:SHORT])
    changes = [set_param(*change) for change in changes_of(failure.record)]
    rows.add_row("with", "\n".join(changes) or "the default's parameters")
    console = plain_console()
    console.print(rows)
    console.print(f"\n{failure.message}", soft_wrap=True)


def diff_variants(first: str, second: str, *, as_json: bool = False, full: bool = False) -> None:
    """Print what tells two variants apart, and which is better.

    Raises:
        Hw1Error: one of them does not exist.
    """
    root = project_root()
    comparison = compare(_side(resolve_variant(first, root)), _side(resolve_variant(second, root)))
    if as_json:
        print(json.dumps(comparison.to_dict(), indent=2, sort_keys=True, ensure_ascii=False))
    else:
        print_comparison(comparison, full)


def promote_variant(name: str, *, force: bool = False) -> None:
    """Make a variant's model the champion of its edition, if it beats the present one.

    Raises:
        Hw1Error: there is no such variant, or it does not beat the champion.
    """
    root = project_root()
    found = resolve_variant(name, root)
    side = _side(found)
    with tracking_client() as client:
        run = client.get_run(_published(client, found))
        candidate = Candidate(
            run_id=run.info.run_id,
            model_id=logged_model_id(run),
            split=str(found.record.variant.parameters["ingest.split.method"]),
            predictions=_require_predictions(side),
            transductive=side.transductive,
            extrapolates=_verdict(found.record) != "fails",
            task=side.task,
        )
        edition = found.record.variant.edition

        @cache
        def opponent(run_id: str) -> Side:
            return _side(resolve_variant(run_id, root))

        def predictions(run_id: str) -> pd.DataFrame:
            return _require_predictions(opponent(run_id))

        def noise(run_id: str) -> float | None:
            return seed_noise(opponent(run_id), side)

        print(promote(client, edition, candidate, predictions, noise, force=force))


def _require_predictions(side: Side) -> pd.DataFrame:
    if side.predictions is None:
        raise DataError(
            f"the validation rows of `{side.name}` are not in DVC's cache; run it again"
        )
    return side.predictions


def _published(client: MlflowClient, found: FoundVariant) -> str:
    tags = run_tags(found.record, found.traces)
    return find_or_create(client, Publication(found.record, found.blobs, tags))


def _side(found: FoundVariant) -> Side:
    return Side.of(found.name, found.record, found.blobs)


def _verdict(record: Record) -> str:
    """What the prevalence gate found; empty for a variant of an earlier version."""
    gate = record.metrics(layout.EVALUATE_METRICS).get("extrapolation", {})
    return str(gate.get("verdict", ""))
