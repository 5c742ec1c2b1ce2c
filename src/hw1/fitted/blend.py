"""Blends: means of chains, in which every model adds to what those before it predict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from hw1.fitted.base import Array, Fitted, Floats, Scale, part, require, rows_of
from hw1.fitted.kernel import KernelFitted
from hw1.fitted.linear import LinearFitted
from hw1.fitted.nested import described, nested_arrays, rebuilt
from hw1.fitted.network import NetworkFitted
from hw1.fitted.trees import TreesFitted

# what a blend may consist of; not of blends, whose chains can just as well stand in the outer one
SINGLE_KINDS: dict[str, type[Fitted]] = {
    model.kind: model for model in (KernelFitted, LinearFitted, NetworkFitted, TreesFitted)
}


@dataclass(frozen=True)
class BlendFitted:
    """The mean over chains of the sums of their models.

    Member m of a blend is the mean over chains of their member m. In a chain the last model has
    members; the models before it count with the mean over theirs, which is what the last model
    was fitted on top of. A chain of one member stands beside every member of the others.

    Attributes:
        models: every model once, though several chains may begin with it.
        chains: which models each chain adds up, in order, as positions in `models`. A model either
            begins chains or goes on with what others have begun.
    """

    models: tuple[Fitted, ...]
    chains: tuple[tuple[int, ...], ...]

    kind: ClassVar[str] = "blend"

    @property
    def members(self) -> int:
        """Number of members."""
        return max(self.models[chain[-1]].members for chain in self.chains)

    @property
    def features(self) -> int:
        """Number of features a row must have."""
        return self.models[0].features

    @property
    def outputs(self) -> int:
        """Number of outputs that a row gets."""
        return self.models[0].outputs

    def predict(self, x: npt.ArrayLike) -> Floats:
        """Outputs of features of shape [rows, features]; see `Fitted`."""
        rows = rows_of(x, self.features)
        outputs = [model.predict(rows) for model in self.models]
        total = np.zeros((self.members, *outputs[0].shape[1:]))
        for *earlier, last in self.chains:
            total += outputs[last]
            for model in earlier:
                total += outputs[model].mean(axis=0)
        return total / len(self.chains)

    def rescaled(self, factor: Scale, offset: Scale) -> Self:
        """The same blend with outputs `offset + factor * output`."""
        # only a chain's first model carries the offset, else a sum would have it several times
        first = {chain[0] for chain in self.chains}
        return replace(
            self,
            models=tuple(
                model.rescaled(factor, offset if place in first else 0.0)
                for place, model in enumerate(self.models)
            ),
        )

    def settings(self) -> dict[str, Any]:
        """What is not an array, ready for JSON."""
        return {
            "chains": [list(chain) for chain in self.chains],
            "models": [described(model) for model in self.models],
        }

    def arrays(self) -> dict[str, Array]:
        """The arrays by name, such as `0/coefficients` of the first model."""
        return nested_arrays({str(place): model for place, model in enumerate(self.models)})

    @classmethod
    def from_parts(cls, settings: Mapping[str, Any], arrays: Mapping[str, Array]) -> Self:
        """Rebuild a blend from its settings and arrays.

        Raises:
            DataError: parts are missing or do not fit together.
        """
        models, chains = part(settings, "models"), part(settings, "chains")
        require(isinstance(models, list), f"`models` is {models!r}")
        blend = cls(
            models=tuple(
                rebuilt(SINGLE_KINDS, description, arrays, str(place))
                for place, description in enumerate(models)
            ),
            chains=_chains(chains, len(models)),
        )
        blend._check()
        return blend

    def _check(self) -> None:
        first = {chain[0] for chain in self.chains}
        later = {place for chain in self.chains for place in chain[1:]}
        require(not first & later, "a model both begins a chain and goes on with one")
        require(first | later == set(range(len(self.models))), "a model stands in no chain")
        widths = {model.features for model in self.models}
        require(len(widths) == 1, f"its models have {sorted(widths)} features")
        outputs = {model.outputs for model in self.models}
        require(len(outputs) == 1, f"its models have {sorted(outputs)} outputs")
        lasts = {self.models[chain[-1]].members for chain in self.chains}
        require(lasts <= {1, self.members}, f"its chains have {sorted(lasts)} members")


def _chains(content: Any, models: int) -> tuple[tuple[int, ...], ...]:
    """Chains as JSON gives them, checked to point at models."""
    filled = isinstance(content, list) and content
    require(
        bool(filled) and all(isinstance(chain, list) and chain for chain in content),
        f"`chains` is {content!r}",
    )
    places = [place for chain in content for place in chain]
    fine = all(type(place) is int and 0 <= place < models for place in places)
    require(fine, "`chains` points outside the models")
    return tuple(tuple(chain) for chain in content)
