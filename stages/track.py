"""Stage `track`: publishes the variant in the workspace as one MLflow run."""

from hw1 import layout
from hw1.entry import exits_cleanly
from hw1.files import write_json
from hw1.params.restore import remember_params
from hw1.tracking.publish import RESULTS, publish
from hw1.tracking.variant import read_variant


@exits_cleanly
def main() -> None:
    """Run the stage."""
    remember_params()  # no stage has refused them
    variant = read_variant(RESULTS)
    run_id = publish(variant)
    write_json(layout.TRACK_FILE, {"name": variant.name, "variant": variant.key})
    if run_id is not None:
        print(f"track: {variant.name} is run {run_id[:8]} in MLflow; `make ui` shows it")
    else:
        print("track: once it can be reached, `dvc repro -f -s track` publishes this variant")


if __name__ == "__main__":
    main()
