"""A member of a stack is the network that would be trained alone with the member's values."""

import warnings

import numpy as np
import pytest
from recipe_support import RECIPES
from train_support import make_params

from hw1.core.errors import Hw1Error
from hw1.engine.architecture import Architecture
from hw1.engine.backend import Backend
from hw1.engine.members import Member
from hw1.engine.rows import Rows
from hw1.engine.training import Training, train

FEATURES = 13
# more rows than are predicted at once, and a last batch that is smaller
ROWS, HELD_OUT, TABLES = 300, 270, 3
MEMBERS = [
    Member(3, learning_rate=0.003, weight_decay=0.7, dropout=0.0, table=1),
    Member(3),
    Member(4, learning_rate=0.0071, table=2),
    Member(5, weight_decay=0.0, dropout=0.35),
    Member(6, learning_rate=0.0123, weight_decay=0.0, dropout=0.1, table=1),
    Member(7, dropout=0.0, table=2),
    Member(3, table=1),
]


def make_tables(count, seed):
    """Tables that show different columns of the same rows, and ask for different targets."""
    random = np.random.default_rng(seed)
    columns = random.normal(size=(count, FEATURES + 4))
    tables = []
    for table in range(TABLES):
        x = columns[:, table : table + FEATURES] * (1.0 + table)
        y = columns[:, 5] - 0.5 * columns[:, 6] ** (1 + table)
        tables.append(Rows(x, y, squared_errors(y, random.uniform(0.5, 2.0, count))))
    return tables


def squared_errors(y, weight):
    return lambda outputs: ((outputs - y) ** 2 * weight).sum(axis=1) / weight.sum()


TRAIN, VALID = make_tables(ROWS, 0), make_tables(HELD_OUT, 1)


def architecture(params):
    return Architecture(
        FEATURES,
        tuple(params.hidden),
        activation=params.activation,
        dropout=params.dropout,
        batch_norm=params.batch_norm,
        linear_skip=params.linear_skip,
    )


def params_with(**changes):
    plain = {"hidden": [16, 8], "epochs": 6, "batch_size": 64, "dropout": 0.2}
    return make_params(**(plain | changes))


def params_of(member, params):
    """Parameters that hold a member's own values."""
    own = {"learning_rate": member.learning_rate, "weight_decay": member.weight_decay}
    given = {name: value for name, value in own.items() if value is not None}
    changes = {"optimizer": params.optimizer.model_copy(update=given)}
    if member.dropout is not None:
        changes["dropout"] = member.dropout
    return params.model_copy(update=changes)


def run(params, members, rows=TRAIN, validation=VALID, **options):
    training = Training(
        architecture(params), params, members, rows, validation=validation, **options
    )
    curve = []
    while training.active:
        training.epoch()
        curve.append(training.errors)
    return training, training.trained(), np.array(curve)


def run_alone(member, params, **options):
    own, table = params_of(member, params), member.table
    return run(own, [Member(member.seed)], TRAIN[table], VALID[table], **options)


def assert_all_are_as_alone(params, members=MEMBERS):
    _, together, curve = run(params, members)
    for number, member in enumerate(members):
        _, alone, own_curve = run_alone(member, params)
        assert together.kept_epochs[number] == alone.kept_epochs[0]
        assert np.array_equal(together.parameters.flat[number], alone.parameters.flat[0])
        assert np.array_equal(curve[: len(own_curve), number], own_curve[:, 0])
        # of one that has finished the errors stay as they are
        assert (curve[len(own_curve) :, number] == own_curve[-1, 0]).all()


@pytest.mark.parametrize("squad", [3, 100])
@pytest.mark.parametrize("linear_skip", [False, True])
@pytest.mark.parametrize("recipe", RECIPES, ids=str)
def test_every_member_is_the_network_that_has_its_values(monkeypatch, recipe, linear_skip, squad):
    monkeypatch.setattr(Backend, "members_together", lambda *_: squad)

    assert_all_are_as_alone(params_with(linear_skip=linear_skip, **recipe))


@pytest.mark.parametrize(
    "schedule",
    [
        {"name": "one_cycle", "warmup_epochs": 2},
        {"name": "cosine"},
        {"name": "exponential", "decay": 0.83},
    ],
    ids=str,
)
@pytest.mark.parametrize("optimizer", ["adamw", "sgd"])
def test_schedules_move_every_rate_as_they_would_alone(schedule, optimizer):
    assert_all_are_as_alone(params_with(schedule=schedule, optimizer={"name": optimizer}))


@pytest.mark.parametrize("squad", [3, 100])
def test_members_that_finish_early_leave_the_others_as_they_were(monkeypatch, squad):
    monkeypatch.setattr(Backend, "members_together", lambda *_: squad)
    optimizer = {"learning_rate": 0.03}
    params = params_with(epochs=40, early_stopping={"patience": 3}, optimizer=optimizer)

    assert_all_are_as_alone(params)

    assert len(set(run(params, MEMBERS)[1].kept_epochs)) > 2


@pytest.mark.parametrize("changes", [{"batch_norm": True}, {"activation": "gelu"}], ids=str)
def test_where_pytorch_finds_the_gradients_members_agree_but_for_rounding(changes):
    params = params_with(linear_skip=True, **changes)

    _, together, curve = run(params, MEMBERS)

    for number, member in enumerate(MEMBERS):
        _, alone, own_curve = run_alone(member, params)
        assert together.parameters.flat[number] == pytest.approx(alone.parameters.flat[0], abs=1e-4)
        assert curve[:, number] == pytest.approx(own_curve[:, 0], rel=1e-4)


