"""Networks of several outputs, and networks that learn by cross-entropy."""

import warnings

import numpy as np
import pytest
import torch
import train_support
from sklearn.linear_model import LogisticRegression
from torch.nn import functional

from hw1.core.errors import Hw1Error
from hw1.engine.architecture import Architecture, initial_parameters, initial_statistics
from hw1.engine.arrays import NumpyArrays
from hw1.engine.autograd import forward
from hw1.engine.backend import Backend, choose_backend
from hw1.engine.blocks import Blocks
from hw1.engine.gradients import Batch
from hw1.engine.members import Member
from hw1.engine.randomness import Randomness
from hw1.engine.rows import Rows
from hw1.engine.training import Training, train
from hw1.models.gradient import to_fitted

FEATURES, ROWS, HELD_OUT = 6, 300, 270
KINDS = [("squared", 1), ("squared", 3), ("cross_entropy", 1), ("cross_entropy", 3)]
MEMBERS = [
    Member(3, learning_rate=0.003, weight_decay=0.7, dropout=0.0, table=1),
    Member(3),
    Member(5, dropout=0.35),
    Member(7, learning_rate=0.02, table=1),
]


def make_params(**changes):
    """Parameters of a network, or of a linear model where there are no hidden layers."""
    model = "mlp" if changes.get("hidden", True) else "linear"
    return train_support.make_params(model=model, **changes)


def make_rows(loss, outputs, count=ROWS, seed=0):
    random = np.random.default_rng(seed)
    x = random.normal(size=(count, FEATURES))
    y = x[:, :outputs] - 0.5 * x[:, 1 : 1 + outputs] ** 2
    y += random.normal(scale=0.3, size=(count, outputs))
    if loss == "cross_entropy":
        y = (y > 0.0).astype(float)
    if outputs == 1:
        y = y[:, 0]

    def errors(found):
        assert found.shape[1:] == y.shape
        strays = (found - y) ** 2
        return strays.reshape(len(found), -1).mean(axis=1)

    return Rows(x, y, errors)


def make_tables(loss, outputs):
    return [make_rows(loss, outputs, seed=seed) for seed in range(2)], [
        make_rows(loss, outputs, HELD_OUT, seed=seed) for seed in range(2, 4)
    ]


def architecture(params, loss, outputs):
    return Architecture(
        FEATURES,
        tuple(params.hidden),
        activation=params.activation,
        dropout=params.dropout,
        batch_norm=params.batch_norm,
        linear_skip=params.linear_skip,
        outputs=outputs,
        loss=loss,
    )


def first_step(shape):
    """First parameters, statistics and a batch with dropout, of two members, in double."""
    arrays, random = NumpyArrays("double"), Randomness([1, 2], [shape.dropout] * 2)
    parameters = initial_parameters(shape, random.initial, arrays)
    rows = [make_rows(shape.loss, shape.outputs, 9, seed) for seed in range(2)]
    batch = Batch(
        np.stack([one.x for one in rows]),
        np.stack([one.y.reshape(9, -1) for one in rows]),
        [mask.astype(float) for mask in next(random.masks(shape.hidden, [9]))],
    )
    return parameters, initial_statistics(shape, 2, arrays), batch


def compute(backend, shape, parameters, statistics, batch):
    """Losses and gradients of a backend's own arrays, in numpy."""
    floats = backend.arrays.floats
    own = [Blocks(blocks.shapes, floats(blocks.flat)) for blocks in (parameters, statistics)]
    gradients = Blocks(parameters.shapes, backend.arrays.zeros(*parameters.flat.shape))
    there = Batch(floats(batch.x), floats(batch.y), [floats(mask) for mask in batch.masks])
    losses = backend.gradients.compute(own[0].views, own[1].views, gradients.views, there)
    return backend.arrays.to_floats(losses), backend.arrays.to_floats(gradients.flat)


SHAPES = [
    {"hidden": []},
    {"hidden": [5]},
    {"hidden": [5, 4, 3], "activation": "tanh", "linear_skip": True},
    {"hidden": [5, 4], "dropout": 0.4, "linear_skip": True, "activation": "sigmoid"},
    {"hidden": [5, 4], "activation": "gelu", "batch_norm": True},
]


@pytest.mark.parametrize("by_hand", [True, False], ids=["by hand", "autograd"])
@pytest.mark.parametrize("changes", SHAPES, ids=str)
@pytest.mark.parametrize(("loss", "outputs"), KINDS)
def test_gradients_are_the_slopes_of_the_loss(loss, outputs, changes, by_hand):
    shape = architecture(make_params(**changes), loss, outputs)
    parameters, statistics, batch = first_step(shape)
    backend = choose_backend(shape, "cpu", "double", by_hand=by_hand)

    _, gradients = compute(backend, shape, parameters, statistics, batch)

    expected, step = np.empty_like(gradients), 1e-6
    for place in range(gradients.shape[1]):
        moved = []
        for way in (step, -step):
            flat = parameters.flat.copy()
            flat[:, place] += way
            there = Blocks(parameters.shapes, flat)
            moved.append(compute(backend, shape, there, statistics, batch)[0])
        expected[:, place] = (moved[0] - moved[1]) / (2.0 * step)
    assert gradients == pytest.approx(expected, rel=1e-5, abs=1e-8)


