"""Experiment `tasks`: a number, yes or no, and a whole day."""

from hw1.core.entry import exits_cleanly
from hw1.lectures.frame.experiment import run_experiment
from hw1.lectures.frame.publishing import published
from hw1.lectures.tasks.experiment import EXPERIMENT
from hw1.lectures.tasks.page import told


@exits_cleanly
def main() -> None:
    """Run the experiment."""
    with published("tasks"):
        print(told(run_experiment(EXPERIMENT)))


if __name__ == "__main__":
    main()
