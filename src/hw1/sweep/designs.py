"""Design tables of the trials, made once for all trials with the same features."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace

from hw1.features.design import build_fold_designs
from hw1.models.design import Design, joined, to_design
from hw1.params.features import FeaturesParams
from hw1.sweep.data import SearchData

MOST_NUMBERS = 40_000_000
"""Numbers that are kept ready, in 0.3 GB: designs of a few dozen choices of features."""


class Designs:
    """Every fold's rows by section `features:`; the ones that were used last are kept.

    Args:
        data: windows and folds.
    """

    def __init__(self, data: SearchData) -> None:
        self._data = data
        self._kept: OrderedDict[str, list[Design]] = OrderedDict()

    def of(self, features: FeaturesParams) -> list[Design]:
        """The folds' designs in order.

        Raises:
            ParamsError: the parameters do not fit the survey, or leave no feature.
        """
        key = features_key(features)
        if key not in self._kept:
            self._kept[key] = self._build(features)
        self._kept.move_to_end(key)
        while len(self._kept) > 1 and sum(map(_size, self._kept.values())) > MOST_NUMBERS:
            self._kept.popitem(last=False)
        return self._kept[key]

    def _build(self, features: FeaturesParams) -> list[Design]:
        data = self._data
        designs = build_fold_designs(data.windows, data.folds, data.structure, features, data.links)
        return [to_design(fold, design.table) for fold, design in designs.items()]


def features_key(features: FeaturesParams) -> str:
    """Text that is the same for equal sections."""
    return features.model_dump_json()


def _size(designs: Sequence[Design]) -> int:
    parts = [part for one in designs for part in (one.train, one.validation) if part is not None]
    return sum(part.x.size for part in parts)


def merge_twins(designs: Sequence[Design]) -> list[Design]:
    """Join folds that are fitted on the very same rows, so that they are fitted once.

    Returns:
        Designs with different training rows; the held-out rows of joined folds stand one after
        the other.
    """
    groups: list[list[Design]] = []
    for design in designs:
        twin = next((group for group in groups if group[0].train.equals(design.train)), None)
        if twin is None:
            groups.append([design])
        else:
            twin.append(design)
    return [_joined(group) for group in groups]


def _joined(group: Sequence[Design]) -> Design:
    parts = [design.validation for design in group if design.validation is not None]
    if len(parts) == 1:
        return group[0]
    return replace(group[0], validation=joined(parts))
