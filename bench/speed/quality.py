"""Error against seconds: every shipped variant, and what else one would try on the same rows.

Errors are those of `bench/variants.py` with one set of seeds: mean squared errors by the split
`blocks`, all on the same rows. Seconds are those of fitting one fold on one thread, once its design
is made. Rivals are fitted on the default's features and rows.
"""

import contextlib
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from support import SMALL

from bench import variants
from bench.speed.measure import Table, Values, against, alternate
from bench.speed.rivals import Fit, rivals
from bench.speed.setting import SAMPLE, Setting
from hw1.core.layout import DESIGN_FOLDER, FINAL, RAW
from hw1.evaluation.errors import pooled_errors
from hw1.models.design import Design, read_designs
from hw1.models.fold import fit_fold
from hw1.models.problem import Problem, make_problem
from hw1.models.threads import bounded_threads
from hw1.params.train import TrainParams
from hw1.simulate import SimulationConfig, write_edition
from hw1.variants import DEFAULT, ShippedVariant, read_variants

QUICK_VARIANTS = ("default", "persistence", "lasso")
FIRST_FOLD = "0"

Designs = Mapping[str, Design]
Errors = Mapping[str, float]


def measure(setting: Setting) -> list[Table]:
    """Errors and seconds of all variants and rivals."""
    shipped = {DEFAULT.name: DEFAULT} | read_variants(variants.ROOT / "variants.yaml")
    errors: dict[str, Errors] = {}
    contestants: dict[str, Callable[[], float]] = {}
    for name in QUICK_VARIANTS if setting.quick else shipped:
        params, designs, errors[name] = _ran(shipped[name], setting)
        contestants[name] = _timed_variant(params, designs[FIRST_FOLD])
        if name == DEFAULT.name:
            for rival, (target, fit) in rivals().items():
                aimed = params.model_copy(update={"target": target})
                errors[rival] = rival_errors(aimed, designs, fit)
                contestants[rival] = _timed_rival(aimed, designs[FIRST_FOLD], fit)
    values = alternate(contestants, setting.repetitions, warm_up=False)
    order = sorted(values, key=lambda name: errors[name]["mse"])
    title = (
        f"Edition `{setting.edition}`, split `blocks`: mean squared error in squared percentage "
        "points, the share of persistence's error that is saved, seconds to fit one fold. "
        "`linked` fills gaps (transductive): no forecast, and not to be ranked among them."
    )
    notes = {
        "MSE": {name: f"{errors[name]['mse']:.3f}" for name in order},
        "skill": {name: f"{100 * errors[name].get('skill', 0.0):+.1f} %" for name in order},
    }
    ordered: Values = {name: values[name] for name in order}
    return [Table(title, "s a fit", ordered, [against(DEFAULT.name)], notes)]


def _ran(variant: ShippedVariant, setting: Setting) -> tuple[TrainParams, Designs, Errors]:
    """Run a variant's stages in a folder of its own; its parameters, designs and errors."""
    content = variants.params_of(setting.edition, variant)
    with TemporaryDirectory() as temporary, contextlib.chdir(temporary):
        _place_edition(RAW / setting.edition, setting)
        errors = variants.run_stages(content)
        designs = read_designs(DESIGN_FOLDER)
    return TrainParams(**content["train"]), designs, errors


def _place_edition(folder: Path, setting: Setting) -> None:
    if setting.edition == SAMPLE:
        write_edition(folder, SMALL if setting.quick else SimulationConfig())
        return
    assert setting.real is not None
    folder.parent.mkdir(parents=True)
    folder.symlink_to((setting.real / setting.edition).resolve())


def _timed_variant(params: TrainParams, design: Design) -> Callable[[], float]:
    def timed() -> float:
        with bounded_threads(params):
            started = time.perf_counter()
            fit_fold(params, design)
            return time.perf_counter() - started

    return timed


def _timed_rival(params: TrainParams, design: Design, fit: Fit) -> Callable[[], float]:
    def timed() -> float:
        with bounded_threads(params):
            problem = make_problem(params, design)
            started = time.perf_counter()
            fit(problem)
            return time.perf_counter() - started

    return timed


def rival_errors(params: TrainParams, designs: Designs, fit: Fit) -> Errors:
    """Errors over all folds; folds that train on the same rows share a fit."""
    fitted: list[tuple[Problem, Callable[[np.ndarray], np.ndarray]]] = []
    columns: dict[str, list[np.ndarray]] = {
        name: [] for name in ("target", "predicted", "known", "weight")
    }
    for fold, design in designs.items():
        held_out = design.validation
        if fold == FINAL or held_out is None:
            continue
        twins = [pair for pair in fitted if pair[0].design.train.equals(design.train)]
        if not twins:
            problem = make_problem(params, design)
            with bounded_threads(params):
                twins = [(problem, fit(problem))]
            fitted += twins
        problem, predict = twins[0]
        outputs = predict(held_out.x) * problem.deviation + problem.mean
        columns["predicted"].append(problem.target.decode(outputs, held_out.known))
        for name in ("target", "known", "weight"):
            columns[name].append(getattr(held_out, name))
    return pooled_errors(**{name: np.concatenate(parts) for name, parts in columns.items()})
