"""What the pages of a search and of its best trials say, in Markdown, made from the numbers."""

from __future__ import annotations

from collections.abc import Mapping

from hw1.core.markdown import code
from hw1.evaluation.labels import number
from hw1.sweep.optimism import OverSearch
from hw1.sweep.report import SweepReport
from hw1.sweep.table import Result, searched_keys, text_of
from hw1.tracking.drawing import PICTURES
from hw1.tracking.sweep_content import BEST_FILE, TABLE_FILE


def sweep_note(report: SweepReport) -> str:
    """What won, how much of it is luck, what it scores on unseen rows, and what was searched.

    The first lines show unopened.
    """
    if not report.best:
        return f"No trial came to its end, so nothing won.\n\n{_searched(report)}"
    command = report.command(report.best[0][0].number)
    parts = [
        _won(report),
        _luck(report.over_search) if report.over_search else "",
        _unseen(report.unseen) if report.unseen else "",
        _searched(report),
        f"Make the winner a DVC experiment: {code(command)}",
        f"All trials: `{TABLE_FILE}` among the artifacts; the best with their commands: "
        f"`{BEST_FILE}`; pictures: `{PICTURES}`. The best are runs below this one.",
    ]
    return "\n\n".join(filter(None, parts))


def trial_note(result: Result, report: SweepReport, rank: int) -> str:
    """What a trial's page says."""
    trial, outcome = result
    value = outcome.value(report.objective)
    of = f"Rank {rank} of {report.count('complete'):,} complete trials of search `{report.name}`"
    error = f", MSE of {report.objective} {number(value)}" if value is not None else ""
    return (
        f"{of}{error}.\n\nIt sets {_values(result)}.\n\n"
        f"Make it a DVC experiment: {code(report.command(trial.number))}"
    )


def _searched(report: SweepReport) -> str:
    keys = searched_keys(report.results)
    names = ", ".join(code(key) for key in keys)
    told = (
        f"Searched: {_counted(len(report.results), 'trial')} of {_counted(len(keys), 'parameter')} "
    )
    told += f"on edition `{report.edition}`: {names}."
    others = [
        f"{count:,} {word}"
        for word, count in (
            ("pruned", report.count("pruned")),
            ("diverged", report.count("diverged")),
            ("failed", report.count("failed")),
        )
        if count
    ]
    complete = report.count("complete")
    ended = f"{complete:,} complete" + "".join(f", {each}" for each in others)
    speed = report.trials_a_minute
    took = f"; {report.seconds:,.0f} s" + (f", {speed:,.0f} trials a minute" if speed else "")
    return f"{told} {ended}{took}."


def _won(report: SweepReport) -> str:
    trial, outcome = report.best[0]
    value = outcome.value(report.objective)
    assert value is not None
    won = f"**Trial {trial.number} won: validation MSE {number(value)}** ({report.objective})"
    return f"{won} with {_values(report.best[0])}."


def _luck(found: OverSearch) -> str:
    if found.trials == 1:
        return "With one complete trial nothing was chosen, so its error owes nothing to luck."
    luck, expected = f"{max(found.optimism, 0.0):.2g}", number(found.corrected)
    told = (
        f"The best of {found.trials:,} looks better than it is, by about {luck}: on states like "
        f"these expect {expected} of it. It is also the best on {found.wins:.0%} of resampled sets "
        f"of states"
    )
    if not found.within_noise:
        return f"{told}, and no other trial is within noise of it."
    others = _counted(found.within_noise, "other trial")
    verb = "is" if found.within_noise == 1 else "are"
    return f"{told}; {others} {verb} within noise of it."


def _unseen(unseen: Mapping[str, float]) -> str:
    winner, base = unseen.get("winner"), unseen.get("base")
    if winner is None or base is None:
        listed = ", ".join(f"{name} {number(value)}" for name, value in unseen.items())
        return f"By a split that the search has not seen: {listed}."
    told = "By a split that the search has not seen, as ensembles, the winner's MSE is "
    told += f"{number(winner)}, that of the parameters it started from {number(base)}"
    if base <= 0 or winner == base:
        return f"{told}."
    share = abs(1 - winner / base)
    return f"{told}: {share:.1%} {'better' if winner < base else 'worse'}."


def _values(result: Result) -> str:
    trial, _ = result
    values = sorted(trial.overrides.items())
    return ", ".join(f"{code(key)} = {code(_short(value))}" for key, value in values) or "nothing"


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else text_of(value)


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"