@pytest.mark.parametrize("changes", SHAPES, ids=str)
@pytest.mark.parametrize(("loss", "outputs"), KINDS)
def test_losses_and_gradients_are_those_of_pytorchs_own_loss(loss, outputs, changes):
    shape = architecture(make_params(**changes), loss, outputs)
    parameters, statistics, batch = first_step(shape)
    backend = choose_backend(shape, "cpu", "double")

    losses, gradients = compute(backend, shape, parameters, statistics, batch)

    flat = torch.tensor(parameters.flat, requires_grad=True)
    found = forward(
        shape,
        Blocks(parameters.shapes, flat).views,
        {name: torch.tensor(view) for name, view in statistics.views.items()},
        torch.tensor(batch.x),
        [torch.tensor(mask) for mask in batch.masks],
        training=True,
    ).reshape(batch.y.shape)
    judge = {
        "squared": functional.mse_loss,
        "cross_entropy": functional.binary_cross_entropy_with_logits,
    }[loss]
    each = torch.stack([judge(*pair) for pair in zip(found, torch.tensor(batch.y), strict=True)])
    each.sum().backward()
    assert losses == pytest.approx(each.detach().numpy(), rel=1e-12)
    assert gradients == pytest.approx(flat.grad.numpy(), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("changes", SHAPES[1:4], ids=str)
@pytest.mark.parametrize(("loss", "outputs"), KINDS[1:])
def test_both_ways_to_the_gradients_train_alike(loss, outputs, changes):
    params, (rows, validation) = make_params(epochs=6, **changes), make_tables(loss, outputs)
    shape, curves = architecture(params, loss, outputs), ([], [])

    mine, theirs = (
        train(
            shape,
            params,
            MEMBERS,
            rows,
            validation=validation,
            on_epoch=curve.append,
            backend=choose_backend(shape, "cpu", "double", by_hand=by_hand),
        )
        for by_hand, curve in zip((True, False), curves, strict=True)
    )

    assert mine.parameters.flat == pytest.approx(theirs.parameters.flat, rel=1e-6, abs=1e-9)
    for one, other in zip(*curves, strict=True):
        assert one.validation_mse == pytest.approx(other.validation_mse, rel=1e-6)
        assert one.train_mse() == pytest.approx(other.train_mse(), rel=1e-6)


def run(params, shape, members, rows, validation, **options):
    training = Training(shape, params, members, rows, validation=validation, **options)
    curve = []
    while training.active:
        training.epoch()
        curve.append(training.errors)
    return training, training.trained(), np.array(curve)


@pytest.mark.parametrize(("squad", "patience"), [(3, None), (100, None), (3, 2)])
@pytest.mark.parametrize(
    "changes", [{"hidden": [16, 8]}, {"hidden": [16], "linear_skip": True}, {"hidden": []}], ids=str
)
@pytest.mark.parametrize(("loss", "outputs"), KINDS[1:])
def test_every_member_is_the_network_that_has_its_values(loss, outputs, changes, squad, patience):
    params = make_params(
        epochs=12, batch_size=64, dropout=0.2, early_stopping={"patience": patience}, **changes
    )
    (rows, validation), shape = make_tables(loss, outputs), architecture(params, loss, outputs)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Backend, "members_together", lambda *_: squad)
        _, together, curve = run(params, shape, MEMBERS, rows, validation)

    for number, member in enumerate(MEMBERS):
        _, alone, own = run(params, shape, [member], rows, validation)
        assert together.kept_epochs[number] == alone.kept_epochs[0]
        assert np.array_equal(together.parameters.flat[number], alone.parameters.flat[0])
        assert np.array_equal(curve[: len(own), number], own[:, 0])


def test_logistic_regression_comes_to_its_only_minimum():
    optimizer = {"name": "sgd", "learning_rate": 1.0, "momentum": 0.9, "weight_decay": 0.0}
    params = make_params(hidden=[], epochs=2000, batch_size="full", optimizer=optimizer)
    rows, shape = make_rows("cross_entropy", 1), architecture(params, "cross_entropy", 1)

    trained = train(shape, params, [Member(1), Member(2)], rows, precision="double")

    fitted = to_fitted(shape, trained)
    best = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000).fit(rows.x, rows.y)
    assert fitted.coefficients == pytest.approx(np.repeat(best.coef_, 2, axis=0), abs=1e-5)
    assert fitted.intercepts == pytest.approx(np.repeat(best.intercept_, 2), abs=1e-5)


