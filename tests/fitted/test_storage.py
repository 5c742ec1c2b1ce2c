import hashlib
import json
import subprocess
import sys

import numpy as np
import pytest

from hw1.core.errors import DataError
from hw1.fitted import storage
from hw1.fitted.blend import BlendFitted
from hw1.fitted.kernel import KernelFitted
from hw1.fitted.linear import LinearFitted
from hw1.fitted.network import NetworkFitted, Normalisation
from hw1.fitted.routed import Route, RoutedFitted
from hw1.fitted.trees import TreesFitted
from hw1.target import TargetScale, WholeDay

SCALE = TargetScale("change", "arcsine_sqrt")
ROWS = np.random.default_rng(1).normal(size=(6, 3))


def linear():
    return LinearFitted(np.array([[1.0, 2.0, 3.0], [0.5, 0.0, -1.0]]), np.array([0.1, 0.2]))


def network():
    random = np.random.default_rng(0)

    def norm():
        return Normalisation(*(random.uniform(0.5, 1.5, size=(2, 1, 4)) for _ in range(4)))

    return NetworkFitted(
        activation="gelu",
        weights=(random.normal(size=(2, 3, 4)), random.normal(size=(2, 4, 1))),
        biases=(random.normal(size=(2, 1, 4)), random.normal(size=(2, 1, 1))),
        normalisations=(norm(),),
        skip=random.normal(size=(2, 3, 1)),
    )


def linear_of_three():
    random = np.random.default_rng(2)
    return LinearFitted(random.normal(size=(2, 3, 3)), random.normal(size=(2, 3)))


def network_of_three(hidden=4):
    random = np.random.default_rng(3)
    return NetworkFitted(
        activation="relu",
        weights=(random.normal(size=(2, 3, hidden)), random.normal(size=(2, hidden, 3))),
        biases=(random.normal(size=(2, 1, hidden)), random.normal(size=(2, 1, 3))),
        skip=random.normal(size=(2, 3, 3)),
    )


def kernel():
    return KernelFitted(np.eye(3), np.array([1.0, -1.0, 0.5]), 0.3, 0.1)


def trees():
    return TreesFitted(
        feature=np.array([1, 0, 0], dtype=np.int32),
        threshold=np.array([0.2, 0.0, 0.0]),
        left=np.array([1, 1, 2], dtype=np.int32),
        right=np.array([2, 1, 2], dtype=np.int32),
        value=np.array([0.0, -1.0, 1.0]),
        roots=np.array([[0]], dtype=np.int32),
        offsets=np.array([0.5]),
        width=3,
        single=True,
    )


def blend():
    return BlendFitted((kernel(), trees(), network()), ((0,), (0, 1), (0, 2)))


def blend_of_three():
    return BlendFitted((linear_of_three(), network_of_three()), ((0,), (0, 1)))


def routed_of_three():
    columns = np.arange(3, dtype=np.int32)
    return RoutedFitted(3, (Route(columns, linear_of_three()), Route(columns, blend_of_three())))


OF_THREE = [linear_of_three, network_of_three, blend_of_three, routed_of_three]
MODELS = [linear, network, kernel, trees, blend, *OF_THREE]


@pytest.mark.parametrize("make", MODELS)
def test_a_loaded_model_predicts_the_same(tmp_path, make):
    model = make()
    target = SCALE if model.outputs == 1 else WholeDay(SCALE, ("cli", "ili", "tested_positive"))
    storage.save(tmp_path, {"0": model, "10": model, "2": model, "final": model}, target)

    folds, found = storage.load(tmp_path)

    assert list(folds) == ["0", "2", "10", "final"]
    assert found == target
    assert np.array_equal(folds["final"].predict(ROWS), model.predict(ROWS))


@pytest.mark.parametrize("make", MODELS)
def test_rescaled_outputs(make):
    model = make()

    assert model.rescaled(3.0, -2.0).predict(ROWS) == pytest.approx(3.0 * model.predict(ROWS) - 2.0)


