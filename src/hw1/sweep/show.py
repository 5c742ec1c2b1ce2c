"""What a search says on the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from hw1.compare.paired import PairedDifference
from hw1.core.sections import flatten
from hw1.plain_console import plain_console
from hw1.sweep.conclude import Conclusion
from hw1.sweep.report import SweepReport
from hw1.sweep.setup import Setup
from hw1.sweep.study import Search
from hw1.sweep.table import searched_keys, text_of
from hw1.sweep.trial import State
from hw1.sweep.unseen import SEEDS

SHOWN = 4
ABSENT = "-"
BASE = "begun from"
STATES: tuple[State, ...] = ("complete", "pruned", "diverged", "failed")


def print_start(search: Search, setup: Setup) -> None:
    """Say what is about to be tried, or to go on."""
    done = len(search.told)
    keys, sweep = len(setup.space.parameters), setup.sweep
    going_on = f", {done} of them finished before" if done else ""
    print(
        f"sweep `{search.name}`: {search.total} trials of {keys} parameters by {sweep.sampler}, "
        f"{sweep.seeds} seed(s) each, edition {setup.ingest.edition}{going_on}"
    )
    if search.left_out:
        print(
            f"the last {search.left_out:,} points of the grid are left out, so that parameters "
            "late in the alphabet vary more than others; raise `trials`"
        )


def print_conclusion(conclusion: Conclusion, unpublished: str | None) -> None:
    """Show the best trials and how much of them to believe.

    Args:
        conclusion: the end of the search.
        unpublished: why MLflow has no run of it; None where it has.
    """
    report, console = conclusion.report, plain_console()
    print(_counts(conclusion))
    if not report.best:
        console.print("no trial is complete, so there is no winner")
        return
    console.print(_table(conclusion))
    for line in (
        _over_search(report),
        _unseen(conclusion.unseen, report),
        f"MLflow: run `sweep-{report.name}`; `make ui` opens it"
        if unpublished is None
        else f"not published: {unpublished}; the same command does it later",
        f"make the best a versioned experiment: {report.command(report.best[0][0].number)}",
    ):
        if line:
            console.print(line, soft_wrap=True)


def _counts(conclusion: Conclusion) -> str:
    report = conclusion.report
    counts = [f"{report.count(state)} {state}" for state in STATES if report.count(state)]
    if conclusion.repeats:
        counts.append(f"{conclusion.repeats} repeated an earlier one and were not run")
    if conclusion.invalid:
        counts.append(f"{conclusion.invalid} had values that do not go together")
    speed = report.trials_a_minute
    took = f" in {report.seconds:.0f} s, {speed:.0f} a minute" if speed else ""
    return f"{len(report.results)} trials{took}: {', '.join(counts)}"


def _table(conclusion: Conclusion) -> Table:
    """The best trials beside the parameters that the search began from, a column each."""
    report = conclusion.report
    best = report.best[:SHOWN]
    table = Table(box=SIMPLE_HEAD, padding=(0, 1), pad_edge=False, header_style="bold")
    table.add_column("trial", no_wrap=True)
    for trial, _ in best:
        table.add_column(str(trial.number), justify="right", no_wrap=True)
    table.add_column(BASE, justify="right", style="dim", no_wrap=True)
    outcomes = [outcome for _, outcome in best] + [conclusion.base]
    table.add_row("MSE of single members", *(_error(one.members_mse) for one in outcomes))
    table.add_row("MSE of the ensemble", *(_error(one.ensemble_mse) for one in outcomes))
    table.add_section()
    base = dict(flatten(dict(report.settings["base"])))
    for key in searched_keys(report.results):
        values = [_value(trial.overrides, key) for trial, _ in best]
        table.add_row(
            key.removeprefix("train.").removeprefix("optimizer."), *values, _value(base, key)
        )
    return table


def _error(value: float | None) -> str:
    return ABSENT if value is None else f"{value:.4f}"


def _value(values: Mapping[str, Any], key: str) -> str:
    if key not in values:
        return ABSENT
    value = values[key]
    return f"{value:.3g}" if isinstance(value, float) else text_of(value)


def _over_search(report: SweepReport) -> str:
    found, pruned = report.over_search, report.count("pruned")
    if found is None or found.trials < 2:
        return ""
    lowest = " at least" if pruned else ""
    told = (
        f"over-search: the best of {found.trials} looks{lowest} {found.corrected - found.best:.4f} "
        f"better than it is; expect {found.corrected:.4f}. {found.within_noise} other(s) are "
        "within noise of it"
    )
    return f"{told}. The {pruned} pruned were turned down on the same rows" if pruned else told


def _unseen(unseen: PairedDifference | str | None, report: SweepReport) -> str:
    if unseen is None:
        return ""
    split = report.settings["sweep"]["unseen"]
    if isinstance(unseen, str):
        return f"split `{split}`, which the search has not seen, cannot tell: {unseen}"
    told = (
        f"by split `{split}`, which the search has not seen, ensembles of {SEEDS} score "
        f"{unseen.loss_b:.4f}, those of what it was begun from {unseen.loss_a:.4f}"
    )
    if unseen.low is None or unseen.high is None:
        return told
    verdict = {"a": "worse", "b": "better", None: "no difference beyond noise"}[unseen.winner]
    bounds = f"[{unseen.low:+.4f}, {unseen.high:+.4f}]"
    return f"{told}; difference {unseen.difference:+.4f} {bounds}: {verdict}"