@pytest.mark.parametrize("loss", ["squared", "cross_entropy"])
def test_a_linear_network_of_three_outputs_is_three_linear_networks(loss):
    optimizer = {"name": "sgd", "learning_rate": 1.0, "momentum": 0.9, "weight_decay": 0.0}
    params = make_params(hidden=[], epochs=3000, batch_size="full", optimizer=optimizer)
    rows, shape = make_rows(loss, 3), architecture(params, loss, 3)

    fitted = to_fitted(shape, train(shape, params, [Member(1)], rows, precision="double"))

    for output in range(3):
        y = rows.y[:, output]
        if loss == "squared":
            *slopes, intercept = np.linalg.lstsq(np.column_stack([rows.x, np.ones(ROWS)]), y)[0]
        else:
            best = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000).fit(rows.x, y)
            slopes, intercept = best.coef_[0], best.intercept_[0]
        assert fitted.coefficients[0, :, output] == pytest.approx(slopes, abs=1e-5)
        assert fitted.intercepts[0, output] == pytest.approx(intercept, abs=1e-5)


@pytest.mark.parametrize("activation", ["relu", "gelu"])
@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("hidden", [[], [6, 4]])
def test_arrays_of_several_outputs_predict_as_in_training(activation, batch_norm, hidden):
    params = make_params(hidden=hidden, activation=activation, batch_norm=batch_norm)
    shape, rows = architecture(params, "squared", 3), make_rows("squared", 3)
    seen = []

    trained = train(
        shape, params, [Member(1), Member(2)], rows, precision="double", on_epoch=seen.append
    )

    outputs = to_fitted(shape, trained).predict(rows.x)
    assert outputs.shape == (2, ROWS, 3)
    assert rows.errors(outputs).mean() == pytest.approx(seen[-1].train_mse(), rel=1e-9)


@pytest.mark.fault("divergence")
@pytest.mark.parametrize(("loss", "outputs"), KINDS[1:])
def test_divergence_is_found_and_leaves_the_others_as_they_were(loss, outputs):
    params = make_params(epochs=30, optimizer={"name": "sgd"}, linear_skip=True)
    (rows, validation), shape = make_tables(loss, outputs), architecture(params, loss, outputs)
    wild = Member(9, learning_rate=1e30)

    training, trained, _ = run(params, shape, [*MEMBERS[:2], wild], rows, validation, tolerant=True)

    _, expected, _ = run(params, shape, MEMBERS[:2], rows, validation)
    assert list(training.diverged) == [2]
    assert np.array_equal(trained.parameters.flat[:2], expected.parameters.flat)
    with pytest.raises(Hw1Error, match=r"not finite in epoch 1"):
        train(shape, params, [wild], rows)


@pytest.mark.fault("divergence")
@pytest.mark.parametrize("by_hand", [True, False], ids=["by hand", "autograd"])
def test_extreme_logits_are_no_divergence(by_hand):
    params, plain = make_params(hidden=[], epochs=3), make_rows("cross_entropy", 1)
    rows = Rows(plain.x * 1e4, plain.y, plain.errors)
    shape = architecture(params, "cross_entropy", 1)
    backend = choose_backend(shape, "cpu", "single", by_hand=by_hand)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trained = train(shape, params, [Member(1)], rows, backend=backend)

    assert np.abs(to_fitted(shape, trained).predict(rows.x)).max() > 1000.0


@pytest.mark.parametrize(
    ("loss", "outputs", "y", "message"),
    [
        ("squared", 1, np.zeros((9, 1)), r"1 outputs need shape \(9,\), not \(9, 1\)"),
        ("squared", 1, np.zeros(8), r"\(9,\), not \(8,\)"),
        ("squared", 3, np.zeros(9), r"3 outputs need shape \(9, 3\), not \(9,\)"),
        ("squared", 3, np.zeros((9, 2)), r"\(9, 3\), not \(9, 2\)"),
        ("cross_entropy", 1, np.full(9, 1.01), r"0\.\.1"),
        ("cross_entropy", 3, np.full((9, 3), -0.01), r"0\.\.1"),
        ("cross_entropy", 1, np.full(9, np.nan), r"0\.\.1"),
    ],
)
@pytest.mark.parametrize("judges", [False, True])
def test_targets_that_do_not_fit_are_refused(loss, outputs, y, message, judges):
    params = make_params()
    fitting = make_rows(loss, outputs, 9)
    wrong = Rows(fitting.x, y, fitting.errors)
    rows, validation = (fitting, wrong) if judges else (wrong, None)

    with pytest.raises(ValueError, match=message):
        train(architecture(params, loss, outputs), params, [Member(1)], rows, validation=validation)