@pytest.mark.parametrize("make", OF_THREE)
def test_every_output_is_rescaled_by_its_own(make):
    model, factor, offset = make(), np.array([3.0, -1.0, 0.5]), np.array([0.0, 5.0, -2.0])
    plain = model.predict(ROWS)

    moved = model.rescaled(factor, offset)

    assert plain.shape == (2, 6, 3)
    assert moved.predict(ROWS) == pytest.approx(plain * factor + offset)
    assert moved.outputs == 3
    assert model.rescaled(factor, 1.0).predict(ROWS) == pytest.approx(plain * factor + 1.0)


@pytest.mark.parametrize("make", [linear, network, kernel, trees, blend])
def test_one_output_is_rescaled_by_a_vector_of_one(make):
    model = make()

    moved = model.rescaled(np.array([3.0]), np.array([-2.0]))

    assert model.outputs == 1
    assert np.array_equal(moved.predict(ROWS), model.rescaled(3.0, -2.0).predict(ROWS))


@pytest.mark.parametrize("make", MODELS)
@pytest.mark.parametrize("wrong", [np.ones(2), np.ones((3, 1))])
def test_vectors_that_are_not_one_number_an_output_are_refused(make, wrong):
    with pytest.raises(ValueError, match="outputs cannot be rescaled"):
        make().rescaled(wrong, 0.0)
    with pytest.raises(ValueError, match="outputs cannot be rescaled"):
        make().rescaled(1.0, wrong)


def test_every_output_is_what_it_would_be_alone():
    several, network = linear_of_three(), network_of_three()

    for output in range(3):
        alone = LinearFitted(several.coefficients[:, :, output], several.intercepts[:, output])
        assert several.predict(ROWS)[:, :, output] == pytest.approx(alone.predict(ROWS))
        chosen = slice(output, output + 1)
        one = NetworkFitted(
            network.activation,
            (network.weights[0], network.weights[1][:, :, chosen]),
            (network.biases[0], network.biases[1][:, :, chosen]),
            skip=network.skip[:, :, chosen],
        )
        assert network.predict(ROWS)[:, :, output] == pytest.approx(one.predict(ROWS))


@pytest.mark.parametrize(
    ("make", "changes"),
    [
        (linear, {"coefficients": np.zeros(3)}),
        (linear, {"coefficients": np.zeros((2, 3, 1)), "intercepts": np.zeros((2, 1))}),
        (linear_of_three, {"coefficients": np.zeros((2, 3, 2))}),
        (linear_of_three, {"coefficients": np.zeros((2, 3))}),
        (linear_of_three, {"intercepts": np.zeros(2)}),
        (linear_of_three, {"intercepts": np.zeros((3, 3))}),
        (network_of_three, {"skip": np.zeros((2, 3, 1))}),
        (network_of_three, {"bias_1": np.zeros((2, 1, 1))}),
        (network_of_three, {"weight_1": np.zeros((2, 4, 1)), "bias_1": np.zeros((2, 1, 1))}),
    ],
)
def test_shapes_that_do_not_fit_are_refused(make, changes):
    model = make()
    with pytest.raises(DataError):
        type(model).from_parts(model.settings(), model.arrays() | changes)


@pytest.mark.parametrize("outputs", [None, 1, 2, "3"])
def test_a_network_has_the_outputs_that_its_settings_say(outputs):
    model = network_of_three()
    settings = {**model.settings(), "outputs": outputs}
    if outputs is None:
        del settings["outputs"]

    with pytest.raises(DataError, match="outputs"):
        NetworkFitted.from_parts(settings, model.arrays())


def test_models_of_different_outputs_do_not_go_together():
    mixed = BlendFitted((linear(), linear_of_three()), ((0,), (1,)))
    columns = np.arange(3, dtype=np.int32)
    routes = RoutedFitted(3, (Route(columns, linear()), Route(columns, linear_of_three())))

    for model in (mixed, routes):
        with pytest.raises(DataError, match=r"\[1, 3\] outputs"):
            type(model).from_parts(model.settings(), model.arrays())


