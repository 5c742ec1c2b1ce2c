"""The batch sizes' experiment on a small edition, and its parts on cases with known answers."""

import numpy as np
import pytest
from lectures_support import foreign_numbers, read_page, run_twice, write_lecture_params
from support import ROOT, SMALL

from hw1.core.errors import ParamsError
from hw1.core.sections import check_section, load_section, read_params
from hw1.engine.architecture import Architecture
from hw1.engine.members import Member
from hw1.engine.rows import Rows
from hw1.engine.training import Training
from hw1.lectures.batch_size.budget import epochs_of_updates, updates_an_epoch
from hw1.lectures.batch_size.descent import train_layerwise
from hw1.lectures.batch_size.page import page_of, verdict
from hw1.lectures.batch_size.params import BatchSizeParams
from hw1.lectures.batch_size.reading import read_ground
from hw1.lectures.batch_size.runs import best_of, candidate_rates, train_plain
from hw1.lectures.batch_size.stage import EXPERIMENT
from hw1.lectures.batch_size.statistics import correct, paired, spread
from hw1.lectures.batch_size_speed.stage import EXPERIMENT as SPEED
from hw1.lectures.frame.experiment import run_experiment
from hw1.lectures.frame.places import PARAMS
from hw1.params.train import TrainParams
from hw1.simulate import write_edition

CHANGES = {
    "rows": 32,
    "batch_sizes": [1, 4, 16, "full"],
    "small": 4,
    "large": 16,
    "seeds": 2,
    "epochs": 2,
    "updates": 32,
    "rate_factors": [0.3, 1.0],
    "noise.draws": 4,
    "sharpness.draws": 4,
    "remedies.batch_sizes": [16],
    "remedies.epochs": 3,
    "remedies.warmup_epochs": 1,
    "remedies.lars_rates": [1.0],
    "remedies.lamb_rates": [0.01],
}


@pytest.fixture
def root(tmp_path, monkeypatch):
    write_edition(tmp_path / "data/raw/sample", SMALL)
    (tmp_path / "params.yaml").write_text((ROOT / "params.yaml").read_text(encoding="utf-8"))
    write_lecture_params(tmp_path, "batch_size", CHANGES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def section(**changes):
    content = read_params(ROOT / PARAMS)["batch_size"]
    return check_section("batch_size", content | changes, BatchSizeParams)


def test_every_size_takes_the_same_updates():
    params = section()
    for batch in params.batch_sizes:
        epochs = epochs_of_updates(batch, params.rows, params.updates)
        assert epochs * updates_an_epoch(batch, params.rows) == params.updates


@pytest.mark.parametrize("batch", [1, 4, "full"])
def test_the_engine_takes_as_many_steps_as_are_counted(batch):
    train = read_params(ROOT / "params.yaml")["train"]
    epochs = epochs_of_updates(batch, 8, 16)
    params = check_section("train", train | {"batch_size": batch, "epochs": epochs}, TrainParams)
    rows = Rows(np.ones((8, 2)), np.ones(8), lambda outputs: outputs.mean(axis=1))
    training = Training(Architecture(2, ()), params, [Member(0)], rows)
    while training.active:
        epoch = training.epoch()
    assert epoch.step == 16


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"batch_sizes": [16, 1000, 1024]}, "does not divide"),
        ({"updates": 2047}, "no whole epochs"),
        ({"batch_sizes": [1024, 16]}, "ascend"),
        ({"small": 1024, "large": 16}, "in this order"),
        ({"small": 32}, "two of `batch_sizes`"),
    ],
)
def test_sizes_that_cannot_be_compared_are_refused(changes, words):
    with pytest.raises(ParamsError, match=words):
        section(**changes)


def test_too_many_rows_are_refused(root):
    params = load_section("batch_size", BatchSizeParams, PARAMS)
    with pytest.raises(ParamsError, match=r"`batch_size\.rows` is 4096"):
        read_ground(params.model_copy(update={"rows": 4096}), "sample")
    with pytest.raises(ParamsError, match="without dropout"):
        read_ground(params.model_copy(update={"train": {"dropout": 0.2}}), "sample")


@pytest.mark.slow
def test_the_files_are_the_same_twice_and_the_page_has_no_number_of_its_own(root):
    first, second = run_twice(EXPERIMENT, root)
    assert first == second
    pictures = {name for name in first if name.endswith(".png")}
    assert {name.rsplit("/", 1)[1] for name in pictures} == {
        "errors.png",
        "sharpness.png",
        "noise.png",
        "remedies.png",
    }
    run_experiment(EXPERIMENT)
    page, metrics = read_page("batch_size")
    assert foreign_numbers(page, metrics) == []
    full = metrics["views"]["same_updates"]["32"]
    assert (full["epochs"], full["updates"]) == (32, 32)
    assert metrics["views"]["same_epochs"]["1"]["updates"] == 64


