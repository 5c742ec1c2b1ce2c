import numpy as np
import pytest
from sklearn.svm import SVR
from train_support import design_table, make_params

from hw1.models.design import to_design
from hw1.models.kernel import fit_svr
from hw1.models.problem import make_problem


@pytest.mark.parametrize("gamma", ["scale", "auto", 0.7])
def test_predictions_are_those_of_scikit_learn(gamma):
    params = make_params(svr={"c": 2.0, "epsilon": 0.2, "gamma": gamma})
    problem = make_problem(params, to_design("0", design_table()))
    new = np.random.default_rng(5).normal(size=(30, 3))

    theirs = SVR(C=2.0, epsilon=0.2, gamma=gamma).fit(problem.x, problem.y)

    assert fit_svr(problem).predict(new)[0] == pytest.approx(theirs.predict(new), rel=1e-9)


def test_a_tube_that_holds_everything_leaves_a_constant():
    params = make_params(svr={"c": 1.0, "epsilon": 100.0, "gamma": "scale"})
    problem = make_problem(params, to_design("0", design_table()))

    outputs = fit_svr(problem).predict(np.zeros((2, 3)))

    assert outputs[0, 0] == outputs[0, 1]
