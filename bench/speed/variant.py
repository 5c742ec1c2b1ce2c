"""A whole variant, from CSV files to a submission, beside the sample recipe as a plain script.

Every repetition has a clone of its own in which nothing has run; MLflow's store exists, but is
empty. Beside the script's work, the pipeline audits the data, fits the recipe by other splits,
bounds its error and publishes all that to MLflow.
"""

import sys
from pathlib import Path

from pipeline_support import Project

from bench.speed.measure import Table, against, alternate
from bench.speed.processes import copy_of, make_store, run
from bench.speed.setting import Setting, shipped

SCRIPT = "the sample recipe as a plain script"
ONE_THREAD = f"{SCRIPT}, one thread"
SAMPLE_CODE = "`dvc exp run`, sample_code"
DEFAULT = "`dvc exp run`, default"
QUICK_EPOCHS = 2


def measure(setting: Setting) -> list[Table]:
    """Seconds of a variant and of the script."""
    with setting.project() as project:
        make_store(project.root)
        contestants = {
            SCRIPT: lambda: script_seconds(project, setting, own_threads=True),
            ONE_THREAD: lambda: script_seconds(project, setting, own_threads=False),
            SAMPLE_CODE: lambda: _variant_seconds(project, setting, "sample_code"),
            DEFAULT: lambda: _variant_seconds(project, setting, "default"),
        }
        values = alternate(contestants, setting.repetitions, warm_up=False)
    title = (
        f"From CSV files to a submission, edition `{setting.edition}`: seconds by the wall clock, "
        "imports included. The script leaves the number of threads to PyTorch, as students do, or "
        "has one, as our stages have."
    )
    return [Table(title, "s", values, [against(SCRIPT), against(ONE_THREAD)])]


def script_seconds(project: Project, setting: Setting, *, own_threads: bool) -> float:
    """Seconds of the plain script."""
    script = Path(__file__).with_name("sample_script.py")
    epochs = ["--epochs", str(QUICK_EPOCHS)] if setting.quick else []
    train, test = setting.csv_files(project)
    out = project.root.parent  # beside the clone, which stays as it is
    command = [sys.executable, str(script), str(train), str(test), str(out), *epochs]
    return run(command, project.root, own_threads=own_threads).seconds


def _variant_seconds(project: Project, setting: Setting, name: str) -> float:
    """Seconds of `dvc exp run` in a clone in which nothing has run."""
    overrides = shipped(name).set_params()
    if setting.quick:
        overrides.append(f"train.epochs={QUICK_EPOCHS}")
    words = [word for override in overrides for word in ("-S", override)]
    with copy_of(project) as root:
        return run(["dvc", "exp", "run", *words], root).seconds