@pytest.mark.fault("divergence")
def test_runaways_are_told_not_averaged(root):
    params = load_section("batch_size", BatchSizeParams, PARAMS)
    ground = read_ground(params, "sample")
    wild, tame = train_plain(params, ground, 4, epochs=4, rates=[1e5, 1e-3])
    assert (wild.diverged, tame.diverged) == (2, 0)
    assert spread(wild.errors.held_out) == {"mean": None, "deviation": None}
    assert best_of([wild, tame]).learning_rate == 1e-3
    assert best_of([wild, tame]).edge


def test_layerwise_training_begins_where_the_engine_begins(root):
    params = load_section("batch_size", BatchSizeParams, PARAMS)
    ground = read_ground(params, "sample")
    members = [Member(seed, learning_rate=1e-12) for seed in (0, 1)]
    used = ground.params.model_copy(update={"epochs": 1, "batch_size": 16})
    plain = Training(ground.architecture, used, members, ground.rows)
    plain.epoch()
    still = train_layerwise("lars", ground.architecture, used, members, ground.rows)
    np.testing.assert_allclose(still.flat, plain.trained().parameters.flat, atol=1e-6)


def test_rates_follow_the_linear_rule():
    params = section(learning_rate=0.01, rate_factors=[0.5, 1.0])
    assert candidate_rates(params, 16) == pytest.approx([0.005, 0.01])
    assert candidate_rates(params, 64) == pytest.approx([0.01, 0.02, 0.04])


def test_the_paired_test_is_students():
    found = paired(np.array([1.0, 2.0, 3.0, np.nan]), np.array([2.0, 4.0, 6.0, 1.0]))
    # differences 1, 2, 3: t = 2 / (1 / sqrt(3)) with 2 degrees of freedom
    assert (found["difference"], found["deviation"], found["seeds"]) == pytest.approx((2, 1, 3))
    assert found["p"] == pytest.approx(0.0742, abs=1e-4)
    assert paired(np.ones(3), np.ones(3))["p"] is None
    assert paired(np.full(2, np.nan), np.ones(2))["difference"] is None


def test_p_values_are_corrected_by_holm():
    tests = [{"p": p} for p in (0.04, 0.01, None, 0.03, 0.011)]
    assert correct(tests) == 4
    assert [one["p"] for one in tests] == pytest.approx([0.06, 0.04, None, 0.06, 0.04])
    assert correct([{"p": 0.9}, {"p": 0.8}]) == 2


def test_a_verdict_needs_a_difference_that_counts():
    assert verdict({"difference": 0.1, "p": 0.01}, 0.05) == "small"
    assert verdict({"difference": -0.1, "p": 0.01}, 0.05) == "large"
    assert verdict({"difference": 0.1, "p": 0.2}, 0.05) == "neither"
    assert verdict({"difference": None, "p": None}, 0.05) == "neither"


@pytest.mark.slow
def test_the_page_says_what_the_numbers_say(root):
    run_experiment(EXPERIMENT)
    _, metrics = read_page("batch_size")
    for differences, words in (
        ((0.1, 0.1, 0.0), "they learn more in an epoch"),
        ((0.1, 0.0, 0.1), "**small batches generalise better on this data**"),
        ((-0.1, 0.0, 0.0), "**small batches generalise worse on this data**"),
        ((-0.1, -0.1, 0.0), "that shows only that the large ones learn more"),
        ((0.0, 0.1, 0.0), "does not show that small batches generalise better, nor worse"),
    ):
        for name, value in zip(("held_out", "train", "gap"), differences, strict=True):
            told = {"difference": value, "deviation": 0.01, "p": 0.01 if value else 0.5}
            metrics["compared"]["own_rate"][name] |= told
        assert words in page_of(metrics)


def test_times_are_told_apart_from_all_else(root):
    lectures = root / PARAMS
    both = (
        lectures.read_text(encoding="utf-8")
        + "batch_size_speed: {rounds: 2, epochs: 1, updates: 2}\n"
    )
    lectures.write_text(both, encoding="utf-8")
    run_experiment(SPEED)
    page, metrics = read_page("batch_size_speed")
    assert foreign_numbers(page, metrics) == []
    assert metrics["reproducible"] is False
    cpu = metrics["devices"]["cpu"]["sizes"]
    assert set(cpu) == {"1", "4", "16", "32"}
    for size, one in cpu.items():
        assert one["updates_an_epoch"] == 32 // int(size)
        assert one["seconds_an_epoch"] > 0.0
    assert not (root / "lectures/metrics/batch_size.json").exists()
