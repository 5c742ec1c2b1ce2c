"""Stage `batch_size_speed` of the lectures."""

from hw1.core.entry import exits_cleanly
from hw1.lectures.batch_size_speed.stage import EXPERIMENT
from hw1.lectures.frame.experiment import run_experiment
from hw1.lectures.frame.publishing import published


@exits_cleanly
def main() -> None:
    """Run the experiment and write its metrics, tables, pictures and page."""
    with published("batch_size_speed", ahead=False):  # it measures time
        run_experiment(EXPERIMENT)


if __name__ == "__main__":
    main()
