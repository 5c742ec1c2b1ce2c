"""Does the expected test error hold? Coverage and width on simulated editions with known truth.

Every edition is fitted and predicted with the pipeline's own functions and the shipped parameters
(split `forward`); the truth of its test rows then tells whether the interval held it. Editions of
real data, if at hand, are cut in time: the last windows of every chain serve as a test set.

    python bench/expected.py                       simulated editions
    python bench/expected.py --real FOLDER         the real editions in FOLDER as well
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import mean, median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "tests")]

import numpy as np
from expected_support import Labelled, fitted_errors, simulated

from hw1.core.sections import read_params
from hw1.evaluation.expected import Expected, expected_error
from hw1.ingest.chains import find_chains
from hw1.ingest.reading import read_edition
from hw1.simulate import SimulationConfig
from hw1.simulate.config import state_names

CONFIDENCE = 0.9
FIRST_SEED = 50_000  # the method was chosen on editions of other seeds
SAMPLE = SimulationConfig()
SETTINGS = {
    "as the sample": SAMPLE,
    "3 days": replace(SAMPLE, days=3, test_rows=900),
    "12 states": replace(SAMPLE, states=state_names(12), train_rows=800, test_rows=320),
    "400 test rows": replace(SAMPLE, test_rows=400),
    "twice the days": SAMPLE.scaled(2),
}
RUNS = [  # setting, model, share of the editions
    ("as the sample", "lasso", 1.0),
    ("as the sample", "mlp", 0.5),
    ("3 days", "lasso", 0.5),
    ("12 states", "lasso", 0.5),
    ("400 test rows", "lasso", 0.5),
    ("twice the days", "lasso", 0.25),
    ("as the sample", "extra_trees on the level", 0.05),
]
CUTS = [(0.4, 0.4), (0.5, 0.3), (0.6, 0.2)]  # train on the first share, test on the last


def judged(expected: Expected, truth: float) -> dict[str, float]:
    """One estimate against the error that came out (squared percentage points)."""
    bounds = expected.interval(CONFIDENCE)
    assert bounds is not None
    low, high = bounds
    return {
        "expected": expected.mse,
        "low": low,
        "high": high,
        "truth": truth,
        "inside": float(low <= truth <= high),
        "above": float(truth > high),
        "below": float(truth < low),
    }


def overridden(model: str) -> dict[str, Any]:
    """The shipped parameters with the split `forward` and another model."""
    params = read_params(ROOT / "params.yaml")
    params["ingest"]["split"] |= {"method": "forward", "fraction": 0.2}
    name, _, target = model.partition(" on the ")
    params["train"] |= {"model": name} | ({"target": target} if target else {})
    return params


def simulated_rows(setting: str, model: str, editions: int) -> list[dict[str, float]]:
    """Estimates for editions that nothing was chosen on."""
    rows = []
    for seed in range(FIRST_SEED, FIRST_SEED + editions):
        data = simulated(replace(SETTINGS[setting], seed=seed))
        held_out, truth = fitted_errors(data, overridden(model))
        expected = expected_error(held_out, data.test, data.structure)
        assert expected is not None
        rows.append(judged(expected, truth))
    return rows


def cut_in_time(folder: Path, first: float, last: float) -> Iterator[Labelled]:
    """Train on the first days of every chain; test on separate windows of the last, D ways."""
    edition = read_edition(folder)
    chains = find_chains(edition.train, edition.structure)
    rows = edition.train.join(chains)
    position = rows["position"].to_numpy()
    lengths = rows.groupby("chain")["position"].transform("max").to_numpy() + 1
    start = np.ceil(lengths * (1 - last))
    train = rows[position < np.floor(lengths * first)]
    for offset in range(edition.structure.days):
        apart = (position - start) % edition.structure.days == offset
        yield Labelled(edition.structure, train, rows[(position >= start) & apart])


def real_rows(folder: Path, model: str) -> list[dict[str, Any]]:
    """Estimates for the real chains' last windows; ways to cut share days, so they go together."""
    rows = []
    for first, last in CUTS:
        for data in cut_in_time(folder, first, last):
            held_out, truth = fitted_errors(data, overridden(model))
            expected = expected_error(held_out, data.test, data.structure)
            assert expected is not None
            cut = {"train": first, "test": last, "rows": len(data.test)}
            rows.append(cut | judged(expected, truth))
    return rows


def summary(rows: list[dict[str, Any]]) -> dict[str, float]:
    """Coverage, width and bias over editions."""
    logs = [np.log(row["truth"] / row["expected"]) for row in rows]
    return {
        "editions": len(rows),
        "coverage": mean(row["inside"] for row in rows),
        "above": mean(row["above"] for row in rows),
        "below": mean(row["below"] for row in rows),
        "high_to_low": median(row["high"] / row["low"] for row in rows),
        "truth_to_expected": median(row["truth"] / row["expected"] for row in rows),
        "log_deviation": float(np.sqrt(mean(log**2 for log in logs))),
    }


def table(results: list[dict[str, Any]], first: str) -> str:
    """A Markdown table: one row a setting and model."""
    head = [first, "model", "cases", "inside", "above", "below", "high / low", "truth / expected"]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for result in results:
        shares = [f"{100 * result[name]:.0f} %" for name in ("coverage", "above", "below")]
        ratios = [f"{result[name]:.2f}" for name in ("high_to_low", "truth_to_expected")]
        cells = [result["setting"], result["model"], str(result["editions"]), *shares, *ratios]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print as it goes, and write the tables and their figures beside this file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--real", type=Path, default=os.environ.get("HW1_REAL"))
    parser.add_argument("--editions", type=int, default=200)
    arguments = parser.parse_args()
    results: dict[str, list[dict[str, Any]]] = {"simulated": [], "real": []}
    for setting, model, share in RUNS:
        started = time.perf_counter()
        rows = simulated_rows(setting, model, max(1, round(share * arguments.editions)))
        results["simulated"].append({"setting": setting, "model": model} | summary(rows))
        seconds = time.perf_counter() - started
        print(results["simulated"][-1], f"{seconds:.0f} s", flush=True)
    for folder in sorted(Path(arguments.real).resolve().iterdir()) if arguments.real else []:
        for model in ("lasso", "mlp"):
            rows = real_rows(folder, model)
            results["real"].append({"setting": folder.name, "model": model} | summary(rows))
            print(results["real"][-1], flush=True)
    text = (
        f"Intervals of {100 * CONFIDENCE:g} % for the MSE on the test set: how often the truth "
        "lay inside, above and below; medians of the bounds' ratio and of truth / expected.\n\n"
        + table(results["simulated"], "simulated editions")
    )
    if results["real"]:
        text += (
            "\nReal training chains cut in time: fitted on their first 40, 50 or 60 %, tested on "
            "separate windows of their last 40, 30 or 20 %, in D ways each. Cases share days.\n\n"
            + table(results["real"], "edition")
        )
    print(text)
    (ROOT / "bench/expected.md").write_text(text)
    (ROOT / "bench/expected.json").write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
