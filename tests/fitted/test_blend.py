import json

import numpy as np
import pytest

from hw1.core.errors import DataError
from hw1.fitted import storage
from hw1.fitted.blend import BlendFitted
from hw1.fitted.linear import LinearFitted
from hw1.target import TargetScale

ROWS = np.random.default_rng(1).normal(size=(6, 3))


def linear(members, seed):
    random = np.random.default_rng(seed)
    return LinearFitted(random.normal(size=(members, 3)), random.normal(size=members))


ALONE, HEAD, THREE, TWO = linear(1, 0), linear(1, 1), linear(3, 2), linear(2, 3)


def blend():
    return BlendFitted((ALONE, HEAD, THREE, TWO), ((0,), (1, 2), (1, 3, 2)))


def test_members_are_means_over_chains_of_sums():
    alone, head, three, two = (model.predict(ROWS) for model in (ALONE, HEAD, THREE, TWO))

    outputs = blend().predict(ROWS)

    assert outputs.shape == (3, 6)
    for member in range(3):
        chains = [alone[0], head[0] + three[member], head[0] + two.mean(axis=0) + three[member]]
        assert outputs[member] == pytest.approx(np.mean(chains, axis=0))


def test_an_ensemble_before_the_last_model_counts_with_its_mean():
    residual = BlendFitted((THREE, ALONE), ((0, 1),))

    outputs = residual.predict(ROWS)

    assert outputs.shape == (1, 6)
    assert outputs[0] == pytest.approx(THREE.predict(ROWS).mean(axis=0) + ALONE.predict(ROWS)[0])


def test_a_shared_model_is_stored_once(tmp_path):
    storage.save(tmp_path, {"0": blend()}, TargetScale("change", "none"))

    description = json.loads((tmp_path / "model.json").read_text())["folds"]["0"]

    assert [model["kind"] for model in description["settings"]["models"]] == ["linear"] * 4
    assert list(blend().arrays())[:2] == ["0/coefficients", "0/intercepts"]


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it["settings"].pop("chains"),
        lambda it: it["settings"].update(chains=[]),
        lambda it: it["settings"].update(chains=[[0], []]),
        lambda it: it["settings"].update(chains=[[0], 1, [1, 2, 3]]),
        lambda it: it["settings"].update(chains=[[0], [1, 2], [1, 3, 4]]),
        lambda it: it["settings"].update(chains=[[0], [1, 2], [1, 3, -1]]),
        lambda it: it["settings"].update(chains=[[0], [1, 2], [1, True]]),
        lambda it: it["settings"].update(chains=[[0], [1, 2]]),
        lambda it: it["settings"].update(chains=[[0], [1, 2], [3, 1]]),
        lambda it: it["settings"].update(chains=[[0], [1, 2], [1, 3]]),
        lambda it: it["settings"].update(models="linear"),
        lambda it: it["settings"]["models"].append({"kind": "linear", "settings": {}}),
        lambda it: it["settings"]["models"][1].update(kind="blend"),
        lambda it: it["settings"]["models"][1].update(kind=["linear"]),
        lambda it: it["settings"]["models"][1].pop("settings"),
        lambda it: it["arrays"].pop("1/coefficients"),
        lambda it: it["arrays"].update({"1/coefficients": np.zeros((1, 4))}),
    ],
)
def test_parts_that_do_not_fit_are_refused(change):
    parts = {"settings": blend().settings(), "arrays": blend().arrays()}
    BlendFitted.from_parts(**parts)
    change(parts)

    with pytest.raises(DataError):
        BlendFitted.from_parts(**parts)
