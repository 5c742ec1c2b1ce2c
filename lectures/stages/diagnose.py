"""Experiment `diagnose`: what is wrong with a training."""

from hw1.core.entry import exits_cleanly
from hw1.lectures.diagnose.experiment import EXPERIMENT
from hw1.lectures.diagnose.show import text
from hw1.lectures.frame.experiment import run_experiment
from hw1.lectures.frame.publishing import published


@exits_cleanly
def main() -> None:
    """Run the experiment."""
    with published("diagnose"):
        print(text(run_experiment(EXPERIMENT)))


if __name__ == "__main__":
    main()
