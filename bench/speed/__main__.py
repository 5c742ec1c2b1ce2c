"""Measure speed: `make bench`, or `python -m bench.speed` for more choice.

python -m bench.speed                          all parts, on the sample
python -m bench.speed --real FOLDER            pipelines on FOLDER/2022
python -m bench.speed --parts loop stages      these parts anew; the others' figures stay
python -m bench.speed --quick --out FOLDER     does it work? no measurement

Without --real, the environment's HW1_REAL is that folder.
"""

import argparse
import os
from importlib import import_module
from pathlib import Path

from bench.speed import ROOT
from bench.speed.report import HEADINGS, part_entry, to_stdout, write_report
from bench.speed.setting import REAL, Setting

REPETITIONS = 5


def main() -> None:
    """Measure part after part; each is written as soon as it is done."""
    arguments = _arguments()
    repetitions = arguments.repetitions or (1 if arguments.quick else REPETITIONS)
    setting = Setting(arguments.quick, repetitions, arguments.real)
    for part in arguments.parts:
        tables = import_module(f"bench.speed.{part}").measure(setting)
        entry = part_entry(tables, setting)
        write_report(arguments.out, part, entry)
        to_stdout(part, entry)


def _arguments() -> argparse.Namespace:
    real = os.environ.get("HW1_REAL")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", nargs="+", choices=list(HEADINGS), default=list(HEADINGS))
    parser.add_argument("--real", type=Path, default=real, help="folder that holds 2022/")
    parser.add_argument("--repetitions", type=int, help=f"of every figure; else {REPETITIONS}")
    parser.add_argument("--quick", action="store_true", help="small data, few steps")
    parser.add_argument("--out", type=Path, default=ROOT / "bench", help="folder of the report")
    arguments = parser.parse_args()
    if arguments.quick and arguments.out == ROOT / "bench":
        parser.error("--quick measures nothing worth keeping; give --out FOLDER")
    if arguments.real is not None and not (arguments.real / REAL).is_dir():
        parser.error(f"{arguments.real} holds no folder {REAL}")
    return arguments


if __name__ == "__main__":
    main()
