import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from support import ROOT
from sweep_support import SETTINGS, make_sweep, outcome_for, space_of

from hw1.core.errors import Hw1Error, ParamsError
from hw1.core.sections import read_params
from hw1.sweep.places import apply_options
from hw1.sweep.reopen import reopen
from hw1.sweep.study import open_study
from hw1.sweep.trial import Outcome

RATE = "train.optimizer.learning_rate"
NAMES = ["random", "tpe"]


def opened(folder, sweep, **options):
    return open_study(sweep, space_of(sweep), SETTINGS, folder=folder, **options)


def run(folder, sweep, evaluate=outcome_for, **options):
    """Run a search to its end; returns what is finished, and the numbers that were evaluated."""
    evaluated = []
    with opened(folder, sweep, **options) as search:
        while trials := search.next_generation():
            for trial in trials:
                evaluated.append(trial.number)
                search.tell(evaluate(trial))
        return search.outcomes(), evaluated


@pytest.mark.parametrize("sampler", NAMES)
def test_every_trial_is_run_once_and_found_again(tmp_path, sampler):
    sweep = make_sweep(sampler=sampler, trials=22, at_once=8)
    finished, evaluated = run(tmp_path, sweep)
    assert [each.number for each in finished] == list(range(22))
    assert evaluated == [each.number for each in finished if each.same_as is None]
    again, evaluated = run(tmp_path, sweep)
    assert again == finished
    assert evaluated == []
    for each in finished:
        if each.same_as is None:
            assert each.outcome == outcome_for(each.trial)


def test_a_generation_is_given_until_it_is_told(tmp_path):
    sweep = make_sweep(trials=10)
    with opened(tmp_path, sweep) as search:
        first = search.next_generation()
        assert [trial.number for trial in first] == [0, 1, 2, 3]
        search.tell(outcome_for(first[2]))
        assert search.next_generation() == [first[0], first[1], first[3]]
    with opened(tmp_path, sweep) as search:
        assert search.next_generation() == [first[0], first[1], first[3]]


def test_results_may_come_in_any_order(tmp_path):
    sweep = make_sweep(sampler="tpe", trials=40, at_once=16)
    expected, _ = run(tmp_path / "one", sweep)
    with opened(tmp_path / "other", sweep) as search:
        while trials := search.next_generation():
            for trial in reversed(trials):
                search.tell(outcome_for(trial))
        assert search.outcomes() == expected


def test_a_told_trial_is_not_told_again(tmp_path):
    with opened(tmp_path, make_sweep()) as search:
        trial = search.next_generation()[0]
        outcome = outcome_for(trial)
        search.tell(outcome)
        search.tell(replace(outcome, members_mse=0.0))
        assert search.outcomes()[0].outcome == outcome
        with pytest.raises(Hw1Error, match="search `default` has no trial 99"):
            search.tell(replace(outcome, number=99))


def smooth(trial):
    return replace(outcome_for(replace(trial, number=0)), number=trial.number)


def test_tpe_finds_better_than_random(tmp_path):
    best = {}
    for sampler in NAMES:
        bests = []
        for seed in range(2):
            sweep = make_sweep(sampler=sampler, trials=64, at_once=16, seed=seed)
            finished, _ = run(tmp_path / f"{sampler}{seed}", sweep, smooth)
            errors = sorted(each.outcome.members_mse - 1 for each in finished)
            bests.append(sum(errors[:5]) / 5)
        best[sampler] = sum(bests)
    assert best["tpe"] < 0.6 * best["random"]


def test_tpe_keeps_away_from_what_diverges(tmp_path):
    def diverges_above(trial):
        if trial.train.optimizer.learning_rate > 1e-3:
            return Outcome(trial.number, "diverged", reason="not finite")
        return Outcome(trial.number, "complete", members_mse=1.0 + trial.train.dropout)

    finished, _ = run(tmp_path, make_sweep(sampler="tpe", trials=96, at_once=16), diverges_above)
    shares = [
        sum(each.outcome.state == "diverged" for each in part) / len(part)
        for part in (finished[:16], finished[-48:])
    ]
    assert shares[1] < 0.5 * shares[0]


