"""The experiment as its stage runs it, on a short channel."""

import pytest
from lectures_support import foreign_numbers, read_page, run_twice, write_lecture_params

from hw1.core.errors import ParamsError
from hw1.core.files import write_text
from hw1.lectures.frame.experiment import run_experiment
from hw1.lectures.views.experiment import EXPERIMENT
from hw1.lectures.views.page import make_page
from hw1.lectures.views.reading import best_of, second_of, verdict

SMALL = {
    "simulated.first_year": 2020,
    "past_days": [1, 7],
    "pieces": [2, 4],
    "layers": [1, 2],
    "width": 5,
    "descent.steps": 200,
    "network.epochs": 3,
    "network.seeds": 2,
    "surface.steps": 60,
    "weeks": 2,
}


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_lecture_params(tmp_path, "views", SMALL)
    return tmp_path


@pytest.mark.slow
def test_two_runs_write_the_same_bytes(project):
    first, second = run_twice(EXPERIMENT, project)
    pictures = {"predictions", "surface", "curve", "layers"}
    assert {f"lectures/plots/views/{name}.png" for name in pictures} <= set(first)
    assert {"lectures/metrics/views.json", "lectures/pages/views.md"} <= set(first)
    assert first == second


def test_the_page_has_the_metrics_numbers_and_no_others(project):
    run_experiment(EXPERIMENT)
    page, metrics = read_page("views")
    assert foreign_numbers(page, metrics) == []
    assert page == make_page(metrics)
    assert foreign_numbers("off by 0.777", metrics) == ["0.777"]
    # each model has its line
    assert page.count("\n| ") == 1 + 2 + 2 * 2 + 2


def test_a_channels_own_file_takes_the_simulations_place(project):
    write_lecture_params(project, "views", SMALL | {"csv": "mine.csv", "unseen_year": 2019})
    days = [f"2018-12-{day:02d},{1000 + 300 * (day % 7)}" for day in range(1, 32)]
    days += [f"2019-01-{day:02d},{1000 + 300 * ((day + 31) % 7)}" for day in range(1, 32)]
    write_text(project / "lectures/data/mine.csv", "\n".join(["date,views", *days]) + "\n")
    metrics = run_experiment(EXPERIMENT)
    assert metrics["data"]["source"] == "mine.csv"
    assert metrics["data"]["training_days"] == 24
    # seven days tell everything of a channel that only knows weeks
    assert metrics["linear"]["7"]["unseen"] < 0.1 * metrics["linear"]["1"]["unseen"]
    assert "views of mine.csv" in read_page("views")[0]


def test_a_misspelt_key_is_refused(project):
    path = project / "lectures/params.yaml"
    write_text(path, path.read_text().replace("weeks:", "week:"))
    with pytest.raises(ParamsError, match=r"did you mean `views\.weeks`"):
        run_experiment(EXPERIMENT)


def losses(first, last, spread=0.0):
    pairs = {"1": first, "2": (9.0, 9.0), "10": last}
    return {
        size: {
            "training": training,
            "unseen": unseen,
            "spread": spread,
            "training_spread": spread,
        }
        for size, (training, unseen) in pairs.items()
    }


@pytest.mark.parametrize(
    ("last", "spread", "expected"),
    [
        ((0.5, 0.5), 0.0, "both"),
        ((0.5, 1.5), 0.0, "training"),
        ((0.5, 0.9), 0.2, "training"),  # no more than what seeds differ by
        ((0.9, 0.5), 0.2, "unseen"),
        ((1.5, 0.5), 0.0, "unseen"),
        ((1.5, 1.5), 0.0, "neither"),
    ],
)
def test_a_verdict_compares_the_smallest_with_the_largest(last, spread, expected):
    assert verdict(losses((1.0, 1.0), last, spread)) == expected


def test_the_best_is_the_best_on_the_unseen_year():
    assert best_of({"linear": losses((1, 5), (1, 4)), "relu": losses((0, 6), (1, 3))}) == (
        "relu",
        10,
    )
    assert second_of({"linear": losses((1, 5), (1, 4)), "relu": losses((0, 6), (1, 3))}) == (
        "linear",
        10,
    )
