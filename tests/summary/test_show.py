import copy
import io
from pathlib import Path
from typing import Any

import pytest

from hw1.core.errors import DataError
from hw1.core.files import write_metrics
from hw1.references import reference_metrics
from hw1.summary.show import print_summary, summary_text

EVALUATED: dict[str, Any] = {
    "edition": "sample",
    "split": {"method": "forward", "leaks": False, "label": "forward"},
    "main": {"metric": "mse", "value": 1.30211, "low": 1.1149, "high": 1.521},
    "valid": {"rows": 540, "mse": 1.30211, "rmse": 1.1411, "skill": 0.0812},
    "persistence": {"mse": 1.4172, "rmse": 1.1905},
    "seeds": {"members": 8, "mse_mean": 1.3507, "mse_deviation": 0.0213},
    "bootstrap": {"confidence": 0.9, "states": 40},
}
EXPECTED = {
    "metric": "mse",
    "value": 1.29,
    "low": 1.1,
    "high": 1.513,
    "confidence": 0.9,
    "persistence": 1.41,
    "skill": 0.0851,
}
PART = {"mse": 1.2, "rmse": 1.0954, "persistence_mse": 1.5, "persistence_rmse": 1.2247}
SUBMITTED: dict[str, Any] = {
    "rows": 1078,
    "clipped": 0,
    "mean": 15.2,
    "metric": "mse",
    "score": {
        "public": {"rows": 539, **PART, "skill": 0.2},
        "private": {"rows": 539, **PART, "mse": 1.6, "skill": -0.0667},
        "all": {"rows": 1078, **PART, "mse": 1.4, "skill": 0.0667},
    },
}


def project(root: Path, evaluated: dict[str, Any], submitted: dict[str, Any]) -> Path:
    write_metrics(root / "metrics/evaluate.json", evaluated)
    write_metrics(root / "metrics/submit.json", submitted)
    write_metrics(root / "metrics/train.json", {"model": "mlp"})
    return root


def line_with(text: str, words: str) -> str:
    return next(line for line in text.splitlines() if words in line)


def test_it_shows_variant_errors_and_where_things_are(tmp_path):
    text = summary_text(project(tmp_path, EVALUATED, SUBMITTED))
    variant = line_with(text, "edition")
    assert all(word in variant for word in ("sample", "mlp", "forward"))
    validation = line_with(text, "validation")
    assert all(word in validation for word in ("1.302", "[1.11, 1.52]", "1.417", "+8.1 %"))
    assert "90 % interval" in text
    assert "+/- 0.02130" in line_with(text, "one of 8 seeds")
    assert "1.200" in line_with(text, "leaderboard, public")
    assert "-6.7 %" in line_with(text, "leaderboard, private")
    assert "data/submit/submission.csv (1,078 rows)" in text
    assert "hw1 ui" in text
    assert "Kaggle" not in text


def test_other_splits_are_shown_and_a_failed_gate_stands_out(tmp_path):
    seen = {"mse": 0.4, "rmse": 0.63, "skill": 0.63, "persistence_mse": 1.1, "leaks": True}
    schemes = {
        "forward": seen
        | {"mse": 1.302, "skill": 0.0812, "leaks": False, "seen_share": 0.0, "label": "forward"},
        "random": seen | {"seen_share": 0.94, "label": "random (leaks)"},
    }
    gate = {"verdict": "fails", "mse": 41.9, "ratio": 27.4, "fraction": 0.2, "tolerance": 2.0}
    found = {"schemes": schemes, "optimism": {"skill": 0.55}, "extrapolation": gate}
    text = summary_text(project(tmp_path, EVALUATED | found, SUBMITTED))
    assert "0.4000" in line_with(text, "by random (leaks)")
    assert "by forward" not in text
    assert "a random split says MSE 0.4000" in line_with(text, "optimism")
    assert "94%" in text
    assert "fails" in line_with(text, "extrapolation")
    assert "27.4 times" in " ".join(text.split())


