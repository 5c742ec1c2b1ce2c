import pandas as pd
import pytest

from hw1.core import layout
from hw1.core.files import read_json, read_parquet, write_parquet
from hw1.submission import check_submission


def test_it_writes_a_submission_and_scores_it(write_project, run_stage):
    root = write_project()
    done = run_stage("submit", root)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("submit: 20 rows in data/submit/submission.csv; offline MSE ")
    submitted = check_submission(root / layout.SUBMISSION, list(range(20)))
    assert (root / layout.SUBMISSION).read_text().startswith("id,tested_positive\n0,")

    metrics = read_json(root / layout.SUBMIT_METRICS)
    truth = read_parquet(root / layout.SOLUTION_TABLE)["tested_positive"]
    assert metrics["rows"] == 20
    assert metrics["mean"] == pytest.approx(submitted.mean(), rel=1e-5)
    assert metrics["score"]["all"]["mse"] == pytest.approx(
        ((submitted - truth) ** 2).mean(), rel=1e-5
    )
    assert metrics["score"]["public"]["rows"] == metrics["score"]["private"]["rows"] == 10
    assert metrics["score"]["all"]["skill"] > 0.5


def test_predictions_are_cut_and_counted(write_project, run_stage):
    root = write_project(edition="2021", solved=False)
    params = (root / "params.yaml").read_text().replace("lowest: 0.0", "lowest: 20.0")
    (root / "params.yaml").write_text(params)
    done = run_stage("submit", root)
    assert done.stdout == "submit: 20 rows in data/submit/submission.csv\n"
    predicted = pd.read_csv(root / layout.SUBMISSION)["tested_positive"]
    metrics = read_json(root / layout.SUBMIT_METRICS)
    assert metrics["clipped"] == (predicted == 20.0).sum() > 0
    assert "score" not in metrics


def test_test_rows_out_of_order_leave_the_earlier_submission(write_project, run_stage):
    root = write_project()
    run_stage("submit", root)
    before = (root / layout.SUBMISSION).read_bytes()
    test = read_parquet(root / layout.TEST_TABLE)
    write_parquet(root / layout.TEST_TABLE, test.iloc[::-1])
    done = run_stage("submit", root)
    assert done.returncode == 1
    assert "row 0 has id 19" in done.stderr
    assert (root / layout.SUBMISSION).read_bytes() == before


def test_visible_days_and_held_out_days_tell_the_error_to_expect(write_project, run_stage):
    root = write_project(edition="2021", days=3, solved=False)
    done = run_stage("submit", root)
    assert done.returncode == 0, done.stderr
    assert "data/submit/submission.csv; expect RMSE " in done.stdout
    test = read_parquet(root / layout.TEST_TABLE)
    change = test["tested_positive_day2"] - test["tested_positive_day1"]
    expected = read_json(root / layout.SUBMIT_METRICS)["expected"]
    assert expected["metric"] == "rmse"
    assert expected["value"] == pytest.approx(((change**2).mean() / 4) ** 0.5, rel=1e-5)
    assert expected["persistence"] == pytest.approx(2 * expected["value"], rel=1e-5)
    assert expected["low"] < expected["value"] < expected["high"]
    assert expected["confidence"] == 0.9


def test_without_held_out_later_days_nothing_is_expected(write_project, run_stage):
    root = write_project(days=3, method="state")
    params = (root / "params.yaml").read_text()
    (root / "params.yaml").write_text(params.replace("[forward, blocks, random]", "[random]"))
    assert run_stage("evaluate", root).returncode == 0
    done = run_stage("submit", root)
    assert done.returncode == 0, done.stderr
    assert "expect" not in done.stdout
    assert "expected" not in read_json(root / layout.SUBMIT_METRICS)
