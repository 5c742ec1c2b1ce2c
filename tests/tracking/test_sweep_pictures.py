import io

import pytest
from report_support import make_outcome, make_report, make_results, make_trial

from hw1.tracking.sweep_parallel import broken, scale_of
from hw1.tracking.sweep_pictures import draw_sweep, importances

ALL = {"history.png", "importances.png", "learning_curves.png", "parallel.png"}


def size(png):
    from PIL import Image

    with Image.open(io.BytesIO(png)) as image:
        return image.size


def over_one(values, epochs=20):
    """A search over one parameter."""
    return [
        (make_trial(number, {"train.dropout": value}), make_outcome(number, 1 + value, epochs))
        for number, value in enumerate(values)
    ]


@pytest.fixture(scope="module")
def report():
    return make_report(60)


@pytest.fixture(scope="module")
def drawn(report):
    return draw_sweep(report)


def test_a_search_has_its_pictures(drawn):
    assert set(drawn) == ALL
    for png in drawn.values():
        width, height = size(png)
        assert 700 <= width <= 1500
        assert 250 <= height <= 700
        assert len(png) > 5000


def test_the_same_search_gives_the_same_bytes(drawn):
    assert draw_sweep(make_report(60)) == drawn


def test_other_trials_give_other_pictures(drawn):
    other = draw_sweep(make_report(60, results=make_results(60, seed=1)))
    assert all(other[name] != png for name, png in drawn.items())


def test_nothing_is_drawn_of_fewer_than_two_complete_trials():
    one = over_one([0.1])
    lost = (make_trial(1, {"train.dropout": 0.2}), make_outcome(1, 1, state="diverged"))
    assert draw_sweep(make_report(1, results=one)) == {}
    assert draw_sweep(make_report(2, results=[*one, lost])) == {}
    assert draw_sweep(make_report(0, results=[lost], over_search=None)) == {}


def test_a_single_parameter_has_neither_parallel_axes_nor_rivals():
    values = [0.01 * number for number in range(12)]
    found = draw_sweep(make_report(12, results=over_one(values)))
    assert set(found) == {"history.png", "learning_curves.png"}


def test_two_trials_are_enough_but_tell_nothing_of_importance():
    assert set(draw_sweep(make_report(2, results=make_results(2)))) <= ALL - {"importances.png"}
    found = draw_sweep(make_report(2, results=over_one([0.1, 0.2])))
    assert set(found) == {"history.png", "learning_curves.png"}


def test_models_without_epochs_have_no_curves():
    results = over_one([0.1, 0.2, 0.3], epochs=0)
    assert "learning_curves.png" not in draw_sweep(make_report(3, results=results))


def test_equal_trials_are_drawn():
    results = [
        (make_trial(n, {"train.dropout": 0.1, "features.k": None}), make_outcome(n, 1.0, noise=0))
        for n in range(12)
    ]
    assert {"history.png", "parallel.png"} <= set(draw_sweep(make_report(12, results=results)))


def test_without_a_study_all_but_the_importances_are_drawn(report):
    assert importances(make_report(60, study=None), None) == {}
    assert set(draw_sweep(make_report(60, study=None))) == ALL - {"importances.png"}


def test_the_importances_are_shares_of_all_parameters(report):
    found = importances(report, report.study())
    assert sum(found.values()) == pytest.approx(1)
    assert next(iter(found)) == "train.optimizer.learning_rate"
    assert {"train.dropout", "train.optimizer.momentum"} < set(found)  # not all trials have them
    assert importances(report, report.study()) == found


def test_many_parameters_with_long_choices_are_drawn():
    keys = [f"train.section_{number}.a_rather_long_name" for number in range(14)]
    results = []
    for number in range(12):
        trial = make_trial(number, {})
        overrides = {key: [["ard"], ["lasso", "extra_trees"] * (number % 3)] for key in keys}
        object.__setattr__(trial, "overrides", overrides)
        results.append((trial, make_outcome(number, 1 + number / 10)))
    found = draw_sweep(make_report(12, results=results, study=None))
    assert size(found["parallel.png"])[0] < 2100


def test_choices_stand_at_equal_heights_and_null_on_top():
    scale = scale_of([None, 8, 32, ..., 8])
    assert scale.ticks == [(0.0, "8"), (0.5, "32"), (1.0, "null")]
    assert scale.heights[:3].tolist() == [1.0, 0.0, 0.5]
    assert str(scale.heights[3]) == "nan"
    lists = scale_of([[32, 16], [8]])
    assert [text for _, text in lists.ticks] == ["[8]", "[32, 16]"]
    assert [text for _, text in scale_of([True, False]).ticks] == ["false", "true"]


def test_choices_are_told_shortly():
    chains = [["ard"], ["lasso", "extra_trees"], ["ridge", "mlp"]]
    assert [text for _, text in scale_of([chains, [["ard"]]]).ticks] == [
        "[[ard]]",
        "[[ard], [lasso,\nextra_trees],…",
    ]
    assert [text for _, text in scale_of([0.1, 0.25, 0.1, 0.25]).ticks] == ["0.1", "0.25"]


def test_few_numbers_from_a_range_are_no_choices():
    scale = scale_of([0.123456789, 0.4, ..., 0.3])
    assert not scale.choices
    assert [text for _, text in scale.ticks] == ["0.15", "0.2", "0.25", "0.3", "0.35", "0.4"]


def test_many_numbers_stand_on_a_linear_or_a_logarithmic_axis():
    numbers = [10.0**power for power in range(-6, 5)]
    scale = scale_of(numbers, logarithmic=True)
    assert scale.heights[5] == pytest.approx(0.5)
    assert scale_of(numbers).heights[5] < 0.01
    assert not scale.choices


def test_long_names_are_broken_between_words():
    assert broken("learning_rate") == "learning_rate"
    assert broken("hist_gradient_boosting.min_samples_leaf") == (
        "hist_gradient_\nboosting.min_\nsamples_leaf"
    )