def test_it_shows_what_to_expect_on_the_test_set_where_that_is_told(tmp_path):
    text = summary_text(project(tmp_path, EVALUATED, {**SUBMITTED, "expected": EXPECTED}))
    line = line_with(text, "test set, expected")
    assert all(word in line for word in ("1.290", "[1.10, 1.51]", "1.410", "+8.5 %"))
    assert text.index("validation,") < text.index("test set,") < text.index("leaderboard, public")
    assert "expected" not in summary_text(project(tmp_path, EVALUATED, SUBMITTED))


@pytest.mark.parametrize("edition", ["2021", "2022", "2023"])
def test_references_are_named_as_measured_elsewhere(tmp_path, edition):
    evaluated = {**EVALUATED, "edition": edition, "references": reference_metrics(edition)}
    text = summary_text(project(tmp_path, evaluated, {"rows": 893, "clipped": 0, "mean": 9.0}))
    assert "measured on Kaggle's full test set" in text
    assert "strong" in text
    assert "leaderboard" not in text


def test_an_edition_judged_by_rmse_shows_rmse(tmp_path):
    main = {"metric": "rmse", "value": 1.1411, "low": 1.05, "high": 1.23}
    text = summary_text(project(tmp_path, {**EVALUATED, "main": main}, SUBMITTED))
    assert "RMSE" in text
    assert "1.191" in line_with(text, "validation") or "1.190" in line_with(text, "validation")
    assert "1.095" in line_with(text, "leaderboard, public")
    assert "(MSE)" in line_with(text, "seeds")


def test_a_leaking_split_is_marked_with_its_score(tmp_path):
    split = {"method": "random", "leaks": True, "label": "random (leaks)"}
    text = summary_text(project(tmp_path, {**EVALUATED, "split": split}, SUBMITTED))
    assert "random (leaks)" in line_with(text, "1.302")
    assert "also in training rows" in text


def test_linked_windows_are_marked_with_every_score(tmp_path):
    label = "random (leaks), transductive"
    split = {"method": "random", "leaks": True, "transductive": True, "label": label}
    text = summary_text(project(tmp_path, {**EVALUATED, "split": split}, SUBMITTED))
    assert "random (leaks)" in line_with(text, "1.302")
    assert "transductive" in line_with(text, "error on")
    assert "no forecast" in text
    assert max(len(line) for line in text.splitlines()) <= 80


def test_it_fits_eighty_columns_and_piped_text_has_no_colour(tmp_path, capsys):
    evaluated = copy.deepcopy(EVALUATED) | {"references": reference_metrics("2022")}
    evaluated["split"] = {"method": "random", "leaks": True, "label": "random (leaks)"}
    evaluated["main"] |= {"value": 1234.56, "low": 987.65, "high": 2345.67}
    evaluated["valid"]["skill"] = -870.5
    print_summary(project(tmp_path, evaluated, SUBMITTED))
    text = capsys.readouterr().out
    assert "\x1b" not in text
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "…" not in text
    assert summary_text(tmp_path) == text


def test_a_terminal_without_unicode_can_show_it(tmp_path, monkeypatch):
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", terminal)
    print_summary(project(tmp_path, EVALUATED, SUBMITTED))
    terminal.flush()
    assert b"validation, forward" in terminal.buffer.getvalue()


def test_without_intervals_and_skill_it_still_reads(tmp_path):
    evaluated = copy.deepcopy(EVALUATED)
    del evaluated["main"]["low"], evaluated["main"]["high"], evaluated["valid"]["skill"]
    evaluated["seeds"] = {"members": 1, "mse_mean": 1.3}
    text = summary_text(project(tmp_path, evaluated, SUBMITTED))
    assert "1.302" in line_with(text, "validation")
    assert "seeds" not in text


@pytest.mark.fault("older files")
def test_missing_or_older_metrics_say_what_to_do(tmp_path):
    with pytest.raises(DataError, match="dvc repro"):
        summary_text(tmp_path)
    project(tmp_path, {"edition": "sample"}, SUBMITTED)
    with pytest.raises(DataError, match="dvc repro"):
        summary_text(tmp_path)
