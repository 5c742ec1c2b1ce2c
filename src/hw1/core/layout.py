"""Where every stage's files lie, relative to the project's root."""

from pathlib import Path

RAW = Path("data/raw")

CHECK_FILE = Path("data/check/params.json")
DIGEST_FILE = Path("data/check/digest.json")

STRUCTURE = Path("data/ingest/structure.json")
TRAIN_TABLE = Path("data/ingest/train.parquet")
TEST_TABLE = Path("data/ingest/test.parquet")
FOLDS_TABLE = Path("data/ingest/folds.parquet")
LINKS_TABLE = Path("data/ingest/links.parquet")
SOLUTION_TABLE = Path("data/ingest/solution.parquet")
INGEST_METRICS = Path("metrics/ingest.json")

FEATURES_FILE = Path("data/features/features.json")
DESIGN_FOLDER = Path("data/features/design")
FEATURES_METRICS = Path("metrics/features.json")

MODEL_FOLDER = Path("data/train")
TRAIN_METRICS = Path("metrics/train.json")
CURVE_FILE = Path("metrics/train/curve.csv")

PREDICTIONS = Path("data/evaluate/predictions.csv")
HELD_OUT = Path("data/evaluate/held_out.csv")
EVALUATE_METRICS = Path("metrics/evaluate.json")
BY_STATE = Path("metrics/evaluate/by_state.csv")
BY_LEVEL = Path("metrics/evaluate/by_level.csv")
CALIBRATION = Path("metrics/evaluate/calibration.csv")

TRACK_FILE = Path("data/track/variant.json")

SUBMISSION = Path("data/submit/submission.csv")
SUBMIT_METRICS = Path("metrics/submit.json")

REPORT_FOLDER = Path("data/report")  # no stage's: pages that somebody asked for
REPORT_ARTIFACT = "report.html"  # a run's page among its artifacts

FINAL = "final"  # the fold that is fitted on every row
TEST = "test"  # the links of the test rows, beside those of every fold


def fold_order(fold: str) -> tuple[bool, int, str]:
    """A key that sorts folds' names: by number, then what is no number."""
    return (not fold.isdecimal(), int(fold) if fold.isdecimal() else 0, fold)