def test_a_trial_that_was_tried_is_not_run_again(tmp_path):
    space = {"features.k": {"choices": [8, 16, None]}, "train.epochs": {"low": 1, "high": 2}}
    sweep = make_sweep(sampler="tpe", trials=20, space=space)

    def evaluate(trial):
        return Outcome(trial.number, "complete", members_mse=trial.train.epochs, seconds=2.0)

    finished, evaluated = run(tmp_path, sweep, evaluate)
    assert len(evaluated) == 6
    assert len(finished) == 20
    for each in finished:
        if each.same_as is not None:
            first = finished[each.same_as]
            assert each.overrides == first.overrides
            assert each.outcome == replace(first.outcome, number=each.number, seconds=0.0)


def test_values_that_do_not_go_together_fail_and_the_search_goes_on(tmp_path):
    space = {
        "train.model": {"choices": ["mlp", "linear"]},
        "train.hidden": {"choices": [[], [8]]},
    }
    finished, evaluated = run(tmp_path, make_sweep(sampler="grid", trials=None, space=space))
    states = {json.dumps(each.overrides): each.outcome.state for each in finished}
    wrong = {"train.hidden": [], "train.model": "mlp"}
    assert states.pop(json.dumps(wrong)) == "failed"
    failed = next(each for each in finished if each.overrides == wrong)
    assert failed.trial is None
    assert "model `mlp` needs `hidden`" in failed.outcome.reason
    assert failed.number not in evaluated
    assert len(states) == 3


def test_a_grid_is_run_in_order_and_may_be_cut(tmp_path):
    space = {
        "train.epochs": {"low": 1, "high": 9, "step": 4},
        "features.k": {"choices": [8, None]},
    }
    options = {"sampler": "grid", "space": space}
    finished, _ = run(tmp_path, make_sweep(trials=4, **options))
    assert [tuple(each.overrides.values()) for each in finished] == [
        (8, 1),
        (8, 5),
        (8, 9),
        (None, 1),
    ]
    with opened(tmp_path, make_sweep(trials=None, **options)) as search:
        assert search.total == 6
        assert [trial.number for trial in search.next_generation()] == [4, 5]


def test_more_trials_are_those_of_a_longer_search(tmp_path):
    longer = make_sweep(sampler="tpe", trials=48, at_once=16)
    expected, _ = run(tmp_path / "one", longer)
    run(tmp_path / "other", make_sweep(sampler="tpe", trials=21, at_once=16))
    finished, evaluated = run(tmp_path / "other", longer)
    assert finished == expected
    assert min(evaluated) == 21


def test_the_objective_decides_the_value(tmp_path):
    import optuna

    for objective, value in (("members", 3.0), ("ensemble", 2.0)):
        with opened(tmp_path, make_sweep(objective=objective), name=objective) as search:
            search.next_generation()
            search.tell(Outcome(0, "complete", members_mse=3.0, ensemble_mse=2.0))
        backend = optuna.storages.journal.JournalFileBackend(f"{tmp_path}/{objective}.journal")
        study = optuna.load_study(
            study_name=objective, storage=optuna.storages.JournalStorage(backend)
        )
        assert study.best_value == value
        assert study.trials[0].params["train.model"] in ('"mlp"', '"linear"')


# a search that is killed


class KilledError(BaseException):
    """Ends a search as a signal would: nothing below the storage gets to clean up."""


class Killer:
    """Lets a number of writes to the journal pass, and half of the next one."""

    def __init__(self, monkeypatch, writes):
        from optuna.storages.journal import JournalFileBackend

        self.left, original = writes, JournalFileBackend.append_logs

        def append(backend, logs):
            if self.left == 0:
                journal = Path(backend._file_path)
                with journal.open("a") as file:
                    file.write('{"op_code": 4, "worker')
                journal.with_name(f"{journal.name}.lock").symlink_to(journal)
                raise KilledError
            self.left -= 1
            original(backend, logs)

        monkeypatch.setattr(JournalFileBackend, "append_logs", append)


@pytest.mark.fault("kill a sweep")
@pytest.mark.parametrize("sampler", NAMES)
def test_a_search_that_is_killed_at_any_write_goes_on_as_if_it_had_not_been(
    tmp_path, monkeypatch, sampler, record_property
):
    sweep = make_sweep(sampler=sampler, trials=18, at_once=6)
    expected, _ = run(tmp_path / "whole", sweep)
    writes = len((tmp_path / "whole" / "default.journal").read_text().splitlines())
    assert writes > 50
    moments = range(0, writes, 4 if sampler == "random" else 9)
    record_property("cases", len(moments))
    for written in moments:
        folder, evaluated = tmp_path / str(written), []

        def evaluate(trial, evaluated=evaluated):
            evaluated.append(trial.number)
            return outcome_for(trial)

        with monkeypatch.context() as patch:
            Killer(patch, written)
            with pytest.raises(KilledError):
                run(folder, sweep, evaluate)
        finished, _ = run(folder, sweep, evaluate)
        assert finished == expected
        # the one whose outcome was being written may come again, no other
        assert len(evaluated) - len(set(evaluated)) <= 1


