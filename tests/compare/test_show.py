import dataclasses
import io

import numpy as np
import pytest

from hw1.compare.difference import compare
from hw1.compare.show import comparison_text, print_comparison


def line_with(text, words):
    return next(line for line in text.splitlines() if words in line)


@pytest.fixture
def comparison(better):
    return compare(*better)


def test_the_first_line_says_who_wins_and_the_next_who_is_who(comparison):
    first, _, a, b, *_ = comparison_text(comparison).strip().splitlines()
    assert first.strip() == comparison.verdict
    assert all(word in a for word in ("A", "old", "sample, mlp, forward", "MSE 1."))
    assert all(word in b for word in ("B", "new", "sample, lasso, forward", "MSE 0."))


def test_sections_stand_in_their_order(comparison):
    text = comparison_text(comparison)
    sections = [
        comparison.verdict,
        "train.model",
        "the same 2 features",
        "validation MSE",
        "predictions (percent)",
        "nearer to the truth",
    ]
    places = [text.index(words) for words in sections]
    assert places == sorted(places)


def test_the_main_metric_has_both_values_and_the_interval(comparison):
    line = line_with(comparison_text(comparison), "validation MSE")
    assert line.count("[") == line.count("]") == 1
    assert "90 % interval" in comparison_text(comparison)
    assert f"{comparison.paired.loss_b:.4f}" in line


@pytest.mark.parametrize("width", [80, 120])
def test_it_keeps_its_width_and_cuts_no_word(better, width):
    a, b = better
    long = "train.hist_gradient_boosting.learning_rate"
    b = dataclasses.replace(
        b,
        name="0123456789abcdef0123456789abcdef",
        parameters=b.parameters | {long: 0.05, "features.names": [f"name_{n}" for n in range(90)]},
        features={f"hh_cmnty_cli_day{day}_change": 1 / (day + 1) for day in range(70)},
    )
    text = comparison_text(compare(a, b), width)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    assert long in text
    assert b.name in text
    assert "and 78 more]" in text.replace("\n", " ").replace("  ", "")  # names, cut after 12
    assert "and 60 more" in text


def test_long_lists_are_cut_unless_all_is_asked_for(better):
    a, b = better
    many = {f"train.knob_{number:02}": number for number in range(37)}
    features = {f"feature_{number}": float(number) for number in range(40)}
    a = dataclasses.replace(a, features=features)
    b = dataclasses.replace(
        b,
        parameters=a.parameters | many,
        features={name: score + 1 + score / 9 for name, score in features.items()},
    )
    cut, whole = comparison_text(compare(a, b)), comparison_text(compare(a, b), full=True)
    assert "train.knob_19" in cut
    assert "train.knob_20" not in cut
    assert "and 17 more" in cut
    assert "feature_39" in cut
    assert "and 35 more" in cut
    assert "more" not in whole.replace("or more", "")
    assert "train.knob_36" in whole
    assert "feature_0 " in whole


def test_lists_that_differ_beyond_the_cut_are_shown_whole(better):
    a, b = (
        dataclasses.replace(
            side, parameters=side.parameters | {"features.names": [*map(str, range(20)), last]}
        )
        for side, last in zip(better, ("cli", "ili"), strict=True)
    )
    text = comparison_text(compare(a, b))
    assert '"cli"' in text
    assert '"ili"' in text


def test_values_are_written_as_in_params_yaml(better):
    a, b = better
    values = {"train.k": None, "train.refit": True, "train.rate": 1e-05, "train.hidden": [8, 4]}
    text = comparison_text(
        compare(a, dataclasses.replace(b, parameters=a.parameters | values)), width=80
    )
    for key, shown in [("k", "null"), ("refit", "true"), ("rate", "1e-05"), ("hidden", "[8, 4]")]:
        assert line_with(text, f"train.{key} ").rstrip().endswith(shown)
    assert "(absent)" in line_with(text, "train.rate")


def test_identical_variants_are_told_in_one_line(better):
    text = comparison_text(compare(better[0], better[0]))
    assert "the same parameters and results" in text
    assert "validation MSE" not in text
    assert len(text.strip().splitlines()) == 4


def test_other_splits_show_both_values_without_a_difference(better):
    a, b = better
    b = dataclasses.replace(
        b,
        split="blocks",
        predictions=b.predictions.assign(fold=1),
        parameters=b.parameters | {"ingest.split.method": "blocks"},
    )
    text = comparison_text(compare(a, b))
    assert text.strip().startswith("no verdict: A was validated on `forward`, B on `blocks`")
    assert "+" not in line_with(text, "validation MSE")
    assert "predictions (percent)" not in text


def test_folds_are_shown_where_there_are_several(make_side, scored_pair):
    tables = scored_pair(np.random.default_rng(0))
    one = compare(*(make_side(table) for table in tables))
    several = compare(*(make_side(table.assign(fold=table["id"] % 3)) for table in tables))
    assert "fold" not in line_with(comparison_text(one), "predictions (percent)")
    assert "fold" in line_with(comparison_text(several), "predictions (percent)")
    assert max(map(len, comparison_text(several).splitlines())) <= 80


def test_notes_stand_before_the_tables(better):
    a, b = (dataclasses.replace(side, code=code) for side, code in zip(better, "xy", strict=True))
    text = comparison_text(compare(a, b))
    assert text.index("note: A and B were made by other code") < text.index("train.model")


def test_piped_text_has_no_colour(comparison, capsys):
    print_comparison(comparison)
    text = capsys.readouterr().out
    assert "\x1b" not in text
    assert text == comparison_text(comparison)


@pytest.mark.parametrize(("columns", "width"), [("200", 120), ("100", 100), ("40", 80)])
def test_a_terminal_is_used_from_80_to_120_columns(better, monkeypatch, capsys, columns, width):
    monkeypatch.setenv("COLUMNS", columns)
    a, b = better
    features = {f"feature_{number}": 1.0 for number in range(60)}
    print_comparison(compare(a, dataclasses.replace(b, features=features)))
    longest = max(len(line.rstrip()) for line in capsys.readouterr().out.splitlines())
    assert width - 15 < longest <= width


def test_a_terminal_without_unicode_can_show_it(comparison, monkeypatch):
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", terminal)
    print_comparison(comparison)
    terminal.flush()
    assert b"validation MSE" in terminal.buffer.getvalue()


def test_sides_without_results_still_compare_parameters(make_side):
    a, b = (
        dataclasses.replace(make_side(None, {"train.model": model}), metrics={}, features={})
        for model in ("mlp", "ridge")
    )
    text = comparison_text(compare(a, b))
    assert "ridge" in line_with(text, "train.model")
    assert "neither has metrics" in text
