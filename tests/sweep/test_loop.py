"""Whoever evaluates, and however often it is interrupted, a search finds the same."""

import pytest
from search_support import Progress, make_data, search

from hw1.sweep.evaluate import evaluate_batch
from hw1.sweep.workers.inline import InlineWorkers
from hw1.sweep.workers.local import local_workers


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return make_data(tmp_path_factory.mktemp("edition"))


@pytest.fixture(scope="module")
def undisturbed(data, tmp_path_factory):
    return search(tmp_path_factory.mktemp("undisturbed"), InlineWorkers(evaluate_batch, data))


def test_every_kind_of_trial_comes_to_an_end(undisturbed):
    states = {outcome.state for _, _, outcome in undisturbed}

    assert [outcome.number for _, _, outcome in undisturbed] == list(range(24))
    assert {"complete", "pruned", "failed"} <= states
    assert {overrides["train.model"] for overrides, _, _ in undisturbed} == {
        "mlp",
        "linear",
        "ridge",
    }


def test_processes_find_what_one_finds(data, tmp_path, undisturbed):
    assert search(tmp_path, local_workers(evaluate_batch, data, 2)) == undisturbed


@pytest.mark.parametrize("after", [1, 13])
def test_an_interrupted_search_goes_on_to_the_same_end(data, tmp_path, undisturbed, after):
    def interrupt():
        raise KeyboardInterrupt

    progress, rest = Progress(after, interrupt), Progress()
    with pytest.raises(KeyboardInterrupt):
        search(tmp_path, InlineWorkers(evaluate_batch, data), progress)

    assert search(tmp_path, InlineWorkers(evaluate_batch, data), rest) == undisturbed
    assert not set(progress.added) & set(rest.added)


def test_a_finished_search_runs_nothing(data, tmp_path, undisturbed):
    first = search(tmp_path, InlineWorkers(evaluate_batch, data))
    rest = Progress()

    assert search(tmp_path, InlineWorkers(evaluate_batch, data), rest) == first == undisturbed
    assert rest.added == []


@pytest.mark.parametrize("finished", [True, False])
def test_more_trials_leave_those_before_as_they_are(data, tmp_path, finished):
    def interrupt():
        raise KeyboardInterrupt

    progress, rest = Progress(None if finished else 3, interrupt), Progress()
    try:
        search(tmp_path, InlineWorkers(evaluate_batch, data), progress, trials=7)
    except KeyboardInterrupt:
        assert not finished

    found = search(tmp_path, InlineWorkers(evaluate_batch, data), rest)

    assert not set(progress.added) & set(rest.added)
    straight = search(tmp_path / "straight", InlineWorkers(evaluate_batch, data), trials=7)
    assert found[:7] == straight
    assert len(found) == 24
