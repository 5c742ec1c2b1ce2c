"""The command `hw1`: what stands beside the DVC pipeline."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from hw1.entry import exits_cleanly

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
) -> None:
    """Bring an edition's CSV files into data/raw/, checked and tracked by DVC."""
    from hw1.fetch import fetch_edition

    fetched = fetch_edition(edition, source, Path.cwd(), competition)
    rows, test_rows = len(fetched.edition.train), len(fetched.edition.test)
    print(f"{edition}: {rows} training and {test_rows} test rows, checked and tracked by DVC")
    print(f"use it: dvc exp run -S ingest.edition={edition}")


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
    from hw1.params.base import parse_params, read_params
    from hw1.params.restore import committed_text
    from hw1.variants import find_variant, require_known_keys, variant_overrides

    current = read_params()
    text = committed_text()
    committed = current if text is None else parse_params(text)
    overrides = variant_overrides(find_variant(variant), committed, current)
    require_known_keys(set_param or [], committed)
    overrides += set_param or []
    command = [sys.executable, "-m", "dvc", "exp", "run"]
    command += [word for override in overrides for word in ("-S", override)]
    command += ["--queue"] * queue + ["--temp"] * temp
    raise SystemExit(subprocess.run(command, check=False, env=_own_programs_first()).returncode)


def _own_programs_first() -> dict[str, str]:
    """An environment in which stages and queue workers run under this very Python."""
    programs = str(Path(sys.executable).parent)
    return os.environ | {"PATH": os.pathsep.join([programs, os.environ.get("PATH", "")])}


@app.command()
def variants() -> None:
    """List the shipped variants."""
    from rich.console import Console
    from rich.table import Table

    from hw1.variants import DEFAULT, read_variants

    table = Table("variant", "about", box=None)
    for entry in [DEFAULT, *read_variants().values()]:
        table.add_row(entry.name, entry.about)
    Console().print(table)


@app.command()
def summary() -> None:
    """Show what the variant in the workspace scores."""
    from hw1.summary import print_summary

    print_summary(Path.cwd())


@app.command()
def check(
    submission: Annotated[Path, typer.Argument(help="A CSV file: id,tested_positive.")],
) -> None:
    """Check that Kaggle would accept a submission for the edition in the workspace."""
    from hw1 import layout
    from hw1.files import read_parquet
    from hw1.submission import check_submission

    test_ids = read_parquet(layout.TEST_TABLE)["id"].to_numpy()
    check_submission(submission, test_ids)
    print(f"{submission}: {len(test_ids)} rows, ids complete and in order, values in range")


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
def ui(
    port: Annotated[int, typer.Option(help="Port on this machine.")] = 5000,
) -> None:
    """Open MLflow's UI on loopback, on the project's runs."""
    from hw1.tracking.ui import serve

    serve(port)


@exits_cleanly
def main() -> None:
    """Run the command line."""
    app()
