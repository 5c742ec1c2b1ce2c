"""submit: a file that Kaggle accepts, scored offline where the solution is known."""

from hw1 import layout
from hw1.entry import exits_cleanly
from hw1.evaluation.labels import TRANSDUCTIVE, is_transductive
from hw1.evaluation.leaderboard import leaderboard, leaderboard_line
from hw1.files import read_parquet, write_metrics
from hw1.linked import with_neighbours
from hw1.params.base import load_section
from hw1.params.ingest import IngestParams
from hw1.params.submit import SubmitParams
from hw1.predictor import submission_predictor
from hw1.references import own_metric
from hw1.submission import check_submission, clip, require_ordered_ids, write_submission


@exits_cleanly
def main() -> None:
    """Predict the test rows, write the submission, read it back and score it."""
    params = load_section("submit", SubmitParams)
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
    metrics = {"rows": len(ids), "clipped": clipped, "mean": float(submitted.mean())}
    known_score = {"metric": metric, "score": score} if score else {}
    label = {TRANSDUCTIVE: True} if is_transductive(structure.link) else {}
    write_metrics(layout.SUBMIT_METRICS, {**metrics, **known_score, **label})
    line = ", ".join([f"submit: {len(ids):,} rows in {layout.SUBMISSION}", *label])
    print(f"{line}; {leaderboard_line(score, metric)}" if score else line)


if __name__ == "__main__":
    main()
