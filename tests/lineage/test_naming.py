import pytest

from hw1.core.sections import flatten
from hw1.lineage.naming import LONGEST, describe, differences, given_name, short_key
from hw1.variants import ShippedVariant

COMMITTED = {
    "ingest": {"edition": "sample", "split": {"seed": 0}},
    "features": {"k": None, "names": ["*"]},
    "train": {"model": "mlp", "seed": 0, "optimizer": {"name": "adamw"}, "svr": {"c": 1.0}},
}
PARAMETERS = dict(flatten(COMMITTED))
LASSO = ShippedVariant("lasso", "", {"train.model": "lasso"})
BIG = ShippedVariant("big", "", {"train.model": "lasso", "features.k": 64})


@pytest.mark.parametrize("name", ["bulky-jads", "piled-waif-12", "exp-1a2b3", None])
def test_names_that_dvc_makes_up_say_nothing(name):
    assert given_name(name) is None


@pytest.mark.parametrize("name", ["mine", "smaller-steps", "exp-final", "wide_net"])
def test_names_that_a_person_chose_are_kept(name):
    assert given_name(name) == name


def test_differences_are_sorted_and_leave_the_edition_out():
    changed = PARAMETERS | {"train.seed": 1, "features.k": 3, "ingest.edition": "2022"}
    assert differences(changed, PARAMETERS) == [("features.k", 3), ("train.seed", 1)]
    assert differences({"new": None}, {}) == [("new", None)]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "default"),
        ({"ingest.edition": "2022"}, "default"),
        ({"train.optimizer.name": "sgd"}, "optimizer=sgd"),
        ({"features.k": 16, "train.seed": 3}, "features.k=16, train.seed=3"),
        ({"features.names": ["a*", "b"]}, 'names=["a*","b"]'),
        ({"train.model": "lasso"}, "lasso"),
        ({"train.model": "lasso", "train.seed": 1}, "lasso, train.seed=1"),
        ({"train.model": "lasso", "features.k": 64}, "big"),
        ({"features.k": 64}, "features.k=64"),
    ],
)
def test_a_variant_is_called_by_what_it_changes(changes, name):
    assert describe(PARAMETERS | changes, COMMITTED, [LASSO, BIG]) == name


def test_a_long_name_is_cut():
    many = {f"train.parameter_{number}": number for number in range(30)}
    name = describe(PARAMETERS | many, COMMITTED)
    assert name.startswith("parameter_0=0, parameter_1=1, ")
    assert name.endswith(" more")
    assert len(name) <= LONGEST + len(" and 30 more")


@pytest.mark.parametrize(
    ("key", "short"),
    [
        ("train.model", "model"),
        ("train.seed", "train.seed"),
        ("ingest.split.seed", "split.seed"),
        ("train.optimizer.name", "optimizer"),
        ("train.svr.c", "svr.c"),
        ("features.k", "features.k"),
    ],
)
def test_a_keys_short_form_names_no_other_key(key, short):
    assert short_key(key, list(PARAMETERS)) == short
