import pytest

from hw1.core.errors import ParamsError
from hw1.core.sections import check_section
from hw1.params.evaluate import EvaluateParams

GOOD = {"bootstrap": 1000, "confidence": 0.9, "levels": 5, "seed": 0} | {
    "schemes": ["forward", "random"],
    "gate": {"fraction": 0.2, "tolerance": 2.0},
}


def test_good_values_pass():
    assert check_section("evaluate", GOOD, EvaluateParams).bootstrap == 1000


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("bootstrap", 10),
        ("bootstrap", "1000"),
        ("confidence", 90),
        ("confidence", 1.0),
        ("levels", 1),
        ("seed", -1),
        ("schemes", ["forwards"]),
        ("gate", {"fraction": 0.2, "tolerance": 0.5}),
    ],
)
def test_wrong_values_are_named(key, value):
    with pytest.raises(ParamsError, match=f"evaluate.{key}"):
        check_section("evaluate", {**GOOD, key: value}, EvaluateParams)


def test_a_typo_names_the_key_it_resembles():
    wrong = {**GOOD, "confidense": 0.9}
    with pytest.raises(ParamsError, match=r"evaluate\.confidence"):
        check_section("evaluate", wrong, EvaluateParams)


def test_a_split_is_compared_once():
    with pytest.raises(ParamsError, match="`schemes` names a split twice"):
        check_section("evaluate", {**GOOD, "schemes": ["random", "random"]}, EvaluateParams)
