import pytest
import torch

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
def test_updates_are_those_of_pytorch(name, momentum, nesterov, weight_decay):
    params = OptimizerParams(
        name=name,
        learning_rate=RATE,
        momentum=momentum,
        nesterov=nesterov,
        weight_decay=weight_decay,
    )
    random = torch.Generator().manual_seed(0)
    mine = torch.randn(20, dtype=torch.float64, generator=random)
    theirs = mine.clone()
    optimizer, reference = make_optimizer(params, mine), THEIRS[name](theirs, params)

    for step in range(12):
        rate = RATE / (1 + step)
        theirs.grad = torch.randn(20, dtype=torch.float64, generator=random)
        reference.param_groups[0]["lr"] = rate
        optimizer.step(theirs.grad.clone(), rate)
        reference.step()

    assert mine == pytest.approx(theirs, rel=1e-12)
