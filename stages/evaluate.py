"""evaluate: how wrong the models are on rows that they have not seen."""

from hw1 import layout
from hw1.entry import exits_cleanly
from hw1.evaluation.breakdown import by_level, by_state
from hw1.evaluation.held_out import time_table
from hw1.evaluation.report import evaluation_line, evaluation_metrics
from hw1.evaluation.validation import validate
from hw1.files import read_parquet, write_csv, write_metrics
from hw1.params.base import load_section
from hw1.params.evaluate import EvaluateParams
from hw1.params.ingest import IngestParams
from hw1.predictor import load_predictors

TABLE_DIGITS = 6


@exits_cleanly
def main() -> None:
    """Predict every fold's validation rows; write errors, breakdowns and predictions."""
    params = load_section("evaluate", EvaluateParams)
    ingest = load_section("ingest", IngestParams)
    validation = validate(
        read_parquet(layout.TRAIN_TABLE),
        read_parquet(layout.FOLDS_TABLE),
        load_predictors(layout.FEATURES_FILE, layout.MODEL_FOLDER),
    )
    metrics = evaluation_metrics(validation, params, ingest.edition, ingest.split.method)

    write_csv(layout.PREDICTIONS, validation.scored, TABLE_DIGITS)
    held_out = time_table(validation.scored, ingest.split.method)
    write_csv(layout.HELD_OUT_TIME, held_out, TABLE_DIGITS)
    write_csv(layout.BY_STATE, by_state(validation.scored), TABLE_DIGITS)
    write_csv(layout.BY_LEVEL, by_level(validation.scored, params.levels), TABLE_DIGITS)
    write_metrics(layout.EVALUATE_METRICS, metrics)
    print(f"evaluate: {evaluation_line(metrics)}")


if __name__ == "__main__":
    main()