def test_errors_on_training_rows_are_those_of_every_members_own_table():
    params, seen = params_with(), []
    kept = [2, 6, 3, 6, 6, 6, 6]

    train(architecture(params), params, MEMBERS, TRAIN, kept_epochs=kept, on_epoch=seen.append)

    expected = []
    for member, epochs in zip(MEMBERS, kept, strict=True):
        own, alone = params_of(member, params), []
        train(
            architecture(own),
            own,
            [Member(member.seed)],
            TRAIN[member.table],
            kept_epochs=[epochs],
            on_epoch=alone.append,
        )
        expected.append(alone[-1].train_mse())
    assert seen[-1].train_mse() == pytest.approx(np.mean(expected), rel=1e-12)


def test_errors_are_unknown_without_validation_rows():
    params = params_with(epochs=1)
    training, _, _ = run(params, MEMBERS, validation=None)

    assert np.isnan(training.errors).all()


def test_members_let_go_keep_what_they_have():
    params = params_with()
    _, whole, _ = run(params, MEMBERS)
    training = Training(architecture(params), params, MEMBERS, TRAIN, validation=VALID)

    training.let_go([6])
    for _ in range(2):
        training.epoch()
    errors = training.errors
    training.let_go([0, 3, 6])
    assert training.active == [1, 2, 4, 5]
    while training.active:
        last = training.epoch()

    trained = training.trained()
    assert last.number == 6
    assert trained.kept_epochs == [2, 6, 6, 2, 6, 6, 0]
    for number in (1, 2, 4, 5):
        assert np.array_equal(trained.parameters.flat[number], whole.parameters.flat[number])
    for number in (0, 3):
        member = MEMBERS[number]
        own = params_of(member, params)
        alone = train(
            architecture(own), own, [Member(member.seed)], TRAIN[member.table], kept_epochs=[2]
        )
        assert np.array_equal(trained.parameters.flat[number], alone.parameters.flat[0])
        assert training.errors[number] == errors[number]
    with pytest.raises(ValueError, match="no member"):
        training.epoch()


WILD = Member(9, learning_rate=1e6, table=1)


@pytest.mark.fault("divergence")
@pytest.mark.parametrize("patience", [None, 2])
@pytest.mark.parametrize("validation", [None, VALID], ids=["alone", "validated"])
def test_one_that_diverges_leaves_the_others_as_they_were(validation, patience):
    if patience and validation is None:
        return
    changes = {"optimizer": {"name": "sgd"}, "early_stopping": {"patience": patience}}
    params = params_with(epochs=30, linear_skip=True, **changes)
    members = [MEMBERS[0], WILD, *MEMBERS[1:]]

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        training, trained, _ = run(params, members, validation=validation, tolerant=True)
    healthy, expected, _ = run(params, MEMBERS, validation=validation)

    others = [0, *range(2, len(members))]
    assert list(training.diverged) == [1]
    assert "learning rate of 1e+06" in training.diverged[1]
    assert np.array_equal(trained.parameters.flat[others], expected.parameters.flat)
    assert np.array_equal(training.errors[others], healthy.errors, equal_nan=True)
    assert np.isnan(training.errors[1])
    assert np.isfinite(trained.parameters.flat).all()
    with pytest.raises(Hw1Error) as told:
        run(params, members, validation=validation, place="training")
    assert str(told.value) == training.diverged[1]


@pytest.mark.fault("divergence")
def test_means_leave_out_who_has_diverged():
    params = params_with(epochs=9, optimizer={"name": "sgd"}, linear_skip=True)
    training = Training(
        architecture(params), params, [MEMBERS[0], WILD], TRAIN, validation=VALID, tolerant=True
    )
    while training.active:
        last = training.epoch()

    assert last.validation_mse == training.errors[0]
    assert np.isfinite(last.train_mse())


@pytest.mark.fault("divergence")
def test_all_may_diverge():
    params = params_with(optimizer={"name": "sgd"}, epochs=30, linear_skip=True)

    training, _, _ = run(params, [WILD, WILD], tolerant=True)

    assert sorted(training.diverged) == [0, 1]
    assert np.isnan(training.errors).all()


def test_trainings_in_lockstep_are_those_that_run_one_after_the_other():
    params = params_with(epochs=30, early_stopping={"patience": 2})
    parts = [(TRAIN[0], VALID[0]), (TRAIN[1], VALID[1])]
    members = [Member(1), Member(2, learning_rate=0.03)]

    trainings = [
        Training(architecture(params), params, members, rows, validation=validation)
        for rows, validation in parts
    ]
    while any(training.active for training in trainings):
        for training in trainings:
            if training.active:
                training.epoch()

    for training, (rows, validation) in zip(trainings, parts, strict=True):
        expected = train(architecture(params), params, members, rows, validation=validation)
        trained = training.trained()
        assert trained.kept_epochs == expected.kept_epochs
        assert np.array_equal(trained.parameters.flat, expected.parameters.flat)


@pytest.mark.parametrize(
    ("rows", "validation", "members", "message"),
    [
        ([TRAIN[0], VALID[1]], None, [Member(1)], r"\(300, 13\) and \(270, 13\)"),
        ([], None, [Member(1)], "there are 0"),
        (TRAIN, [*VALID[:2], TRAIN[2]], [Member(1)], r"\(270, 13\) and \(300, 13\)"),
        (TRAIN, VALID[0], [Member(1)], "3 tables.* 1 "),
        (TRAIN, VALID, [Member(1, table=3)], "table is 3"),
        (TRAIN, VALID, [Member(1, table=-1)], "table is -1"),
    ],
)
def test_tables_that_do_not_fit_are_refused(rows, validation, members, message):
    params = params_with()

    with pytest.raises(ValueError, match=message):
        Training(architecture(params), params, members, rows, validation=validation)
