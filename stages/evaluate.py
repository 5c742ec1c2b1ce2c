"""evaluate: how wrong the models are on rows that they have not seen."""

from typing import Any

from hw1.core import layout
from hw1.core.entry import exits_cleanly
from hw1.core.files import read_parquet, write_csv, write_metrics
from hw1.core.sections import load_section
from hw1.core.survey import TRANSDUCTIVE
from hw1.evaluation.breakdown import by_level, by_state
from hw1.evaluation.calibration import calibration_table
from hw1.evaluation.classification import (
    classification_line,
    classification_metrics,
    scheme_probabilities,
)
from hw1.evaluation.held_out import held_out_table
from hw1.evaluation.labels import is_transductive
from hw1.evaluation.report import evaluation_line, evaluation_metrics
from hw1.evaluation.scheme_metrics import scheme_lines, scheme_metrics
from hw1.evaluation.schemes import Recipe, compare_schemes, extrapolation
from hw1.evaluation.scored import truth_of
from hw1.evaluation.validation import validate
from hw1.evaluation.whole_day import day_lines, held_out_day_metrics
from hw1.models.threads import bounded_threads
from hw1.params.evaluate import EvaluateParams
from hw1.params.features import FeaturesParams
from hw1.params.ingest import IngestParams
from hw1.params.train import TrainParams
from hw1.predictor import load_predictors
from hw1.target import Rise, WholeDay

TABLE_DIGITS = 6


@exits_cleanly
def main() -> None:
    """Predict every fold's validation rows; write errors, breakdowns and predictions."""
    params = load_section("evaluate", EvaluateParams)
    ingest = load_section("ingest", IngestParams)
    train = load_section("train", TrainParams)
    windows, folds = read_parquet(layout.TRAIN_TABLE), read_parquet(layout.FOLDS_TABLE)
    features = load_section("features", FeaturesParams)
    predictors = load_predictors(layout.FEATURES_FILE, layout.MODEL_FOLDER)
    target = next(iter(predictors.values())).target
    structure = next(iter(predictors.values())).structure
    recipe = Recipe(windows, structure, ingest.split, features, train)

    validation = validate(windows, folds, predictors, read_parquet(layout.LINKS_TABLE))
    method, link = ingest.split.method, ingest.link
    with bounded_threads(train):
        schemes = compare_schemes(recipe, folds, validation.scored, params.schemes)
        if isinstance(target, Rise):
            metrics = classification_metrics(validation, params, target, ingest)
            metrics |= scheme_probabilities(schemes, link)
            everywhere = truth_of(windows, structure, target).mean()
            metrics["base_rate"]["all_rows"] = float(everywhere)
        else:
            metrics = evaluation_metrics(validation, params, ingest.edition, method, link)
            metrics |= scheme_metrics(schemes, link)
            metrics["extrapolation"] = extrapolation(recipe, params.gate)
    if isinstance(target, WholeDay):
        metrics["task"] = target.task
        metrics[target.task] = held_out_day_metrics(windows, folds, predictors)

    write_csv(layout.PREDICTIONS, validation.scored, TABLE_DIGITS)
    by_method = {name: each.scored for name, each in schemes.items()}
    held_out = held_out_table(by_method | {method: validation.scored}, link)
    write_csv(layout.HELD_OUT, held_out, TABLE_DIGITS)
    write_csv(layout.BY_STATE, by_state(validation.scored), TABLE_DIGITS)
    write_csv(layout.BY_LEVEL, by_level(validation.scored, params.levels), TABLE_DIGITS)
    write_csv(layout.CALIBRATION, calibration_table(validation.scored, params), TABLE_DIGITS)
    write_metrics(layout.EVALUATE_METRICS, metrics)
    _tell(metrics, link)


def _tell(metrics: dict[str, Any], link: str) -> None:
    main_line = classification_line if metrics.get("task") == Rise.task else evaluation_line
    print(f"evaluate: {main_line(metrics)}")
    for line in day_lines(metrics):
        print(f"evaluate: {line}")
    for line in scheme_lines(metrics):
        print(f"evaluate: {line}" + (f" ({TRANSDUCTIVE})" if is_transductive(link) else ""))


if __name__ == "__main__":
    main()
