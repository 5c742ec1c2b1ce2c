"""What a model is given to fit: features, targets on its scale, and how it will be judged."""

from __future__ import annotations

from dataclasses import dataclass

from hw1.fitted.base import Array, Floats
from hw1.models.design import Design, Part
from hw1.params.train import TrainParams
from hw1.target import TargetScale


@dataclass(frozen=True)
class Problem:
    """One fold's regression problem.

    Models fit `(encoded target - mean) / deviation`; `Fitted.rescaled(deviation, mean)` takes
    their outputs back to the target's scale.

    Attributes:
        params: section `train:`.
        design: the fold's rows.
        scale: between percent and the target's scale.
        mean: of the encoded training targets; 0 where targets are not standardised.
        deviation: of the encoded training targets; 1 where targets are not standardised.
    """

    params: TrainParams
    design: Design
    scale: TargetScale
    mean: float
    deviation: float

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
        """Any rows' targets as the model fits them, shape [rows]."""
        return (self.scale.encode(part.target, part.known) - self.mean) / self.deviation

    def errors(self, outputs: Floats, part: Part) -> Floats:
        """Errors of a model's outputs.

        Args:
            outputs: as the model fits them, shape [members, rows].
            part: the rows they are for.

        Returns:
            Every member's mean squared error in squared percentage points, shape [members].
        """
        return part.errors(self.scale.decode(outputs * self.deviation + self.mean, part.known))


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
