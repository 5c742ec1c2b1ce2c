import os
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn
from train_support import make_params

from hw1.core.errors import Hw1Error
from hw1.engine.architecture import Architecture, initial_parameters
from hw1.engine.arrays import NumpyArrays, TorchArrays
from hw1.engine.backend import Backend, choose_backend
from hw1.engine.by_hand import ByHand, can_be_written_out
from hw1.engine.members import Member
from hw1.engine.randomness import Randomness
from hw1.engine.rows import Rows, batch_sizes
from hw1.engine.training import train
from hw1.models.gradient import to_fitted

ROWS, FEATURES = 50, 6
ACTIVATIONS = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
}


def make_rows(count=ROWS, seed=0):
    random = np.random.default_rng(seed)
    x = random.normal(size=(count, FEATURES))
    y = x[:, 0] - 0.5 * x[:, 1] ** 2 + random.normal(scale=0.1, size=count)
    return Rows(x, y, lambda outputs: ((outputs - y) ** 2).mean(axis=1))


def architecture(params):
    return Architecture(
        FEATURES,
        tuple(params.hidden),
        activation=params.activation,
        dropout=params.dropout,
        batch_norm=params.batch_norm,
        linear_skip=params.linear_skip,
    )


class Plain(nn.Module):
    """One network as anybody would write it, beginning as a member of a stack does."""

    def __init__(self, shape, seed):
        super().__init__()
        widths = shape.widths
        self.layers = nn.ModuleList(
            nn.Linear(inputs, outputs, bias=outputs == 1 or not shape.batch_norm)
            for inputs, outputs in pairwise(widths)
        )
        self.norms = nn.ModuleList(nn.BatchNorm1d(width) for width in shape.hidden)
        self.skip = nn.Linear(shape.features, 1, bias=False)
        self.activation = ACTIVATIONS[shape.activation]()
        self.shape = shape
        drawn = initial_parameters(shape, Randomness([seed]).initial, NumpyArrays("double")).views
        start = {name: torch.tensor(view[0]) for name, view in drawn.items()}
        self.double()
        with torch.no_grad():
            for index, layer in enumerate(self.layers):
                layer.weight.copy_(start[f"weight_{index}"].T)
                if layer.bias is not None:
                    layer.bias.copy_(start[f"bias_{index}"][0])
            if shape.linear_skip:
                self.skip.weight.copy_(start["skip"].T)

    def forward(self, x, masks):
        hidden = x
        for index, layer in enumerate(self.layers[:-1]):
            hidden = layer(hidden)
            if self.shape.batch_norm:
                hidden = self.norms[index](hidden)
            hidden = self.activation(hidden)
            if masks:
                hidden = hidden * torch.tensor(masks[index][0]).double()
        output = self.layers[-1](hidden)
        if self.shape.linear_skip:
            output = output + self.skip(x)
        return output[:, 0]


def train_plainly(params, rows, seed, x_after):
    """Train one network by a plain loop; its outputs after training on other rows."""
    shape = architecture(params)
    network, random = Plain(shape, seed), Randomness([seed], [shape.dropout])
    x, y = torch.tensor(rows.x), torch.tensor(rows.y)
    used = [
        one
        for name, one in network.named_parameters()
        if (shape.linear_skip or "skip" not in name) and (shape.batch_norm or "norm" not in name)
    ]
    optimizer = torch.optim.AdamW(
        used, lr=params.optimizer.learning_rate, weight_decay=params.optimizer.weight_decay
    )
    batches = batch_sizes(len(x), params.batch_size)
    for _ in range(params.epochs):
        order, start = random.orders(len(x))[0], 0
        for size, masks in zip(batches, random.masks(shape.hidden, batches), strict=True):
            chosen = order[start : start + size]
            start += size
            outputs = network(x[chosen], masks)
            loss = ((outputs - y[chosen]) ** 2).mean()
            weights = [one for name, one in network.named_parameters() if "weight" in name]
            weights = [one for one in weights if one.dim() == 2]
            if not shape.linear_skip:
                weights = [one for one in weights if one is not network.skip.weight]
            loss = loss + params.l2_loss * sum((one**2).sum() for one in weights)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    network.eval()
    with torch.no_grad():
        return network(torch.tensor(x_after), []).numpy()


def members_with(seeds):
    return [Member(seed) for seed in seeds]


