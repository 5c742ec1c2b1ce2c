import numpy as np
import pytest
import torch
from train_support import design_table, make_params

from hw1.engine.architecture import Architecture
from hw1.engine.autograd import ACTIVATIONS, forward
from hw1.engine.members import Member
from hw1.engine.rows import Rows
from hw1.engine.training import train
from hw1.models.design import to_design
from hw1.models.gradient import architecture_of, fit_by_gradient, to_fitted
from hw1.models.problem import make_problem

X = np.random.default_rng(0).normal(scale=3.0, size=(40, 5))


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
@pytest.mark.parametrize("batch_norm", [False, True])
def test_arrays_predict_as_pytorch_does(activation, batch_norm):
    shape = Architecture(5, (6, 4), activation, 0.1, batch_norm, linear_skip=batch_norm)
    rows = Rows(X, X[:, 0], lambda outputs: outputs.mean(axis=1))
    trained = train(shape, make_params(), [Member(1), Member(2)], rows, precision="double")

    outputs = to_fitted(shape, trained).predict(X)

    views = [
        {name: torch.tensor(view) for name, view in blocks.views.items()}
        for blocks in (trained.parameters, trained.statistics)
    ]
    expected = forward(shape, *views, torch.tensor(X).expand(2, -1, -1), [])
    assert outputs == pytest.approx(expected.numpy(), rel=1e-9, abs=1e-12)


def test_linear_is_a_network_without_hidden_layers():
    params = make_params(model="linear", dropout=0.5, batch_norm=True, linear_skip=True)

    assert architecture_of(params, 7) == Architecture(7, ())


def test_linear_comes_near_least_squares():
    changes = {"epochs": 400, "batch_size": "full"}
    optimizer = {"name": "sgd", "learning_rate": 0.1, "weight_decay": 0.0}
    params = make_params(model="linear", seeds=2, optimizer=optimizer, **changes)
    problem = make_problem(params, to_design("0", design_table()))

    fitted, epochs = fit_by_gradient(problem, None, None)

    design = np.column_stack([problem.x, np.ones(len(problem.x))])
    best = np.linalg.lstsq(design, problem.y)[0]
    assert epochs == [400, 400]
    assert fitted.arrays()["coefficients"] == pytest.approx(np.array([best[:3]] * 2), abs=1e-3)
