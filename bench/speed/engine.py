"""The project's own engine, as the parts call it."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hw1.engine.members import Member
from hw1.engine.rows import Rows
from hw1.engine.training import train
from hw1.models.design import Design, Part
from hw1.models.gradient import architecture_of
from hw1.models.problem import make_problem
from hw1.params.train import TrainParams

Floats = npt.NDArray[np.float64]


def train_members(
    params: TrainParams,
    members: Sequence[Member],
    rows: Rows,
    validation: Rows | None = None,
) -> None:
    """Train networks of one shape side by side on the processor, as the pipeline does."""
    architecture = architecture_of(params, rows.x.shape[1])
    params = params.model_copy(update={"device": "cpu"})
    train(architecture, params, members, rows, validation=validation)


def rows_of(
    params: TrainParams, train_part: tuple[Floats, Floats], valid_part: tuple[Floats, Floats]
) -> tuple[Rows, Rows]:
    """Training and validation rows with the very errors that the pipeline computes of them.

    Args:
        params: gives the target's scale.
        train_part: features, shape [rows, features], and targets in percent, shape [rows].
        valid_part: likewise.
    """
    parts = [_part(*arrays) for arrays in (train_part, valid_part)]
    problem = make_problem(params, Design("0", parts[0], parts[1]))

    def rows(part: Part) -> Rows:
        return Rows(part.x, problem.targets_of(part), lambda outputs: problem.errors(outputs, part))

    return rows(parts[0]), rows(parts[1])


def _part(x: Floats, target: Floats) -> Part:
    count = len(x)
    states = np.full(count, "", dtype=object)
    return Part(x, target, np.zeros(count), np.ones(count), states)
