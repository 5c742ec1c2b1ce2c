"""A search in a database that several machines use."""

import os
import signal
import subprocess
import sys

import postgres_support
import pytest
from sweep_support import SETTINGS, make_sweep, outcome_for, space_of

from hw1.core.errors import Hw1Error
from hw1.sweep.study import open_study

pytestmark = [
    pytest.mark.skipif(
        postgres_support.missing() is not None, reason=str(postgres_support.missing())
    ),
]

PROGRAM = """
import sys, time
from sweep_support import *
from hw1.sweep.study import open_study
sweep = make_sweep(sampler="tpe", trials=9, at_once=3)
with open_study(sweep, space_of(sweep), SETTINGS, storage=sys.argv[1]) as search:
    while trials := search.next_generation():
        for trial in trials:
            if trial.number == 4:
                print("here", flush=True)
                time.sleep(60)
            search.tell(outcome_for(trial))
"""


def test_a_database_holds_a_search_that_one_process_at_a_time_runs(tmp_path):
    sweep = make_sweep(sampler="tpe", trials=9, at_once=3)

    def run(**options):
        evaluated = []
        with open_study(sweep, space_of(sweep), SETTINGS, **options) as search:
            while trials := search.next_generation():
                for trial in trials:
                    evaluated.append(trial.number)
                    search.tell(outcome_for(trial))
            return search.outcomes(), evaluated

    with postgres_support.running_postgres() as address:
        with subprocess.Popen(
            [sys.executable, "-c", PROGRAM, address],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=subprocess.PIPE,
        ) as process:
            assert process.stdout.readline() == b"here\n"
            with pytest.raises(Hw1Error, match=rf"is running \(process {process.pid} on "):
                run(storage=address)
            with open_study(
                sweep, space_of(sweep), SETTINGS, storage=address, name="other"
            ) as other:
                assert len(other.next_generation()) == 3
            process.send_signal(signal.SIGKILL)
        finished, evaluated = run(storage=address)
    assert evaluated == list(range(4, 9))
    assert finished == run(folder=tmp_path)[0]
