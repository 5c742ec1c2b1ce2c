"""Stage `batch_size_speed` of the lectures."""

from hw1.core.entry import exits_cleanly
from hw1.lectures.batch_size_speed.stage import EXPERIMENT
from hw1.lectures.frame.experiment import run_experiment


@exits_cleanly
def main() -> None:
    """Run the experiment and write its metrics, tables, pictures and page."""
    run_experiment(EXPERIMENT)


if __name__ == "__main__":
    main()