def outputs_of(trained, params, x):
    return to_fitted(architecture(params), trained).predict(x)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"hidden": [], "model": "linear"},
        {"batch_size": "full", "linear_skip": True},
        {"l2_loss": 0.03, "linear_skip": True},
        {"dropout": 0.3},
        {"batch_norm": True},
        {"batch_norm": True, "dropout": 0.2, "linear_skip": True, "l2_loss": 0.01},
        *({"activation": name} for name in ACTIVATIONS),
    ],
)
def test_a_stack_trains_as_plain_networks_do(changes):
    params, rows, x_after = make_params(**changes), make_rows(), make_rows(7, seed=1).x
    seeds = [3, 11]

    trained = train(architecture(params), params, members_with(seeds), rows, precision="double")

    expected = [train_plainly(params, rows, seed, x_after) for seed in seeds]
    assert outputs_of(trained, params, x_after) == pytest.approx(np.array(expected), rel=1e-9)


@pytest.mark.parametrize(
    ("optimizer", "rate", "batch_norm"),
    [
        ("sgd", 0.02, False),
        ("adam", 0.02, False),
        ("adamw", 0.005, True),
        ("rmsprop", 0.01, False),
        ("adagrad", 0.1, False),
    ],
)
@pytest.mark.parametrize("patience", [None, 2])
def test_a_member_does_not_depend_on_its_company(optimizer, rate, batch_norm, patience):
    params = make_params(
        epochs=30,
        dropout=0.2,
        batch_norm=batch_norm,
        linear_skip=True,
        optimizer={"name": optimizer, "learning_rate": rate},
        early_stopping={"patience": patience},
    )
    rows, validation = make_rows(), make_rows(20, seed=1)

    def run(seeds):
        # in double precision: in single, training may be chaotic enough to show rounding errors
        trained = train(
            architecture(params),
            params,
            members_with(seeds),
            rows,
            validation=validation,
            precision="double",
        )
        return trained.kept_epochs, outputs_of(trained, params, validation.x)

    epochs, outputs = run([5, 6, 7, 8])
    for member, seed in enumerate([5, 6, 7, 8]):
        alone_epochs, alone = run([seed])
        assert alone_epochs == [epochs[member]]
        assert outputs[member] == pytest.approx(alone[0], abs=1e-7)
    if patience:
        assert len(set(epochs)) > 1


@pytest.mark.parametrize("patience", [None, 2])
def test_members_train_in_squads_as_they_would_together(monkeypatch, patience):
    params = make_params(epochs=20, dropout=0.2, early_stopping={"patience": patience})
    rows, validation, members = make_rows(), make_rows(20, seed=1), members_with(range(7))

    def run():
        seen = []
        trained = train(
            architecture(params), params, members, rows, validation=validation, on_epoch=seen.append
        )
        return trained, [(epoch.validation_mse, epoch.train_mse()) for epoch in seen]

    together, curve = run()
    monkeypatch.setattr(Backend, "members_together", lambda *_: 3)
    in_squads, same_curve = run()

    assert in_squads.kept_epochs == together.kept_epochs
    assert in_squads.parameters.flat == pytest.approx(together.parameters.flat, abs=1e-6)
    assert np.array(same_curve) == pytest.approx(np.array(curve), rel=1e-5)


@pytest.mark.fault("threads")
def test_the_same_seeds_give_the_same_bytes():
    params, rows = make_params(dropout=0.2), make_rows()

    first, second = (
        train(architecture(params), params, members_with([1, 2]), rows).parameters.flat
        for _ in range(2)
    )

    assert np.array_equal(first, second)


def test_early_stopping_keeps_the_best_epoch():
    params = make_params(
        epochs=200,
        optimizer={"learning_rate": 0.05, "weight_decay": 0.0},
        early_stopping={"patience": 5},
    )
    rows, validation, seen = make_rows(12), make_rows(30, seed=1), []

    trained = train(
        architecture(params),
        params,
        members_with([1]),
        rows,
        validation=validation,
        on_epoch=seen.append,
    )

    errors = [epoch.validation_mse for epoch in seen]
    best = int(np.argmin(errors[:-1]))
    assert trained.kept_epochs == [best + 1]
    assert len(seen) == best + 1 + 5 < 200
    kept = validation.errors(outputs_of(trained, params, validation.x))
    assert kept[0] == pytest.approx(errors[best], rel=1e-5)
    # a member that has finished counts with the weights it keeps
    assert errors[-1] == pytest.approx(errors[best], rel=1e-5)
    assert seen[-1].last
    assert not seen[-2].last


def test_fixed_epochs_end_where_early_stopping_would_have_kept():
    params = make_params(epochs=6, early_stopping={"patience": 2})
    shorter = make_params(epochs=6)
    rows = make_rows()

    both = train(architecture(params), params, members_with([1, 2]), rows, kept_epochs=[2, 6])
    whole = train(architecture(params), shorter, members_with([2]), rows)

    assert both.kept_epochs == [2, 6]
    assert outputs_of(both, params, rows.x)[1] == pytest.approx(
        outputs_of(whole, params, rows.x)[0], abs=1e-5
    )