def test_same_models_give_the_same_bytes(tmp_path):
    for name in ("first", "second"):
        models = {"0": network(), "1": network_of_three(), "final": linear()}
        storage.save(tmp_path / name, models, SCALE)

    for file in ("model.json", "weights.safetensors"):
        assert (tmp_path / "first" / file).read_bytes() == (tmp_path / "second" / file).read_bytes()


@pytest.mark.parametrize("make", MODELS)
def test_rows_of_another_width_are_refused(make):
    with pytest.raises(DataError, match="3 features"):
        make().predict(np.zeros((2, 4)))


def test_a_changed_weight_is_refused(tmp_path):
    storage.save(tmp_path, {"0": linear()}, SCALE)
    weights = tmp_path / "weights.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(bytes(content))

    with pytest.raises(DataError, match="is not the file"):
        storage.load(tmp_path)


@pytest.mark.parametrize("name", ["model.json", "weights.safetensors"])
def test_a_missing_file_is_named(tmp_path, name):
    storage.save(tmp_path, {"0": linear()}, SCALE)
    (tmp_path / name).unlink()

    with pytest.raises(DataError, match=name):
        storage.load(tmp_path)


def test_a_cut_off_weights_file_is_refused_even_with_its_own_hash(tmp_path):
    storage.save(tmp_path, {"0": linear()}, SCALE)
    weights = tmp_path / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-8])
    edit(tmp_path, lambda it: it.update(weights_sha256=digest(weights)))

    with pytest.raises(DataError, match="damaged"):
        storage.load(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it.update(format="another"),
        lambda it: it.pop("folds"),
        lambda it: it.update(folds={}),
        lambda it: it.update(folds=[]),
        lambda it: it.pop("target"),
        lambda it: it["target"].update(kind="sideways"),
        lambda it: it["folds"]["0"].update(kind="oracle"),
        lambda it: it["folds"]["0"].update(kind="trees"),
        lambda it: it["folds"]["0"].update(kind="linear", settings={}),
        lambda it: it["folds"]["0"]["settings"].update(activation="sign"),
        lambda it: it["folds"]["0"]["settings"].update(layers=3),
        lambda it: it["folds"]["0"]["settings"].update(layers=1),
        lambda it: it["folds"]["0"]["settings"].pop("linear_skip"),
    ],
)
def test_a_description_that_does_not_fit_is_refused(tmp_path, change):
    storage.save(tmp_path, {"0": network()}, SCALE)
    edit(tmp_path, change)

    with pytest.raises(DataError):
        storage.load(tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("feature", [1, 3, 0]),
        ("left", [0, 1, 2]),
        ("left", [1, 0, 2]),
        ("right", [9, 1, 2]),
        ("right", [2, 2, 2]),
        ("roots", [[3]]),
        ("threshold", [np.nan, 0.0, 0.0]),
        ("value", [0.0, 1.0]),
    ],
)
def test_trees_that_cannot_be_walked_are_refused(name, value):
    arrays = trees().arrays()
    arrays[name] = np.array(value, dtype=arrays[name].dtype)

    with pytest.raises(DataError):
        TreesFitted.from_parts(trees().settings(), arrays)


def test_predicting_loads_neither_torch_nor_sklearn(tmp_path):
    models = [network(), trees(), kernel(), linear(), blend()]
    storage.save(tmp_path, {str(fold): model for fold, model in enumerate(models)}, SCALE)
    code = f"""
import pathlib, sys
from hw1.fitted import storage
from hw1.fitted.blend import BlendFitted
import numpy as np
folds, _ = storage.load(pathlib.Path({str(tmp_path)!r}))
for model in folds.values():
    model.predict(np.zeros((1, 3)))
print(sorted({{"torch", "sklearn", "pandas"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def edit(folder, change):
    file = folder / "model.json"
    content = json.loads(file.read_text())
    change(content)
    file.write_text(json.dumps(content))


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()
