"""Experiment `views`: predict tomorrow's views of a channel."""

from hw1.core.entry import exits_cleanly
from hw1.lectures.frame.experiment import run_experiment
from hw1.lectures.frame.publishing import published
from hw1.lectures.views.experiment import EXPERIMENT


@exits_cleanly
def main() -> None:
    """Run the experiment and write its files."""
    with published("views"):
        metrics = run_experiment(EXPERIMENT)
        best = metrics["reading"]["best"]
        print(f"views: the best on the unseen year is off by {best['unseen']:.3g} thousand views")


if __name__ == "__main__":
    main()
