"""What a model is given to fit: features, targets on its scale, and how it will be judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hw1.fitted.base import Array, Fitted, Floats
from hw1.models.design import Design, Part
from hw1.params.train import SingleModel, TrainParams
from hw1.target import TargetScale


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
    """One fold's regression problem.

    Models fit `(encoded target - mean) / deviation`; `Fitted.rescaled(deviation, mean)` takes
    their outputs back to the target's scale. A later model of a chain fits what is left of that
    when its base is taken away, and is judged with its base added again.

    Attributes:
        params: section `train:`.
        design: the fold's rows.
        scale: between percent and the target's scale.
        mean: of the encoded training targets; 0 where targets are not standardised.
        deviation: of the encoded training targets; 1 where targets are not standardised.
        base: what earlier models predict; None for the first model of a chain.
    """

    params: TrainParams
    design: Design
    scale: TargetScale
    mean: float
    deviation: float
    base: Base | None = None

    @property
    def x(self) -> Floats:
        """Training features, shape [rows, features]."""
        return self.design.train.x

    @property
    def y(self) -> Floats:
        """Training targets as the model fits them, shape [rows]."""
        return self.targets_of(self.design.train)

    @property
    def states(self) -> Array:
        """State of every training row, shape [rows]."""
        return self.design.train.states

    def targets_of(self, part: Part) -> Floats:
        """Targets of the training or the validation rows as the model fits them, shape [rows]."""
        encoded = self.scale.encode(part.target, part.known)
        return (encoded - self.mean) / self.deviation - self._base_of(part)

    def errors(self, outputs: Floats, part: Part) -> Floats:
        """Errors of a model's outputs.

        Args:
            outputs: as the model fits them, shape [members, rows].
            part: the rows they are for, training or validation.

        Returns:
            Every member's mean squared error in squared percentage points, shape [members].
        """
        summed = outputs + self._base_of(part)
        return part.errors(self.scale.decode(summed * self.deviation + self.mean, part.known))

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
    """Put a fold's targets on the scale that the model fits."""
    scale = effective_scale(params)
    encoded = scale.encode(design.train.target, design.train.known)
    if not params.target_standardise or params.model == "persistence":
        return Problem(params, design, scale, 0.0, 1.0)
    # targets that are all equal have no deviation to divide by
    return Problem(params, design, scale, float(encoded.mean()), float(encoded.std()) or 1.0)


def effective_scale(params: TrainParams) -> TargetScale:
    """The target's scale, which for persistence is always the plain change.

    Persistence predicts no change from the last known day, on whatever scale; percent spares it
    the rounding of a transform.
    """
    if params.model == "persistence":
        return TargetScale("change", "none")
    return TargetScale(params.target, params.target_transform)
