"""The command `hw1`: what stands beside the DVC pipeline."""

import json
import sys
from itertools import zip_longest
from pathlib import Path
from typing import Annotated

import typer

from hw1.core.entry import exits_cleanly
from hw1.core.errors import Hw1Error

VARIANT_HELP = "`workspace`, a DVC experiment, git revision, variant key, or a run's id or name."
SEARCH_HELP = "The search's name."
STORAGE_HELP = "A database that keeps the search: sqlite:///FILE or postgresql://USER@HOST/NAME."

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Homework 1 as a pipeline: fetch data, run variants, look at results.",
)


@app.command()
def fetch(
    edition: Annotated[str, typer.Argument(help="Name for the edition, such as 2022.")],
    source: Annotated[
        Path | None, typer.Option("--from", help="Folder or zip with the CSV files; else Kaggle.")
    ] = None,
    competition: Annotated[
        str | None, typer.Option(help="Kaggle's name of it; else ml<edition>spring-hw1.")
    ] = None,
    force: Annotated[
        bool,
        typer.Option("--force", help="Also files that look mixed up; the pipeline asks again."),
    ] = False,
) -> None:
    """Bring an edition's CSV files into data/raw/, checked and tracked by DVC."""
    from hw1.fetch import fetch_edition
    from hw1.ingest.plausible import accept_override, refused_names

    fetched = fetch_edition(edition, source, Path.cwd(), competition, force=force)
    rows, test_rows = len(fetched.edition.train), len(fetched.edition.test)
    print(f"{edition}: {rows} training and {test_rows} test rows, checked and tracked by DVC")
    for finding in fetched.findings:
        print(f"NOT PLAUSIBLE ({finding.name}): {finding.file} file: {finding.says}")
    names = refused_names(fetched.findings)
    accept = f" -S {accept_override(names)}" if names else ""
    print(f"use it: dvc exp run -S ingest.edition={edition}{accept}")


@app.command()
def run(
    variant: Annotated[str, typer.Argument(help="A name that `hw1 variants` lists.")],
    set_param: Annotated[
        list[str] | None, typer.Option("-S", "--set-param", help="Further overrides, key=value.")
    ] = None,
    queue: Annotated[bool, typer.Option("--queue", help="Queue it for `dvc queue start`.")] = False,
    temp: Annotated[bool, typer.Option("--temp", help="Run it in a temporary folder.")] = False,
) -> None:
    """Run a shipped variant, on top of the committed parameters, as a DVC experiment."""
    from hw1.core.restore import committed_text
    from hw1.core.sections import parse_params, read_params
    from hw1.experiment import run_experiment
    from hw1.variants import find_variant, require_known_keys, variant_overrides

    current = read_params()
    text = committed_text()
    committed = current if text is None else parse_params(text)
    overrides = variant_overrides(find_variant(variant), committed, current)
    require_known_keys(set_param or [], committed)
    overrides += set_param or []
    options = ["--queue"] * queue + ["--temp"] * temp
    raise SystemExit(run_experiment(overrides, options))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def repro(context: typer.Context) -> None:
    """Run the pipeline as `dvc repro` does, after what a killed run has left is mended.

    It waits where another run is at work. Further words go to `dvc repro`.
    """
    from hw1.alone import run_alone

    raise SystemExit(run_alone(_project(), ["repro", *context.args]))


@app.command()
def mend() -> None:
    """Bring into order what killed runs have left: dvc.lock, locks, files, DVC's queue."""
    from hw1.alone import mend_with_queue

    mend_with_queue(_project(), print)


@app.command()
def variants() -> None:
    """List the shipped variants."""
    from rich.console import Console
    from rich.table import Table

    from hw1.variants import DEFAULT, read_variants

    table = Table("variant", "about", box=None)
    for entry in [DEFAULT, *read_variants().values()]:
        table.add_row(entry.name, entry.about)
    Console(markup=False, emoji=False).print(table)