PROGRAM = """
import os, signal, sys, time
from pathlib import Path
from sweep_support import *
from hw1.sweep.places import apply_options
from hw1.sweep.reopen import reopen
from hw1.sweep.study import open_study
sweep = make_sweep(sampler="tpe", trials=18, at_once=6)
with open_study(sweep, space_of(sweep), SETTINGS, folder=Path(sys.argv[1])) as search:
    while trials := search.next_generation():
        for trial in trials:
            if trial.number == int(sys.argv[2]):
                print("here", flush=True)
                time.sleep(60)
            search.tell(outcome_for(trial))
"""


@pytest.mark.fault("kill a sweep")
def test_a_killed_process_lets_go_and_another_goes_on(tmp_path):
    path = os.pathsep.join(sys.path)
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path), "8"],
        env=os.environ | {"PYTHONPATH": path},
        stdout=subprocess.PIPE,
    )
    sweep = make_sweep(sampler="tpe", trials=18, at_once=6)
    with closing(process.stdout):
        assert process.stdout.readline() == b"here\n"
        told = rf"a search named `default` is running \(process {process.pid} on "
        with pytest.raises(Hw1Error, match=told), opened(tmp_path, sweep):
            pass
        process.send_signal(signal.SIGKILL)
        process.wait()
    finished, evaluated = run(tmp_path, sweep)
    assert evaluated == list(range(8, 18))
    assert finished == run(tmp_path / "whole", sweep)[0]


def test_searches_of_two_names_run_beside_each_other(tmp_path):
    sweep = make_sweep()
    with opened(tmp_path, sweep, name="one") as one, opened(tmp_path, sweep, name="two") as two:
        assert one.next_generation() == two.next_generation()
        with pytest.raises(Hw1Error, match="a search named `one` is running"):
            opened(tmp_path, sweep, name="one").__enter__()
    with opened(tmp_path, sweep, name="one"):
        pass


@pytest.mark.parametrize(
    ("changes", "others", "keys"),
    [
        ({"seed": 1}, {}, "`sweep.seed`"),
        ({"objective": "ensemble"}, {}, "`sweep.objective`"),
        ({"space": {"train.epochs": {"low": 1, "high": 5}}}, {}, "`sweep.space.train.dropout`, "),
        ({}, {"data": "4567"}, "`data`"),
        ({}, {"split": {"method": "state"}}, "`split.method`"),
        ({"train": {"epochs": 99}}, {}, "`train.epochs`"),
    ],
)
def test_other_settings_are_refused_until_it_begins_anew(tmp_path, changes, others, keys):
    run(tmp_path, make_sweep())
    base = changes.pop("train", {})
    sweep = make_sweep(**changes)
    arguments = (sweep, space_of(sweep, **base), SETTINGS | others)
    with pytest.raises(ParamsError) as refusal, open_study(*arguments, folder=tmp_path):
        pass
    assert keys in str(refusal.value)
    assert "`--name`" in str(refusal.value)
    assert "`--again`" in str(refusal.value)
    with open_study(*arguments, folder=tmp_path, again=True) as search:
        assert search.outcomes() == []
        assert [trial.number for trial in search.next_generation()] == [0, 1, 2, 3]


def test_what_does_not_matter_to_a_trial_may_change(tmp_path):
    finished, _ = run(tmp_path, make_sweep())
    sweep = make_sweep(best=1, unseen="state", trials=13)
    space = space_of(sweep, seeds=3, threads=2, refit=False)
    with open_study(sweep, space, SETTINGS, folder=tmp_path) as search:
        outcomes = [each.outcome for each in search.outcomes()]
    assert outcomes == [each.outcome for each in finished]


@pytest.mark.parametrize("name", ["", "../x", "a b", ".x"])
def test_a_name_is_that_of_a_file(tmp_path, name):
    with pytest.raises(Hw1Error, match="cannot name a search"):
        opened(tmp_path, make_sweep(), name=name).__enter__()


