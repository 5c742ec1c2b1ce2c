import numpy as np
import pytest
from train_support import design_table, make_params

from hw1.models.design import to_design
from hw1.models.problem import make_problem, target_of
from hw1.target import TargetScale

DESIGN = to_design("0", design_table())


def test_targets_are_standardised_on_training_rows():
    problem = make_problem(make_params(target_standardise=True), DESIGN)

    assert problem.y.mean() == pytest.approx(0.0, abs=1e-12)
    assert problem.y.std() == pytest.approx(1.0)


def test_targets_stay_as_they_are_if_asked():
    params = make_params(target_standardise=False, target="level")

    assert np.array_equal(make_problem(params, DESIGN).y, DESIGN.train.target)


def test_errors_of_true_targets_are_zero_in_percent():
    problem = make_problem(make_params(target_transform="arcsine_sqrt"), DESIGN)

    assert problem.errors(problem.y[None, :], DESIGN.train) == pytest.approx([0.0], abs=1e-20)


def test_equal_targets_have_no_deviation_to_divide_by():
    table = design_table()
    table["target"] = table["known"]

    assert make_problem(make_params(), to_design("0", table)).y.tolist() == [0.0] * 80


def test_persistence_is_about_the_change_whatever_the_target():
    params = make_params(model="persistence", target="level", target_transform="arcsine_sqrt")

    assert target_of(params) == TargetScale("change", "none")
