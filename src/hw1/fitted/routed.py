"""Models for rows that lack different features: every row goes to the first that it can feed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from hw1.core.errors import DataError
from hw1.fitted.base import Array, Fitted, Floats, Scale, array_part, part, require, rows_of
from hw1.fitted.blend import SINGLE_KINDS, BlendFitted
from hw1.fitted.nested import described, nested_arrays, rebuilt

ROUTE_KINDS: dict[str, type[Fitted]] = SINGLE_KINDS | {BlendFitted.kind: BlendFitted}
"""What a route may lead to."""


@dataclass(frozen=True)
class Route:
    """One model and the features that it sees.

    Attributes:
        columns: their places in a row, ascending, shape [columns].
        fitted: the model of these features.
    """

    columns: Array
    fitted: Fitted


@dataclass(frozen=True)
class RoutedFitted:
    """For every row the first route whose features it has.

    Attributes:
        features: number of features a row must have, NaN where it lacks one.
        routes: in the order in which they are tried; all have the same number of members.
    """

    features: int
    routes: tuple[Route, ...]

    kind: ClassVar[str] = "routed"

    @property
    def members(self) -> int:
        """Number of members."""
        return self.routes[0].fitted.members

    @property
    def outputs(self) -> int:
        """Number of outputs that a row gets."""
        return self.routes[0].fitted.outputs

    def predict(self, x: npt.ArrayLike) -> Floats:
        """Outputs of features of shape [rows, features]; see `Fitted`.

        Raises:
            DataError: a row lacks features that even the last route needs.
        """
        rows = rows_of(x, self.features)
        several = (self.outputs,) if self.outputs > 1 else ()
        outputs = np.empty((self.members, len(rows), *several))
        waiting = np.ones(len(rows), dtype=np.bool_)
        for route in self.routes:
            own = rows[:, route.columns]
            here = waiting & np.isfinite(own).all(axis=1)
            if here.any():
                outputs[:, here] = route.fitted.predict(own[here])
            waiting &= ~here
        for row in np.flatnonzero(waiting)[:1]:
            raise DataError(f"row {row} lacks features that every route of the model needs")
        return outputs

    def rescaled(self, factor: Scale, offset: Scale) -> Self:
        """The same model with outputs `offset + factor * output`."""
        routes = (Route(each.columns, each.fitted.rescaled(factor, offset)) for each in self.routes)
        return type(self)(self.features, tuple(routes))

    def settings(self) -> dict[str, Any]:
        """The width, and kind and settings of every route's model."""
        return {
            "features": self.features,
            "routes": [described(route.fitted) for route in self.routes],
        }

    def arrays(self) -> dict[str, Array]:
        """The arrays by name, such as `0/columns` and `0/model/coefficients` of the first route."""
        columns = {
            f"{number}/columns": np.asarray(route.columns, dtype=np.int32)
            for number, route in enumerate(self.routes)
        }
        models = {f"{number}/model": route.fitted for number, route in enumerate(self.routes)}
        return columns | nested_arrays(models)

    @classmethod
    def from_parts(cls, settings: Mapping[str, Any], arrays: Mapping[str, Array]) -> Self:
        """Rebuild a model from its settings and arrays.

        Raises:
            DataError: parts are missing or do not fit together.
        """
        width, described = part(settings, "features"), part(settings, "routes")
        require(type(width) is int, f"`features` is {width!r}")
        require(isinstance(described, list) and bool(described), f"`routes` is {described!r}")
        routes = tuple(
            _route(number, content, arrays, width) for number, content in enumerate(described)
        )
        members = {route.fitted.members for route in routes}
        require(len(members) == 1, f"routes have {sorted(members)} members")
        outputs = {route.fitted.outputs for route in routes}
        require(len(outputs) == 1, f"routes have {sorted(outputs)} outputs")
        return cls(width, routes)


def _route(number: int, content: Any, arrays: Mapping[str, Array], width: int) -> Route:
    columns = array_part(arrays, f"{number}/columns", 1, kind="i")
    require(bool(((columns >= 0) & (columns < width)).all()), "columns lie outside of the features")
    fitted = rebuilt(ROUTE_KINDS, content, arrays, f"{number}/model")
    require(fitted.features == len(columns), f"route {number} does not fit its columns")
    return Route(columns, fitted)
