"""submit: a file that Kaggle accepts, scored offline where the solution is known."""

from typing import Any

from hw1.core import layout
from hw1.core.entry import exits_cleanly
from hw1.core.files import read_csv, read_json, read_parquet, write_metrics
from hw1.core.sections import load_section
from hw1.core.survey import TRANSDUCTIVE
from hw1.evaluation.expected import expected_error, expected_line
from hw1.evaluation.held_out import held_out_sums
from hw1.evaluation.labels import is_transductive
from hw1.evaluation.leaderboard import leaderboard, leaderboard_line
from hw1.linked import with_neighbours
from hw1.params.evaluate import EvaluateParams
from hw1.params.ingest import IngestParams
from hw1.params.submit import SubmitParams
from hw1.predictor import submission_predictor
from hw1.references import own_metric
from hw1.submission import check_submission, clip, require_ordered_ids, write_submission

Metrics = dict[str, Any]


@exits_cleanly
def main() -> None:
    """Predict the test rows, write the submission, read it back, estimate its error, score it."""
    params = load_section("submit", SubmitParams)
    confidence = load_section("evaluate", EvaluateParams).confidence
    metric = own_metric(load_section("ingest", IngestParams).edition)
    test = read_parquet(layout.TEST_TABLE)
    ids = test["id"].tolist()
    require_ordered_ids(ids, str(layout.TEST_TABLE))

    predictor = submission_predictor(layout.FEATURES_FILE, layout.MODEL_FOLDER)
    structure, links = predictor.structure, read_parquet(layout.LINKS_TABLE)
    windows = with_neighbours(test, test, links[links["fold"] == layout.TEST], structure)
    outputs = predictor.predict(windows).mean(axis=0)
    predicted, clipped = clip(outputs, params.lowest, params.highest)
    write_submission(layout.SUBMISSION, ids, predicted)
    submitted = check_submission(layout.SUBMISSION, ids)

    score = leaderboard(
        ids, submitted, test[structure.known_column], read_parquet(layout.SOLUTION_TABLE)
    )
    metrics: Metrics = {"rows": len(ids), "clipped": clipped, "mean": float(submitted.mean())}
    lines = [f"submit: {len(ids):,} rows in {layout.SUBMISSION}"]
    if is_transductive(structure.link):
        metrics[TRANSDUCTIVE] = True
        lines.append(TRANSDUCTIVE)
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
    write_metrics(layout.SUBMIT_METRICS, metrics)
    print("; ".join(lines))


if __name__ == "__main__":
    main()