@app.command()
def sweep(  # noqa: PLR0917, as Typer calls it by name
    file: Annotated[
        Path | None, typer.Argument(help="YAML that says what to try; else params.yaml's `sweep:`.")
    ] = None,
    name: Annotated[str, typer.Option(help=SEARCH_HELP)] = "default",
    trials: Annotated[
        int | None, typer.Option(min=1, help="How many in all; else as the file says.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Throw away what there is of it and begin anew.")
    ] = False,
    apply_best: Annotated[
        bool, typer.Option("--apply", help="Make the best trial a DVC experiment at the end.")
    ] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; else one a processor.")
    ] = None,
    ray: Annotated[
        str | None,
        typer.Option(
            metavar="[ADDRESS]", help="Run on Ray: here, or on the cluster at HOST:PORT or `auto`."
        ),
    ] = None,
    storage: Annotated[str | None, typer.Option(help=STORAGE_HELP)] = None,
) -> None:
    """Try many variants; it goes on where it was stopped, and shows and tracks what it found."""
    from hw1.sweep.command import SweepOptions, apply
    from hw1.sweep.command import sweep as search

    options = SweepOptions(
        name=name, storage=storage, again=again, trials=trials, workers=workers, ray=ray
    )
    root = _project()
    conclusion = search(file, options)
    if apply_best and conclusion.report.best:
        print(apply(root, None, name, storage))


@app.command("apply")
def apply_trial(
    trial: Annotated[int | None, typer.Argument(help="A trial's number; else the best.")] = None,
    name: Annotated[str, typer.Option(help=SEARCH_HELP)] = "default",
    storage: Annotated[str | None, typer.Option(help=STORAGE_HELP)] = None,
) -> None:
    """Make a trial of a search a DVC experiment that scores the same."""
    from hw1.sweep.command import apply

    print(apply(_project(), trial, name, storage))


@app.command()
def summary() -> None:
    """Show what the variant in the workspace scores."""
    from hw1.summary.show import print_summary

    print_summary(Path.cwd())


@app.command()
def diagnose(
    variant: Annotated[
        str, typer.Argument(help="A name that `hw1 variants` lists; else params.yaml as it is.")
    ] = "default",
) -> None:
    """Say what is wrong with a variant's training, and what to try next; half a minute."""
    from hw1.lectures.diagnose.experiment import diagnose_workspace

    _project()
    print(diagnose_workspace(variant))


@app.command()
def check(
    submission: Annotated[Path, typer.Argument(help="A CSV file: id,tested_positive.")],
) -> None:
    """Check that Kaggle would accept a submission for the edition in the workspace."""
    from hw1.core import layout
    from hw1.core.files import read_parquet
    from hw1.submission import check_submission

    test_ids = read_parquet(layout.TEST_TABLE)["id"].to_numpy()
    check_submission(submission, test_ids)
    print(f"{submission}: {len(test_ids)} rows, ids complete and in order, values in range")


@app.command()
def verify() -> None:
    """Run the pipeline twice in clean folders and check that every file comes out the same."""
    from hw1.verify.command import verify as run_twice

    print(f"verified: {run_twice(_project())}")


@app.command()
def simulate(
    folder: Annotated[Path, typer.Argument(help="Where to write the CSV files.")],
    seed: Annotated[int, typer.Option(help="Seed of the simulated epidemic.")] = 0,
) -> None:
    """Write a simulated edition: train, test and solution."""
    from hw1.simulate import SimulationConfig, write_edition

    for path in write_edition(folder, SimulationConfig(seed=seed)):
        print(path)