# other storages


def test_an_sqlite_file_holds_the_same_search(tmp_path):
    sweep = make_sweep(sampler="tpe", trials=7, at_once=3)
    storage = f"sqlite:///{tmp_path}/search.db"
    finished, _ = run(tmp_path, sweep, storage=storage)
    assert finished == run(tmp_path, sweep)[0]
    assert run(tmp_path, sweep, storage=storage) == (finished, [])
    told = f"running .process {os.getpid()} on "
    with opened(tmp_path, sweep, storage=storage), pytest.raises(Hw1Error, match=told):
        opened(tmp_path, sweep, storage=storage).__enter__()


@pytest.mark.parametrize(
    ("storage", "message"),
    [
        ("nonsense", "the storage is no address; give `sqlite:///FILE` or"),
        ("mysql://me:secret@host/x", "`mysql` cannot store a search"),
        ("sqlite://", "needs an SQLite file"),
        ("postgresql://me:secret@127.0.0.1:1/x", r"//me:\*\*\*@127.0.0.1:1/x failed: "),
    ],
)
@pytest.mark.fault("credentials")
def test_a_storage_that_is_none_is_refused_without_its_password(tmp_path, storage, message):
    with pytest.raises(Hw1Error, match=message) as refusal:
        opened(tmp_path, make_sweep(), storage=storage).__enter__()
    assert "secret" not in str(refusal.value)


def test_a_search_goes_on_though_params_yaml_has_become_one_of_its_trials(tmp_path):
    sweep = make_sweep(trials=4, at_once=4)
    run(tmp_path, sweep)
    applied = space_of(sweep, dropout=0.7, hidden=[8])

    with open_study(sweep, applied, SETTINGS, folder=tmp_path) as search:
        assert search.space.base == space_of(sweep).base
        assert len(search.outcomes()) == 4


def test_a_study_of_somebody_else_is_no_search(tmp_path):
    import optuna

    address = f"sqlite:///{tmp_path}/theirs.db"
    optuna.create_study(study_name="theirs", storage=address)

    with pytest.raises(Hw1Error, match="there is no search `theirs`"), reopen("theirs", address):
        pass


def test_a_database_that_is_not_there_is_not_made(tmp_path):
    file = tmp_path / "typo.db"

    with pytest.raises(Hw1Error, match="no search"), reopen("any", f"sqlite:///{file}"):
        pass
    assert not file.exists()


def test_two_searches_share_a_database(tmp_path):
    address = f"sqlite:///{tmp_path}/both.db"
    sweep = make_sweep(trials=2)
    arguments = (sweep, space_of(sweep), SETTINGS)

    with (
        open_study(*arguments, name="a", storage=address) as first,
        open_study(*arguments, name="b", storage=address) as second,
    ):
        assert first.next_generation()[0].overrides == second.next_generation()[0].overrides


@pytest.mark.fault("credentials")
def test_what_applies_a_trial_tells_no_password():
    assert apply_options("default", None) == ""
    assert apply_options("mine", None) == " --name mine"
    told = apply_options("default", "postgresql://me:secret@host/db")
    assert told == " --storage postgresql://me:***@host/db"


def test_a_grid_says_what_it_leaves_out(tmp_path):
    space = {"features.k": {"choices": [8, 16]}, "train.epochs": {"choices": [5, 10, 15]}}
    with opened(tmp_path, make_sweep(sampler="grid", trials=4, space=space)) as search:
        assert (search.total, search.left_out) == (4, 2)


def test_a_finished_search_is_found_again(tmp_path, monkeypatch):
    sweep = make_sweep(trials=6)
    ingest = read_params(ROOT / "params.yaml")["ingest"]
    with open_study(sweep, space_of(sweep), {"ingest": ingest}, folder=tmp_path) as search:
        while trials := search.next_generation():
            for trial in trials:
                search.tell(outcome_for(trial))
        finished = search.outcomes()
    monkeypatch.chdir(ROOT)

    with reopen("default", None, tmp_path) as found:
        assert [outcome for _, outcome in found.results] == [each.outcome for each in finished]
        assert found.best()[1].value("members") == min(
            each.outcome.members_mse for each in finished if each.outcome.state == "complete"
        )
        with pytest.raises(Hw1Error, match="no finished trial 99; finished are 0 to 5"):
            found.trial(99)
