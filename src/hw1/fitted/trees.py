"""Ensembles of regression trees, walked level by level for all rows at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from hw1.fitted.base import Array, Floats, Scale, array_part, part, per_output, require, rows_of

# rows x trees walked together: small enough to stay in the processor's cache
WALKED_TOGETHER = 65_536


@dataclass(frozen=True)
class TreesFitted:
    """`offset + sum over trees of the reached leaf's value`; a mean has its values divided.

    A row goes left where its feature is at most the threshold. All nodes of all trees of all
    members lie in one row of arrays; a leaf is a node that is its own child.

    Attributes:
        feature: the feature a node asks about, shape [nodes].
        threshold: what the feature is compared with, shape [nodes]; 0 in leaves.
        left: index of the left child, shape [nodes].
        right: index of the right child, shape [nodes].
        value: a leaf's value, shape [nodes].
        roots: every member's trees, shape [members, trees].
        offsets: shape [members].
        width: number of features a row must have.
        single: compare features cut to float32, as scikit-learn's forests do.
    """

    feature: Array
    threshold: Array
    left: Array
    right: Array
    value: Array
    roots: Array
    offsets: Array
    width: int
    single: bool

    kind: ClassVar[str] = "trees"

    @property
    def members(self) -> int:
        """Number of members."""
        return int(self.roots.shape[0])

    @property
    def features(self) -> int:
        """Number of features a row must have."""
        return self.width

    @property
    def outputs(self) -> int:
        """Number of outputs that a row gets: always one."""
        return 1

    def predict(self, x: npt.ArrayLike) -> Floats:
        """Outputs, shape [members, rows], of features of shape [rows, features]."""
        rows = rows_of(x, self.features)
        if self.single:
            rows = rows.astype(np.float32).astype(np.float64)
        outputs = np.repeat(self.offsets[:, None], len(rows), axis=1)
        together = max(1, WALKED_TOGETHER // max(1, len(rows)))
        for member, roots in enumerate(self.roots):
            for start in range(0, len(roots), together):
                leaves = self._leaves(rows, roots[start : start + together])
                outputs[member] += self.value[leaves].sum(axis=0)
        return np.asarray(outputs, dtype=np.float64)

    def _leaves(self, rows: Floats, roots: Array) -> Array:
        places = np.arange(len(rows))
        nodes = np.repeat(roots[:, None], len(rows), axis=1)
        while True:
            goes_left = rows[places, self.feature[nodes]] <= self.threshold[nodes]
            following = np.where(goes_left, self.left[nodes], self.right[nodes])
            if np.array_equal(following, nodes):
                return nodes
            nodes = following

    def rescaled(self, factor: Scale, offset: Scale) -> Self:
        """The same model with outputs `offset + factor * output`."""
        factor, offset = float(per_output(factor, 1)), float(per_output(offset, 1))
        offsets = self.offsets * factor + offset
        return replace(self, value=self.value * factor, offsets=offsets)

    def settings(self) -> dict[str, Any]:
        """What is not an array, ready for JSON."""
        return {"width": self.width, "single": self.single}

    def arrays(self) -> dict[str, Array]:
        """The arrays by name."""
        names = ("feature", "threshold", "left", "right", "value", "roots", "offsets")
        return {name: getattr(self, name) for name in names}

    @classmethod
    def from_parts(cls, settings: Mapping[str, Any], arrays: Mapping[str, Array]) -> Self:
        """Rebuild a model from its settings and arrays.

        Raises:
            DataError: parts are missing or do not fit together.
        """
        model = cls(
            feature=array_part(arrays, "feature", 1, "i"),
            threshold=array_part(arrays, "threshold", 1),
            left=array_part(arrays, "left", 1, "i"),
            right=array_part(arrays, "right", 1, "i"),
            value=array_part(arrays, "value", 1),
            roots=array_part(arrays, "roots", 2, "i"),
            offsets=array_part(arrays, "offsets", 1),
            width=part(settings, "width"),
            single=part(settings, "single"),
        )
        model._check()
        return model

    def _check(self) -> None:
        nodes = np.arange(len(self.feature))
        per_node = (self.threshold, self.left, self.right, self.value)
        require(all(array.shape == nodes.shape for array in per_node), "nodes do not fit")
        require(self.offsets.shape == (self.members,), "`offsets` do not fit `roots`")
        require(isinstance(self.width, int) and self.width >= 1, f"`width` is {self.width!r}")
        require(isinstance(self.single, bool), f"`single` is {self.single!r}")
        require(_within(self.feature, 0, self.width), "`feature` points outside the features")
        require(_within(self.roots, 0, len(nodes)), "`roots` point outside the nodes")
        # children never lie before their parent, so that every walk ends
        for name, child in (("left", self.left), ("right", self.right)):
            require(_within(child, nodes, len(nodes)), f"`{name}` points outside the tree")
        leaves = (self.left == nodes) | (self.right == nodes)
        require(bool((self.left == self.right)[leaves].all()), "a leaf has a child")


def _within(array: Array, lowest: int | Array, end: int) -> bool:
    return bool(((array >= lowest) & (array < end)).all())
