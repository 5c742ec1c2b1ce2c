import pytest

from hw1.core.errors import ParamsError
from hw1.core.survey import Structure
from hw1.features.candidates import build_candidates


def names(structure, params):
    return [feature.name for feature in build_candidates(structure, params)]


def test_last_day_ends_a_day_earlier_for_positivity(structure, make_params):
    assert names(structure, make_params()) == [
        "tested_positive_day2",
        "cli_day3",
        "shop_day3",
        "cli_day3_change",
        "shop_day3_change",
    ]


def test_more_days_than_exist_are_all_of_them(structure, make_params):
    everything = names(structure, make_params(days="all", differences="all"))
    assert names(structure, make_params(days=99, differences=99)) == everything
    assert len(everything) == 8 + 5
    assert set(structure.visible_columns) <= set(everything)


def test_changes_end_with_the_targets_day(structure, make_params):
    changes = names(structure, make_params(days=0, differences=2))
    assert [name for name in changes if name.startswith("tested")] == [
        "tested_positive_day2_change"
    ]
    assert len(changes) == 5


def test_zero_leaves_a_kind_out(structure, make_params):
    assert names(structure, make_params(days=0, differences=0, states=True)) == [
        "state_AL",
        "state_NY",
    ]
    assert all(name.endswith("_change") for name in names(structure, make_params(days=0)))


@pytest.mark.parametrize("days", [2, 3, 5, 7])
def test_no_candidate_reads_the_target(make_params, days):
    structure = Structure(("AL",), ("cli", "tested_positive"), days)
    built = build_candidates(structure, make_params(days="all", differences="all"))
    read = {feature.column for feature in built} | {feature.minus for feature in built}
    assert structure.target_column not in read


def test_a_survey_too_short_for_anything_is_refused(make_params):
    structure = Structure(("AL",), ("tested_positive",), 2)
    with pytest.raises(ParamsError, match="2 days give no candidates"):
        build_candidates(structure, make_params(days=0))
