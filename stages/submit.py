"""submit: a file that Kaggle accepts, scored offline where the solution is known."""

from typing import Any

import pandas as pd

from hw1.core import layout
from hw1.core.entry import exits_cleanly
from hw1.core.files import read_csv, read_json, read_parquet, write_metrics
from hw1.core.sections import load_section
from hw1.core.survey import TRANSDUCTIVE, Structure
from hw1.evaluation.expected import expected_error, expected_line
from hw1.evaluation.held_out import held_out_sums
from hw1.evaluation.labels import is_transductive
from hw1.evaluation.leaderboard import (
    leaderboard,
    leaderboard_line,
    probability_line,
    probability_scores,
)
from hw1.evaluation.probabilities import METRIC
from hw1.evaluation.whole_day import day_lines, day_metrics
from hw1.linked import with_neighbours
from hw1.params.evaluate import EvaluateParams
from hw1.params.ingest import IngestParams
from hw1.params.submit import SubmitParams
from hw1.predictor import submission_predictor
from hw1.references import own_metric
from hw1.submission import (
    PROBABILITIES,
    Array,
    check_submission,
    clip,
    require_ordered_ids,
    write_submission,
)
from hw1.target import Rise, WholeDay
from hw1.task_words import question

Metrics = dict[str, Any]


@exits_cleanly
def main() -> None:
    """Predict the test rows, write the submission, read it back, estimate its error, score it."""
    params = load_section("submit", SubmitParams)
    test = read_parquet(layout.TEST_TABLE)
    require_ordered_ids(test["id"].tolist(), str(layout.TEST_TABLE))
    predictor = submission_predictor(layout.FEATURES_FILE, layout.MODEL_FOLDER)
    structure, links = predictor.structure, read_parquet(layout.LINKS_TABLE)
    windows = with_neighbours(test, test, links[links["fold"] == layout.TEST], structure)
    predicted = predictor.predict(windows).mean(axis=0)
    if isinstance(predictor.target, Rise):
        metrics, lines = _submit_probabilities(test, predicted, structure, predictor.target)
    else:
        metrics, lines = _submit_percentages(test, predicted, structure, params)
    if is_transductive(structure.link):
        metrics[TRANSDUCTIVE] = True
        lines.insert(1, TRANSDUCTIVE)
    if isinstance(predictor.target, WholeDay):
        day = predictor.predict_day(windows).mean(axis=0)
        metrics[predictor.target.task] = day_metrics(test, day, structure)
        lines += day_lines(metrics)
    write_metrics(layout.SUBMIT_METRICS, metrics)
    print("; ".join(lines))


def _submit_probabilities(
    test: pd.DataFrame, predicted: Array, structure: Structure, target: Rise
) -> tuple[Metrics, list[str]]:
    """Write probabilities, which Kaggle does not ask for, and score them."""
    ids = test["id"].tolist()
    write_submission(layout.SUBMISSION, ids, predicted, PROBABILITIES)
    submitted = check_submission(layout.SUBMISSION, ids, PROBABILITIES)
    metrics: Metrics = {"rows": len(ids), "mean": float(submitted.mean())}
    lines = [
        f"submit: {len(ids):,} probabilities, {question(target.points)}, in {layout.SUBMISSION}, "
        "which is no submission for Kaggle"
    ]
    share = read_json(layout.EVALUATE_METRICS)["base_rate"]["all_rows"]
    table = pd.DataFrame({"id": ids, "predicted": submitted, "known": test[structure.known_column]})
    score = probability_scores(table, read_parquet(layout.SOLUTION_TABLE), target, share)
    if score:
        metrics |= {"metric": METRIC, "score": score}
        lines.append(probability_line(score))
    return metrics, lines


def _submit_percentages(
    test: pd.DataFrame, outputs: Array, structure: Structure, params: SubmitParams
) -> tuple[Metrics, list[str]]:
    """Write the submission, read it back, estimate its error and score it."""
    confidence = load_section("evaluate", EvaluateParams).confidence
    metric = own_metric(load_section("ingest", IngestParams).edition)
    ids = test["id"].tolist()
    predicted, clipped = clip(outputs, params.lowest, params.highest)
    write_submission(layout.SUBMISSION, ids, predicted)
    submitted = check_submission(layout.SUBMISSION, ids)

    score = leaderboard(
        ids, submitted, test[structure.known_column], read_parquet(layout.SOLUTION_TABLE)
    )
    metrics: Metrics = {"rows": len(ids), "clipped": clipped, "mean": float(submitted.mean())}
    lines = [f"submit: {len(ids):,} rows in {layout.SUBMISSION}"]
    gate = read_json(layout.EVALUATE_METRICS)["extrapolation"]["verdict"]
    metrics["extrapolation"] = gate
    if gate == "fails":
        lines.append("extrapolation: fails")
    held_out = held_out_sums(read_csv(layout.HELD_OUT))
    expected = expected_error(held_out, test, structure)
    if expected is not None:
        metrics["expected"] = expected.metrics(metric, confidence)
        lines.append(expected_line(metrics["expected"]))
    if score:
        metrics |= {"metric": metric, "score": score}
        lines.append(leaderboard_line(score, metric))
    return metrics, lines


if __name__ == "__main__":
    main()
