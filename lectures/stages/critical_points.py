"""critical_points: where training stalls, and the way out of a saddle."""

from hw1.core.entry import exits_cleanly
from hw1.lectures.critical_points.experiment import EXPERIMENT
from hw1.lectures.frame.experiment import run_experiment
from hw1.lectures.frame.publishing import published


@exits_cleanly
def main() -> None:
    """Run the experiment."""
    with published("critical_points"):
        metrics = run_experiment(EXPERIMENT)
        searches = [metrics[name] for name in ("newton", "descent")]
        saddles, minima = (sum(each[kind] for each in searches) for kind in ("saddle", "minimum"))
        escape = metrics["escape"]
        print(
            f"critical_points: {saddles} searches ended in a saddle, {minima} in a minimum; "
            f"{escape['lowered']} of {escape['saddles']} saddles left downhill"
        )


if __name__ == "__main__":
    main()
