import pytest
from train_support import make_params

from hw1.core.errors import ParamsError
from hw1.core.sections import check_section
from hw1.params.train import TrainParams


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"blend": []}, "`train.blend`: give one chain of models or more"),
        ({"blend": [["ard"], []]}, "`train.blend`: give one chain of models or more"),
        ({"blend": ["ard"]}, "`train.blend.0` should be a valid list, not 'ard'"),
        ({"blend": [["lasso", "blend"]]}, "`train.blend.0.1` cannot be 'blend'; choose from ard,"),
        ({"blend": [["lasso", "persistence"]]}, "`persistence` can only begin a chain"),
        ({"blend": [["persistence"]], "target": "level"}, "needs `target: change`"),
        ({"hidden": []}, "model `mlp` needs `hidden`"),
        ({"schedule": {"warmup_epochs": 4}}, "must be fewer than `epochs`"),
    ],
)
def test_a_blend_that_cannot_be_fitted_is_refused(changes, message):
    content = make_params(model="blend").model_dump()
    for name, value in changes.items():
        content[name] = content[name] | value if isinstance(value, dict) else value

    with pytest.raises(ParamsError) as refusal:
        check_section("train", content, TrainParams)

    assert message in str(refusal.value)


def test_what_is_not_fitted_is_not_asked_for():
    make_params(model="blend", blend=[["persistence", "ard"]], hidden=[])
    make_params(model="lasso", target="level", blend=[["persistence"]])


@pytest.mark.parametrize(
    ("changes", "by_gradient", "random"),
    [
        ({"model": "mlp"}, True, True),
        ({"model": "extra_trees"}, False, True),
        ({"model": "hist_gradient_boosting"}, False, False),
        ({"model": "blend", "blend": [["ard"], ["lasso", "linear"]]}, True, True),
        ({"model": "blend", "blend": [["ard"], ["lasso", "extra_trees"]]}, False, True),
        ({"model": "blend", "blend": [["ard"], ["lasso"]]}, False, False),
    ],
)
def test_a_blend_is_what_its_models_are(changes, by_gradient, random):
    params = make_params(**changes)

    assert (params.by_gradient, params.random) == (by_gradient, random)
