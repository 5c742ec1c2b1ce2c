"""What every shipped variant scores: mean and deviation over seeds, on honest validation.

Runs the pipeline's own stages in a temporary folder, with the `blocks` split for all variants, so
that all errors are on the same rows; the sample is scored against its solution too. Seconds are
those of fitting one fold on one core, the least of two fits.

    python bench/variants.py                       the sample
    python bench/variants.py --real FOLDER         the real editions in FOLDER as well
    python bench/variants.py --variants NAME ...   measure these again, keep the other rows
"""

import argparse
import contextlib
import io
import json
import os
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from statistics import mean, stdev
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from hw1.core.layout import DESIGN_FOLDER
from hw1.core.sections import read_params
from hw1.models.design import read_designs
from hw1.models.fold import fit_fold
from hw1.models.threads import bounded_threads
from hw1.params.train import TrainParams
from hw1.variants import DEFAULT, ShippedVariant, overridden, read_variants

STAGES = ("ingest", "features", "train", "evaluate", "submit")


def run_stages(params: dict[str, Any]) -> dict[str, Any]:
    """Run all stages in the current folder and return what they measured."""
    Path("params.yaml").write_text(json.dumps(params))
    for stage in STAGES:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            import_module(f"stages.{stage}").main()
    evaluated = json.loads(Path("metrics/evaluate.json").read_text())
    submitted = json.loads(Path("metrics/submit.json").read_text())
    result = {"mse": evaluated["valid"]["mse"], "skill": evaluated["valid"].get("skill", 0.0)}
    if "score" in submitted:
        result["test_mse"] = submitted["score"]["all"]["mse"]
    return result


def fit_seconds(params: dict[str, Any]) -> float:
    """Seconds to fit the first fold that the stages left in the current folder."""
    train = TrainParams(**params)
    design = read_designs(DESIGN_FOLDER)["0"]
    seconds = []
    with bounded_threads(train):
        for _ in range(2):
            started = time.perf_counter()
            fit_fold(train, design)
            seconds.append(time.perf_counter() - started)
    return min(seconds)


def params_of(edition: str, variant: ShippedVariant) -> dict[str, Any]:
    """The content of params.yaml for a variant that is judged by `blocks` alone."""
    content = overridden(read_params(ROOT / "params.yaml"), variant)
    content["ingest"]["edition"] = edition
    content["ingest"]["split"] |= {"method": "blocks", "folds": 3}
    content["evaluate"]["schemes"] = []
    return content


def measure(edition: str, variant: ShippedVariant, seeds: int) -> dict[str, Any]:
    """Run one variant with several disjoint sets of seeds."""
    content = params_of(edition, variant)
    train = content["train"]
    first, members = train["seed"], train["seeds"]
    runs = []
    for repeat in range(seeds if TrainParams(**train).random else 1):
        train["seed"] = first + repeat * members
        runs.append(run_stages(content))
    name = {"variant": variant.name, "edition": edition, "seeds": len(runs)}
    return name | summarise(runs) | {"fit_seconds": fit_seconds(train)}


def summarise(runs: list[dict[str, Any]]) -> dict[str, float]:
    """Mean and deviation of every figure."""
    summary = {}
    for name in runs[0]:
        values = [run[name] for run in runs]
        summary[name] = mean(values)
        if len(values) > 1:
            summary[f"{name}_deviation"] = stdev(values)
    return summary


def table(results: list[dict[str, Any]], editions: list[str]) -> str:
    """A Markdown table: one row a variant, one column an edition."""
    names = list(dict.fromkeys(result["variant"] for result in results))
    by_place = {(result["variant"], result["edition"]): result for result in results}
    head = ["variant", *(f"{edition}: MSE (skill)" for edition in editions)]
    if "sample" in editions:
        head.append("sample: leaderboard MSE")
    head.append("s a fit")
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for name in names:
        cells = [name, *(_cell(by_place[name, edition]) for edition in editions)]
        if "sample" in editions:
            cells.append(_value(by_place[name, "sample"], "test_mse"))
        seconds = by_place[name, editions[-1]].get("fit_seconds")
        cells.append("" if seconds is None else f"{seconds:.2f}")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _cell(result: dict[str, Any]) -> str:
    return f"{_value(result, 'mse')} ({100 * result['skill']:+.1f} %)"


def _value(result: dict[str, Any], name: str) -> str:
    deviation = result.get(f"{name}_deviation")
    spread = "" if deviation is None else f" ± {deviation:.3f}"
    return f"{result[name]:.3f}{spread}"


def main() -> None:
    """Measure, print as it goes, and write the table and its figures beside this file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--real", type=Path, default=os.environ.get("HW1_REAL"))
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--variants", nargs="*", help="only these")
    arguments = parser.parse_args()
    folders = {"sample": ROOT / "data/raw/sample"}
    if arguments.real:
        folders |= {path.name: path for path in sorted(Path(arguments.real).resolve().iterdir())}
    variants = {DEFAULT.name: DEFAULT} | read_variants(ROOT / "variants.yaml")
    chosen = arguments.variants or list(variants)

    results = []
    with tempfile.TemporaryDirectory() as temporary:
        os.chdir(temporary)
        Path("data/raw").mkdir(parents=True)
        for edition, folder in folders.items():
            Path("data/raw", edition).symlink_to(folder)
        for edition in folders:
            for name in chosen:
                results.append(measure(edition, variants[name], arguments.seeds))
                print({key: value for key, value in results[-1].items() if value != ""}, flush=True)
        os.chdir(ROOT)
    results = _with_earlier(results, set(chosen))
    order = {name: place for place, name in enumerate(variants)}
    results.sort(key=lambda row: (list(folders).index(row["edition"]), order[row["variant"]]))
    text = table(results, list(folders))
    print(text)
    (ROOT / "bench/variants.md").write_text(text)
    (ROOT / "bench/variants.json").write_text(json.dumps(results, indent=1) + "\n")


def _with_earlier(results: list[dict[str, Any]], fresh: set[str]) -> list[dict[str, Any]]:
    """What was measured now, and of earlier runs what was not."""
    earlier = json.loads((ROOT / "bench/variants.json").read_text())
    return [row for row in earlier if row["variant"] not in fresh] + results


if __name__ == "__main__":
    main()
