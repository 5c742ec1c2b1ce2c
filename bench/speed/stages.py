"""What DVC and the stages cost: nothing to do, one parameter changed, everything from the start.

Of every stage the start-up (the process until its main begins) and its work are told apart; modules
that are imported only where they are used count by themselves.
"""

import json
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline_support import Project

from bench.speed.measure import Base, Contestants, Table, Values, against, alternate
from bench.speed.processes import copy_of, make_store, run, store_like
from bench.speed.setting import Setting, default_params
from bench.speed.variant import ONE_THREAD, script_seconds
from hw1.lineage.lock import STAGES as HOMEWORK

STAGES = ("check", *HOMEWORK, "track")
VERSION = "`dvc --version`"
STATUS = "`dvc status`"
NOTHING = "`dvc repro`, nothing to do"
CHANGED = "`dvc exp run`, one parameter of train changed"
COLD = "`dvc repro`, fresh clone, new MLflow store"
WHOLE = "whole process"


def measure(setting: Setting) -> list[Table]:
    """Seconds of DVC's commands, then of every stage's start-up and work."""
    with setting.project() as fresh, setting.project() as done:
        run(["dvc", "repro"], done.root)
        commands = _commands(fresh, done, setting)
        values = alternate(commands, setting.repetitions, warm_up=False)
        title = f"The default recipe on edition `{setting.edition}`, once it has run."
        bases = [against(ONE_THREAD), against(STATUS), against(VERSION)]
        return [Table(title, "s", values, bases), _stages_table(done, setting)]


def _commands(fresh: Project, done: Project, setting: Setting) -> Contestants:
    rates = (default_params().optimizer.learning_rate * (1 + 0.01 * step) for step in count(1))

    def dvc(*words: str) -> float:
        return run(["dvc", *words], done.root).seconds

    def changed() -> float:
        return dvc("exp", "run", "-S", f"train.optimizer.learning_rate={next(rates):.6f}")

    def cold() -> float:
        with copy_of(fresh) as root:
            return run(["dvc", "repro"], root).seconds

    return {
        VERSION: lambda: dvc("--version"),
        STATUS: lambda: dvc("status"),
        NOTHING: lambda: dvc("repro"),
        CHANGED: changed,
        COLD: cold,
        ONE_THREAD: lambda: script_seconds(done, setting, own_threads=False),
    }


def _stages_table(done: Project, setting: Setting) -> Table:
    """Every stage by itself, where all that it reads is there; `track` publishes anew each time."""
    rows: Values = {}
    with TemporaryDirectory() as folder:
        empty = make_store(Path(folder))
        clocks = {stage: _clock(done, stage, empty, rows) for stage in STAGES}
        alternate(clocks, setting.repetitions, warm_up=False)

    def whole(name: str) -> str | None:
        stage, _, piece = name.partition(": ")
        return f"{stage}: {WHOLE}" if piece != WHOLE else None

    title = (
        "Every stage by itself: its process until its main begins (start-up), modules that main "
        "imports when it needs them, the rest of main, and the end of the process."
    )
    return Table(title, "s", rows, [Base("share of the whole", whole)])


def _clock(done: Project, stage: str, empty: Path, rows: Values) -> Callable[[], float]:
    """Runs a stage and adds its pieces to the rows."""

    def timed() -> float:
        with TemporaryDirectory() as folder, store_like(empty) as variables:
            file = Path(folder) / "times.json"
            command = [sys.executable, "-m", "bench.speed.stage_clock", stage, str(file)]
            usage = run(command, done.root, variables)
            times = json.loads(file.read_text())
        imports = times["imports_in_main"]
        pieces = {
            WHOLE: usage.seconds,
            "start-up": times["imported"] - usage.started,
            "imports in main": imports,
            "work": times["done"] - times["imported"] - imports,
            "exit": usage.started + usage.seconds - times["done"],
        }
        for piece, value in pieces.items():
            rows.setdefault(f"{stage}: {piece}", []).append(value)
        return usage.seconds

    return timed
