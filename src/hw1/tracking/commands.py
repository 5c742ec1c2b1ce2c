"""What a person asks of variants by name: show one, compare two, make one the champion."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from hw1 import layout
from hw1.compare.difference import compare
from hw1.compare.show import print_comparison
from hw1.compare.side import Side
from hw1.errors import DataError
from hw1.lineage.git import SHORT
from hw1.lineage.lock import STAGES
from hw1.lineage.place import project_root
from hw1.lineage.restoring import restore_command
from hw1.summary import print_summary_of
from hw1.tracking.creation import Publication
from hw1.tracking.find import FoundVariant, find_variant
from hw1.tracking.promote import Candidate, promote
from hw1.tracking.publish import find_or_create
from hw1.tracking.registry import logged_model_id
from hw1.tracking.store import tracking_client
from hw1.tracking.tags import run_tags, timing_text

if TYPE_CHECKING:
    import pandas as pd
    from mlflow import MlflowClient


def show_variant(name: str) -> None:
    """Print where a variant comes from, its run, and what it scores.

    Raises:
        Hw1Error: there is no such variant.
    """
    found = find_variant(name, project_root())
    record, traces = found.record, found.traces
    with tracking_client() as client:
        run_id = _published(client, found)
    rows = Table.grid(padding=(0, 2))
    rows.add_column(style="dim")
    rows.add_column(overflow="fold")
    rows.add_row("variant", f"{record.name} ({record.variant.key[:12]})")
    rows.add_row("run", run_id)
    rows.add_row("experiments", ", ".join(each.name for each in traces.experiments) or "none")
    rows.add_row("committed", ", ".join(commit[:SHORT] for commit in traces.commits) or "no")
    rows.add_row("restore", restore_command(record, traces))
    for stage in STAGES:
        if stage in record.stages:
            rows.add_row(stage, timing_text(record.stages[stage]))
    console = Console(highlight=False, markup=False)
    console.print(rows)
    print_summary_of(record.metrics)


def diff_variants(first: str, second: str, *, as_json: bool = False, full: bool = False) -> None:
    """Print what tells two variants apart, and which is better.

    Raises:
        Hw1Error: one of them does not exist.
    """
    root = project_root()
    comparison = compare(_side(find_variant(first, root)), _side(find_variant(second, root)))
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
    found = find_variant(name, root)
    side = _side(found)
    if side.predictions is None:
        raise DataError(f"the validation rows of `{name}` are not in DVC's cache; run it again")
    with tracking_client() as client:
        run = client.get_run(_published(client, found))
        candidate = Candidate(
            run_id=run.info.run_id,
            model_id=logged_model_id(run),
            split=str(found.record.variant.parameters["ingest.split.method"]),
            predictions=side.predictions,
        )
        edition = found.record.variant.edition
        print(promote(client, edition, candidate, _predictions_of_runs(root), force=force))


def _predictions_of_runs(root: Path) -> Callable[[str], pd.DataFrame]:
    def predictions(run_id: str) -> pd.DataFrame:
        side = _side(find_variant(run_id, root))
        if side.predictions is None:
            raise DataError(f"the validation rows of run {run_id} are not in DVC's cache")
        return side.predictions

    return predictions


def _published(client: MlflowClient, found: FoundVariant) -> str:
    tags = run_tags(found.record, found.traces)
    return find_or_create(client, Publication(found.record, found.blobs, tags))


def _side(found: FoundVariant) -> Side:
    record = found.record
    try:
        predictions = found.blobs.read(str(layout.PREDICTIONS))
    except DataError:
        predictions = None
    variant = record.variant
    return Side.read(found.name, variant.parameters, record.texts, predictions, code=variant.code)
