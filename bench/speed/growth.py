"""How seconds and memory grow with the rows: every stage of the default on simulated editions.

An edition of k times the rows has the sample's 40 states and 16 signals; its chains of training
days, and its stretches of test windows, are k times as long.
"""

import sys
from itertools import pairwise
from math import log10
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline_support import Project
from support import SMALL

from bench.speed.measure import Base, Table, Values, readable
from bench.speed.processes import Usage, make_store, run, store_like
from bench.speed.setting import Setting
from hw1.lineage.lock import STAGES as HOMEWORK
from hw1.simulate import SimulationConfig, write_edition

TIMES = (1, 10, 100)
QUICK_TIMES = (1, 2)
GIB = 2.0**30
CLEAR_SHARE = 0.1  # of start-up's seconds: less work than that is lost in noise
COMMIT = "DVC's hashing"
STAGES = ("check", *HOMEWORK, COMMIT, "track")


def measure(setting: Setting) -> list[Table]:
    """Seconds and peak memory of every stage, by the edition's size."""
    times = QUICK_TIMES if setting.quick else TIMES
    sample = SMALL if setting.quick else SimulationConfig()
    seconds: Values = {f"{stage}, {factor} x": [] for stage in STAGES for factor in times}
    memory: Values = {name: [] for name in seconds}
    with setting.project() as project, TemporaryDirectory() as stores:
        empty = make_store(Path(stores))
        for factor in times:
            write_edition(_folder(project, factor), sample.scaled(factor))
        for _ in range(setting.repetitions):
            for factor in times:
                _use(project, factor)
                for stage in STAGES:
                    usage = _usage(project, stage, empty)
                    seconds[f"{stage}, {factor} x"].append(usage.seconds)
                    memory[f"{stage}, {factor} x"].append(usage.peak_bytes / GIB)
    rows = " and ".join(f"{count:,}" for count in (sample.train_rows, sample.test_rows))
    title = (
        f"The default on simulated editions of {', '.join(map(str, times))} times {rows} rows of "
        f"training and test: {len(sample.states)} states, {len(sample.signals)} signals, "
        f"{sample.days} days a window, chains longer by the factor."
    )
    bases = _bases(times)
    growth = {"grows with rows to the power": _exponents(seconds, times)}
    return [
        Table(f"{title} Seconds.", "s", seconds, bases, growth),
        Table("The same: most memory at once.", "GiB", memory, bases),
    ]


def _folder(project: Project, factor: int) -> Path:
    return project.root / "data" / "raw" / _edition(factor)


def _edition(factor: int) -> str:
    return f"times{factor}"


def _use(project: Project, factor: int) -> None:
    """Point params.yaml to an edition."""
    lines = project.text("params.yaml").splitlines(keepends=True)
    edition = next(line for line in lines if line.startswith("  edition:"))
    project.edit("params.yaml", edition, f"  edition: {_edition(factor)}\n")


def _usage(project: Project, stage: str, empty: Path) -> Usage:
    """Run one stage; beside them, let DVC hash what they have left."""
    if stage == COMMIT:
        return run(["dvc", "commit", "--force", "check", *HOMEWORK], project.root)
    with store_like(empty) as variables:
        return run([sys.executable, "-m", f"stages.{stage}"], project.root, variables)


def _bases(times: tuple[int, ...]) -> list[Base]:
    def first(name: str) -> str | None:
        stage, _, size = name.rpartition(", ")
        return None if size == f"{times[0]} x" else f"{stage}, {times[0]} x"

    return [Base(f"against {times[0]} x", first)]


def _exponents(seconds: Values, times: tuple[int, ...]) -> dict[str, str]:
    """From each size to the next, what start-up takes left out: above 1 is faster than the rows."""
    cells = {}
    for stage in STAGES:
        least = {factor: min(seconds[f"{stage}, {factor} x"]) for factor in times}
        base = least[times[0]]
        for before, factor in pairwise(times[1:]):
            earlier, later = least[before] - base, least[factor] - base
            if earlier > CLEAR_SHARE * base:
                power = log10(later / earlier) / log10((factor - 1) / (before - 1))
                cells[f"{stage}, {factor} x"] = readable(power)
    return cells
