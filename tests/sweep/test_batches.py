import pytest
from search_support import make_trial

from hw1.sweep.batches import MOST_MEMBERS, make_batches, shape_key


def numbers(batches):
    return [[trial.number for trial in batch.trials] for batch in batches]


@pytest.mark.parametrize(
    "own",
    [
        {"seed": 7},
        {"dropout": 0.5},
        {"target": "level"},
        {"target_transform": "none"},
        {"target_standardise": False},
        {"epochs": 5},
        {"optimizer": {"learning_rate": 0.5}},
        {"optimizer": {"weight_decay": 0.5}},
        {"features": {"k": 2}},
        {"features": {"transform": "none", "clip": None}},
    ],
)
def test_what_members_may_have_of_their_own_stays_in_one_batch(own):
    assert shape_key(make_trial(0)) == shape_key(make_trial(1, **own))


@pytest.mark.parametrize(
    "other",
    [
        {"hidden": [5]},
        {"epochs": 5, "schedule": {"name": "cosine"}},
        {"epochs": 5, "early_stopping": {"patience": 2}},
        {"batch_size": 8},
        {"optimizer": {"name": "sgd"}},
        {"schedule": {"name": "cosine"}},
        {"activation": "tanh"},
        {"seeds": 3},
        {"model": "linear"},
        {"features": {"pairs": "last"}},
    ],
)
def test_other_steps_or_shapes_are_other_batches(other):
    same = {name: value for name, value in other.items() if name != "epochs"}
    plain = make_trial(0, **same) if "epochs" in other else make_trial(0)

    assert shape_key(plain) != shape_key(make_trial(1, **other))


def test_every_trial_stands_in_one_batch():
    trials = [make_trial(number, hidden=[5 + number % 2]) for number in range(50)]
    trials += [make_trial(50, model="ridge"), make_trial(51, model="blend")]

    batches = make_batches(trials, None, {}, linked=False)

    assert sorted(number for each in numbers(batches) for number in each) == list(range(52))
    assert max(2 * len(batch.trials) for batch in batches) <= MOST_MEMBERS
    assert [batch.stacked for batch in batches if batch.trials[0].number >= 50] == [False, False]
    assert {len(batch.trials) for batch in batches if batch.stacked} == {6, 7}


def test_linked_windows_are_not_stacked():
    batches = make_batches([make_trial(0), make_trial(1)], None, {}, linked=True)

    assert [batch.stacked for batch in batches] == [False, False]


def test_trials_with_the_same_features_stand_beside_each_other():
    trials = [make_trial(number, {"k": 1 + number % 2}) for number in range(MOST_MEMBERS)]

    batches = make_batches(trials, None, {}, linked=False)

    assert [{trial.features.k for trial in batch.trials} for batch in batches] == [{1}, {2}]
