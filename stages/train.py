"""Stage `train`: fit the model on every fold, and on all rows for the submission."""

from contextlib import closing

from hw1.core.entry import exits_cleanly
from hw1.core.files import write_metrics
from hw1.core.layout import CURVE_FILE, DESIGN_FOLDER, MODEL_FOLDER, TRAIN_METRICS
from hw1.core.sections import load_section
from hw1.core.survey import TRANSDUCTIVE
from hw1.curve import CurveWriter
from hw1.engine.epoch import Epoch
from hw1.fitted import storage
from hw1.fitted.routed import RoutedFitted
from hw1.lineage.announce import announced_training
from hw1.models.design import read_designs
from hw1.models.folds import fit_folds, planned_epochs, planned_folds, summarise
from hw1.models.problem import target_of
from hw1.models.threads import bounded_threads
from hw1.params.train import TrainParams
from hw1.progress import FoldProgress


@exits_cleanly
def main() -> None:
    """Fit all folds and write the models, their errors and the learning curve."""
    params = load_section("train", TrainParams)
    designs = read_designs(DESIGN_FOLDER)
    epochs, folds = planned_epochs(params), planned_folds(params, designs)

    with (
        bounded_threads(params),
        announced_training(),
        closing(CurveWriter(CURVE_FILE, epochs)) as curve,
        closing(FoldProgress(len(folds), epochs)) as progress,
    ):

        def on_epoch(fold: str, epoch: Epoch) -> None:
            curve.add(fold, epoch)
            progress.add(fold, epoch)

        fits = fit_folds(params, designs, on_epoch)

    models = {fold: fit.fitted for fold, fit in fits.items()}
    day = next(iter(designs.values())).train.day
    target = target_of(params, () if day is None else day.signals)
    storage.save(MODEL_FOLDER, models, target)
    summary = summarise(fits, designs)
    # only rows that are linked to other windows take different routes
    linked = any(isinstance(model, RoutedFitted) for model in models.values())
    label = {TRANSDUCTIVE: True} if linked else {}
    write_metrics(TRAIN_METRICS, {"model": params.model, **summary, **label})
    print(
        f"train: {params.model}, {summary['members']} member(s) of {summary['parameters']} "
        f"numbers, {', '.join([*label, 'validation MSE'])} "
        f"{summary.get('valid_mse', float('nan')):.4g}"
    )


if __name__ == "__main__":
    main()