def test_reports_tell_epoch_step_rate_and_errors():
    params, rows, seen = make_params(schedule={"name": "step"}), make_rows(), []

    train(architecture(params), params, members_with([1, 2]), rows, on_epoch=seen.append)

    assert [epoch.number for epoch in seen] == [1, 2, 3, 4]
    assert [epoch.step for epoch in seen] == [4, 8, 12, 16]
    assert [epoch.learning_rate for epoch in seen] == [0.01, 0.005, 0.0025, 0.00125]
    assert seen[0].validation_mse is None
    assert seen[-1].train_mse() == pytest.approx(float(rows.errors(np.zeros((1, ROWS)))[0]), rel=1)


@pytest.mark.parametrize("batch_norm", [False, True])
def test_a_last_batch_of_one_row_is_a_batch(batch_norm):
    params = make_params(batch_norm=batch_norm, batch_size=7)

    trained = train(architecture(params), params, members_with([1]), make_rows(50))

    assert np.isfinite(trained.parameters.flat).all()


@pytest.mark.fault("divergence")
def test_divergence_stops_at_once_and_says_where():
    rate = {"name": "sgd", "learning_rate": 1e6}
    params = make_params(epochs=1000, optimizer=rate, linear_skip=True)

    with pytest.raises(Hw1Error, match=r"fold 3.*epoch \d+, step \d of 4.*1e\+06.*learning_rate"):
        train(architecture(params), params, members_with([1]), make_rows(), place="fold 3")


def test_early_stopping_needs_validation_rows():
    params = make_params(early_stopping={"patience": 2})

    with pytest.raises(Hw1Error, match="patience"):
        train(architecture(params), params, members_with([1]), make_rows())


def by_hand_in_torch(shape):
    arrays = TorchArrays("double")
    return Backend(arrays, ByHand(shape, arrays))


@pytest.mark.parametrize(
    "changes",
    [
        {"optimizer": {"name": "sgd", "learning_rate": 0.02}, "l2_loss": 0.01},
        {"optimizer": {"name": "adam"}, "linear_skip": True, "dropout": 0.2},
        {"optimizer": {"name": "adamw"}, "batch_size": 7, "hidden": [5]},
        {"optimizer": {"name": "rmsprop"}, "activation": "leaky_relu", "dropout": 0.5},
        {"optimizer": {"name": "adagrad"}, "activation": "elu", "hidden": [5, 4, 3]},
        {"activation": "tanh", "linear_skip": True},
        {"activation": "sigmoid", "dropout": 0.2},
        {"model": "linear", "hidden": []},
    ],
    ids=str,
)
@pytest.mark.parametrize("other", ["autograd", "by hand in torch"])
def test_written_out_gradients_are_those_that_pytorch_finds(changes, other):
    params, rows = make_params(epochs=8, **changes), [make_rows(), make_rows(seed=1)]
    shape = architecture(params)
    assert can_be_written_out(shape)
    members = [Member(1), Member(2, learning_rate=0.005), Member(3, None, 0.3, 0.4, 1)]
    backend = (
        choose_backend(shape, "cpu", "double", by_hand=False)
        if other == "autograd"
        else by_hand_in_torch(shape)
    )

    curves = [], []
    mine = train(shape, params, members, rows, precision="double", on_epoch=curves[0].append)
    theirs = train(shape, params, members, rows, backend=backend, on_epoch=curves[1].append)

    assert mine.parameters.flat == pytest.approx(theirs.parameters.flat, rel=1e-6, abs=1e-9)
    assert curves[0][-1].train_mse() == pytest.approx(curves[1][-1].train_mse(), rel=1e-6)


@pytest.mark.fault("precision")
def test_single_precision_comes_near_double():
    params, rows = make_params(epochs=20, dropout=0.2), make_rows()

    single, double = (
        train(architecture(params), params, members_with([1, 2]), rows, precision=precision)
        for precision in ("single", "double")
    )

    assert single.parameters.flat == pytest.approx(double.parameters.flat, abs=1e-3)


@pytest.mark.parametrize(
    ("activation", "torch_is_needed"), [("relu", False), ("tanh", False), ("gelu", True)]
)
def test_pytorch_is_imported_only_where_it_is_needed_and_its_compiler_never(
    activation, torch_is_needed
):
    code = f"""
import sys
import numpy as np
from hw1.engine.architecture import Architecture
from hw1.engine.members import Member
from hw1.engine.rows import Rows
from hw1.engine.training import train
from train_support import make_params
rows = Rows(np.zeros((9, 2)), np.zeros(9), lambda outputs: outputs.mean(axis=1))
train(Architecture(2, (3,), "{activation}"), make_params(), [Member(1)], rows)
print("torch" in sys.modules, "torch._dynamo" in sys.modules)
"""
    paths = os.pathsep.join(sys.path)
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split() == [str(torch_is_needed), "False"]