@app.command()
def track(
    everything: Annotated[
        bool, typer.Option("--all", help="Also what only git's history holds, and deleted runs.")
    ] = False,
) -> None:
    """Publish to MLflow what is missing there, and complete what stages could not know."""
    from hw1.tracking.sync import synchronise

    report = synchronise(_project(), everything=everything)
    for name in report.published:
        print(f"published `{name}`")
    for name in report.completed:
        print(f"completed `{name}`")
    for name in report.failed:
        print(f"marked `{name}` as failed")
    for name in report.lectures.published:
        print(f"published lecture `{name}`")
    for name in report.lectures.completed:
        print(f"completed lecture `{name}`")
    for reason in [*report.skipped, *report.lectures.skipped]:
        print(f"not published: {reason}")
    print(f"{report.known} variants known; {len(report.published)} newly published")


@app.command()
def show(
    name: Annotated[str, typer.Argument(help=VARIANT_HELP)],
) -> None:
    """Show a variant: its run, where it comes from, how to restore it and what it scores."""
    from hw1.tracking.commands import show_variant

    _project()
    show_variant(name)


@app.command()
def diff(
    a: Annotated[str, typer.Argument(help=VARIANT_HELP)],
    b: Annotated[str, typer.Argument(help="Likewise.")] = "workspace",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Print long lists whole.")] = False,
) -> None:
    """Compare two variants: parameters, features, errors on the same rows, predictions."""
    from hw1.tracking.commands import diff_variants

    _project()
    diff_variants(a, b, as_json=as_json, full=full)


@app.command()
def leaderboard(
    edition: Annotated[
        str | None, typer.Option(help="An edition's name; else the one in use.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Every row, and what only git's history holds.")
    ] = False,
) -> None:
    """List all variants of an edition, the best first, with what is more than noise."""
    from hw1.board.leaderboard import read_leaderboard
    from hw1.board.show import print_leaderboard

    board = read_leaderboard(_project(), edition, everything=everything)
    if as_json:
        print(json.dumps(board.to_dict(), indent=2, sort_keys=True, ensure_ascii=False))
    else:
        print_leaderboard(board, everything=everything)


@app.command()
def report(
    name: Annotated[str, typer.Argument(help=VARIANT_HELP)] = "workspace",
    output: Annotated[
        Path | None, typer.Option(help="Where to write it; else data/report/<name>.html.")
    ] = None,
) -> None:
    """Write a variant's page: one HTML file with all that is known of it; print its path."""
    from hw1.report.command import write_report

    _project()
    print(write_report(name, output))


@app.command()
def promote(
    name: Annotated[str, typer.Argument(help=VARIANT_HELP)],
    force: Annotated[
        bool, typer.Option("--force", help="Also if it does not beat the champion; tagged.")
    ] = False,
) -> None:
    """Register a variant's model as champion, if it beats the present one on the same rows."""
    from hw1.tracking.commands import promote_variant

    _project()
    promote_variant(name, force=force)


@app.command()
def ui(
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="On this machine; else the first free one from 5000."),
    ] = None,
) -> None:
    """Open MLflow's UI on loopback, on the project's runs; publish new ones while it is open."""
    from hw1.tracking.ui import serve

    _project()
    serve(port)


def _project() -> Path:
    """The project's folder, in which a command must be started.

    Raises:
        Hw1Error: it was started elsewhere.
    """
    here = Path.cwd()
    for name in ("dvc.yaml", ".dvc/config"):  # lectures/ has one of the first
        if not (here / name).is_file():
            raise Hw1Error(f"{here} holds no {name}; start `hw1` in the project's folder")
    return here


def with_ray_address(words: list[str]) -> list[str]:
    """A command line in which `--ray` without an address has that of this machine.

    Typer knows no option whose value may be left out.
    """
    completed = []
    for word, following in zip_longest(words, words[1:]):
        completed.append(word)
        if word == "--ray" and (following is None or not _is_address(following)):
            completed.append("local")
    return completed


def _is_address(word: str) -> bool:
    return word in ("auto", "local") or (":" in word and not Path(word).exists())


@exits_cleanly
def main() -> None:
    """Run the command line."""
    app(with_ray_address(sys.argv[1:]))
