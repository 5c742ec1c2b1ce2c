import pytest

from hw1.board.leaderboard import read_leaderboard
from hw1.board.show import leaderboard_text
from hw1.lineage.record import Timing


@pytest.fixture
def text(project):
    def read(*variants, **options):
        for each in variants:
            project.record(each)
        return leaderboard_text(read_leaderboard(project.root), **options)

    return read


def lines_with(text, start):
    return [line for line in text.splitlines() if line.strip().startswith(start)]


def test_a_line_tells_all_of_a_variant(text, variant):
    seeds = {"members": 8, "mse_mean": 1.0, "mse_deviation": 0.01, "ensemble_deviation": 0.0042}
    whole = variant(
        "lasso",
        seeds=seeds,
        test=1.25,
        evaluated={"extrapolation": {"verdict": "fails"}},
        stages={"train": Timing(True, 2.51)},
    )
    shown = text(whole, variant("b", 2.0))
    (line,) = lines_with(shown, "lasso")
    words = line.split()
    assert words[2:] == ["0.0042", *words[3:5], "1.250", "fails", "2.5", "-"]
    assert lines_with(shown, "b ")[0].split()[-1] == "worse"
    assert lines_with(shown, "edition sample")
    assert lines_with(shown, "split forward")
    assert max(map(len, shown.splitlines())) <= 80


def test_columns_that_say_nothing_are_left_out(text, variant):
    (header,) = lines_with(text(variant("a"), variant("b")), "variant")
    assert header.split() == ["variant", "MSE", "skill", "vs", "best"]


def test_what_is_no_forecast_stands_below_with_its_reason(text, variant):
    shown = text(variant("a"), variant("b", 0.1, method="random"), variant("c", transductive=True))
    places = [shown.index(f"split {label}") for label in ("forward", "forward (t", "random (l")]
    assert places == sorted(places)
    assert "too good to trust, not ranked" in shown
    assert "no forecast" in shown


def test_many_variants_are_cut_unless_all_are_asked_for(project, text, variant):
    variants = [variant(f"v{number:02}", 1 + number / 10) for number in range(25)]
    shown = text(*variants)
    assert lines_with(shown, "v19")
    assert not lines_with(shown, "v20")
    assert "and 5 more: `hw1 leaderboard --all`" in shown
    whole = leaderboard_text(read_leaderboard(project.root), everything=True)
    assert lines_with(whole, "v24")


def test_without_a_variant_it_says_what_to_run(text, variant):
    shown = text(variant("a", edition="2022"))
    assert "No variant of edition `sample` yet" in shown
    assert "`--edition 2022`" in shown
    assert "hw1 run NAME" in shown


def test_equal_names_are_told_apart_by_their_keys(text, variant):
    one, other = variant("a"), variant("a", code="other code")
    shown = text(one, other)
    for each in (one, other):
        assert f"a ({each.record.variant.key[:7]})" in shown


def test_long_names_and_brackets_are_shown_whole(text, variant):
    name = "lasso, features.names=[tested_positive_*], optimizer.learning_rate=0.0001, [red]x"
    (found,) = text(variant(name)).split("split forward")[1:]
    assert name.replace(" ", "") in "".join(
        line.split("  ")[0].strip() for line in found.splitlines()[3:8]
    ).replace(" ", "")
    assert "…" not in found


def test_classifications_have_a_table_of_their_own_below(text, variant, classification):
    later = {"train.task": "structured", "features.last_day": False}
    shown = text(
        variant("a"),
        variant("b", 1.2, parameters=later),
        variant("c", 1.3, parameters={"features.last_day": False}),
        classification("flat", 0.66, sharpness=0.1),
        classification("sharp", 0.55, sharpness=2.0),
    )
    percent, share = shown.split("whether positivity rises by more than 0.5 points")
    assert lines_with(percent, "variant")[0].split()[:3] == ["variant", "day", "MSE"]
    assert lines_with(percent, "b ")[0].split()[1] == "whole"
    assert lines_with(percent, "c ")[0].split()[1] == "hidden"
    assert lines_with(share, "variant")[0].split()[:2] == ["variant", "entropy"]
    assert [line.split()[0] for line in share.splitlines()[4:6]] == ["sharp", "flat"]
    assert lines_with(share, "flat")[0].split()[-1] == "worse"
    assert "0.741" in lines_with(share, "sharp")[0]
    assert max(map(len, shown.splitlines())) <= 80
