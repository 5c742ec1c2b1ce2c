"""What a model is given to fit: features, targets on its scale, and how it will be judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hw1.core.errors import DataError
from hw1.fitted.base import Array, Fitted, Floats, Scale
from hw1.models.design import Design, Part
from hw1.params.train import SingleModel, TrainParams
from hw1.target import Rise, Target, TargetScale, WholeDay


@dataclass(frozen=True)
class Base:
    """What earlier models of a chain predict together, as they fit the target.

    Attributes:
        train: for the training rows, shape [rows].
        validation: for the validation rows, shape [rows]; None without any.
    """

    train: Floats
    validation: Floats | None


@dataclass(frozen=True)
class Problem:
    """What a model is to learn on one fold.

    Models fit `(encoded target - mean) / deviation`; `Fitted.rescaled(deviation, mean)` takes
    their outputs back to the target's scale. A later model of a chain fits what is left of that
    when its base is taken away, and is judged with its base added again.

    Attributes:
        params: section `train:`.
        design: the fold's rows.
        target: what is predicted, and the scale on which it is fitted.
        mean: of the encoded training targets, of every output if there are several; 0 where targets
            are not standardised.
        deviation: of the encoded training targets; 1 where targets are not standardised.
        base: what earlier models predict; None for the first model of a chain.
    """

    params: TrainParams
    design: Design
    target: Target
    mean: Scale
    deviation: Scale
    base: Base | None = None

    @property
    def x(self) -> Floats:
        """Training features, shape [rows, features]."""
        return self.design.train.x

    @property
    def y(self) -> Floats:
        """Training targets as the model fits them, shape [rows] or [rows, outputs]."""
        return self.targets_of(self.design.train)

    @property
    def states(self) -> Array:
        """State of every training row, shape [rows]."""
        return self.design.train.states

    def targets_of(self, part: Part) -> Floats:
        """Targets of the training or the validation rows as the model fits them; see `y`."""
        return (_encoded(self.target, part) - self.mean) / self.deviation - self._base_of(part)

    @property
    def outputs(self) -> int:
        """Number of outputs that the model needs."""
        return int(np.size(self.mean))

    def errors(self, outputs: Floats, part: Part) -> Floats:
        """Errors of a model's outputs.

        Args:
            outputs: as the model fits them, shape [members, rows] or [members, rows, outputs].
            part: the rows they are for, training or validation.

        Returns:
            Every member's mean squared error in squared percentage points, shape [members]; of
            probabilities it is the Brier score (Brier 1950).
        """
        summed = outputs + self._base_of(part)
        return self.errors_of(summed * self.deviation + self.mean, part)

    def errors_of(self, outputs: Floats, part: Part) -> Floats:
        """The same of outputs on the target's scale."""
        return part.errors(self.target.decode(outputs, part.known), self.truth_of(part))

    def truth_of(self, part: Part) -> Floats:
        """The number by which rows are judged, as it came out, shape [rows]."""
        return self.target.truth(part.target, part.known)

    def residual(self, model: SingleModel, earlier: Sequence[Fitted]) -> Problem:
        """The problem that is left to one model of a chain.

        Args:
            model: which model it is for.
            earlier: the models before it, as fitted; each counts with its members' mean.
        """
        params = self.params.model_copy(update={"model": model})
        if not earlier:
            return replace(self, params=params)

        def outputs(part: Part) -> Floats:
            means = [fitted.predict(part.x).mean(axis=0) for fitted in earlier]
            return np.asarray(np.sum(means, axis=0))

        validation = self.design.validation
        base = Base(
            train=outputs(self.design.train),
            validation=None if validation is None else outputs(validation),
        )
        return replace(self, params=params, base=base)

    def _base_of(self, part: Part) -> Floats | float:
        if self.base is None:
            return 0.0
        outputs = self.base.train if part is self.design.train else self.base.validation
        assert outputs is not None
        return outputs


def make_problem(params: TrainParams, design: Design) -> Problem:
    """Put a fold's targets on the scale that the model fits.

    Raises:
        DataError: the task needs what the fold has not: both classes, or the whole last day.
    """
    train = design.train
    if params.task == "structured" and train.day is None:
        raise DataError(
            f"design of fold {design.fold} lacks the whole last day, which `train.task: "
            "structured` predicts; set `features.last_day: false`"
        )
    target = target_of(params, () if train.day is None else train.day.signals)
    encoded = _encoded(target, train)
    if isinstance(target, Rise):
        _require_both_classes(encoded, target, design.fold)
    if params.task == "structured":
        return _standardised(params, design, target, encoded)
    if not params.target_standardise or _is_plain(params):
        return Problem(params, design, target, 0.0, 1.0)
    # targets that are all equal have no deviation to divide by
    return Problem(params, design, target, float(encoded.mean()), float(encoded.std()) or 1.0)


def target_of(params: TrainParams, signals: Sequence[str] = ()) -> Target:
    """What the parameters ask for.

    For persistence the scale is always the plain change: it predicts no change from the last known
    day, on whatever scale, and percent spares it the rounding of a transform.

    Args:
        params: section `train:`.
        signals: names of all signals, positivity last; for the task `structured`.
    """
    if params.task == "classification":
        return Rise(params.rise)
    plain = params.model == "persistence"
    scale = (
        TargetScale("change", "none")
        if plain
        else TargetScale(params.target, params.target_transform)
    )
    return WholeDay(scale, tuple(signals)) if params.task == "structured" else scale


def _standardised(params: TrainParams, design: Design, target: Target, encoded: Floats) -> Problem:
    """A problem of several outputs, each standardised by itself."""
    outputs = encoded.shape[1]
    if not params.target_standardise or _is_plain(params):
        return Problem(params, design, target, np.zeros(outputs), np.ones(outputs))
    deviation = encoded.std(axis=0)
    deviation[deviation == 0.0] = 1.0
    return Problem(params, design, target, encoded.mean(axis=0), deviation)


def _is_plain(params: TrainParams) -> bool:
    """Whether targets are fitted as they are: persistence's, and yes or no."""
    return params.model == "persistence" or params.task == "classification"


def _encoded(target: Target, part: Part) -> Floats:
    """Targets on their scale, shape [rows] or [rows, outputs]."""
    if isinstance(target, WholeDay):
        assert part.day is not None
        return target.encode(part.day.true, part.day.known)
    return target.encode(part.target, part.known)


def _require_both_classes(labels: Floats, target: Rise, fold: str) -> None:
    share = float(labels.mean())
    if share in (0.0, 1.0):
        every = "every" if share else "no"
        raise DataError(
            f"fold {fold}: positivity rises by more than {target.points:g} points in {every} "
            "training row, so there is nothing to tell apart; set another `train.rise`"
        )
