import numpy as np
import pytest
import torch

from hw1.engine.arrays import NumpyArrays, TorchArrays
from hw1.engine.optimizers import make_optimizer
from hw1.params.train import OptimizerParams

RATE = 0.03


def sgd(flat, params):
    common = {"momentum": params.momentum, "nesterov": params.nesterov}
    return torch.optim.SGD([flat], lr=RATE, weight_decay=params.weight_decay, **common)


def rmsprop(flat, params):
    decay, momentum = params.weight_decay, params.momentum
    return torch.optim.RMSprop([flat], lr=RATE, weight_decay=decay, momentum=momentum)


THEIRS = {
    "sgd": sgd,
    "adam": lambda flat, it: torch.optim.Adam([flat], lr=RATE, weight_decay=it.weight_decay),
    "adamw": lambda flat, it: torch.optim.AdamW([flat], lr=RATE, weight_decay=it.weight_decay),
    "rmsprop": rmsprop,
    "adagrad": lambda flat, it: torch.optim.Adagrad([flat], lr=RATE, weight_decay=it.weight_decay),
}


@pytest.mark.parametrize("weight_decay", [0.0, 0.4])
@pytest.mark.parametrize(
    ("name", "momentum", "nesterov"),
    [
        ("sgd", 0.0, False),
        ("sgd", 0.9, False),
        ("sgd", 0.9, True),
        ("adam", 0.0, False),
        ("adamw", 0.0, False),
        ("rmsprop", 0.0, False),
        ("rmsprop", 0.9, False),
        ("adagrad", 0.0, False),
    ],
)
@pytest.mark.parametrize(
    "arrays", [NumpyArrays("double"), TorchArrays("double")], ids=["numpy", "torch"]
)
def test_updates_are_those_of_pytorch(arrays, name, momentum, nesterov, weight_decay):
    params = OptimizerParams(
        name=name,
        learning_rate=RATE,
        momentum=momentum,
        nesterov=nesterov,
        weight_decay=weight_decay,
    )
    random = np.random.default_rng(0)
    start = random.normal(size=20)
    mine, theirs = arrays.floats(start[None]), torch.tensor(start)
    decays = [params.weight_decay]
    optimizer, reference = (
        make_optimizer(params, arrays, [RATE], decays, mine),
        THEIRS[name](theirs, params),
    )

    for step in range(12):
        factor, gradient = 1.0 / (1 + step), random.normal(size=20)
        theirs.grad = torch.tensor(gradient)
        reference.param_groups[0]["lr"] = RATE * factor
        optimizer.step(arrays.floats(gradient[None]), factor)
        reference.step()

    assert arrays.to_numpy(mine)[0] == pytest.approx(theirs.numpy(), rel=1e-12)


@pytest.mark.parametrize(
    "arrays",
    [NumpyArrays("double"), NumpyArrays("single"), TorchArrays("single")],
    ids=["double", "single", "torch"],
)
@pytest.mark.parametrize("name", list(THEIRS))
def test_members_with_rates_and_decays_of_their_own_move_as_they_would_alone(arrays, name):
    params = OptimizerParams(
        name=name, learning_rate=RATE, momentum=0.9, nesterov=False, weight_decay=0.0
    )
    random = np.random.default_rng(0)
    rates, decays = [0.1, 0.02, 0.3], [0.0, 0.4, 0.2]
    start = random.normal(size=(3, 5))
    together = make_optimizer(params, arrays, rates, decays, arrays.floats(start))
    alone = [
        make_optimizer(params, arrays, [rate], [decay], arrays.floats(start[[member]]))
        for member, (rate, decay) in enumerate(zip(rates, decays, strict=True))
    ]

    for step in range(6):
        if step == 3:  # the first member has finished
            together.keep([1, 2], together.parameters[[1, 2]])
            alone = alone[1:]
        gradient = random.normal(size=(len(alone), 5))
        for member, one in enumerate(alone):
            one.step(arrays.floats(gradient[[member]]), 0.7)
        together.step(arrays.floats(gradient), 0.7)

    expected = np.concatenate([arrays.to_numpy(one.parameters) for one in alone])
    assert np.array_equal(arrays.to_numpy(together.parameters), expected)
