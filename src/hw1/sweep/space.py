"""The space of a search: which parameters there are, and the trials that it is made of."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from hw1.core.errors import ParamsError
from hw1.core.sections import Section, check_section
from hw1.params.features import FeaturesParams
from hw1.params.sweep import same
from hw1.params.train import TrainParams
from hw1.sweep.domain import Parameter, as_text
from hw1.sweep.trial import Trial

SECTIONS: dict[str, type[Section]] = {"features": FeaturesParams, "train": TrainParams}
"""Sections whose keys may be searched."""


@dataclass(frozen=True, eq=False)
class Space:
    """Everything that may be tried.

    Attributes:
        parameters: those that others wait for come first, else in the order of their keys, whatever
            the order in the file.
        base: sections `features` and `train`, plain, which hold what is not searched.
        seeds: members of every trial.
    """

    parameters: tuple[Parameter, ...]
    base: Mapping[str, Any]
    seeds: int

    def based_on(self, settings: Mapping[str, Any]) -> Space:
        """The same space around other values.

        Args:
            settings: sections `features` and `train` as far as they differ.
        """
        base = {name: {**self.base[name], **settings[name]} for name in SECTIONS}
        return replace(self, base=base)

    def choose(self, pick: Callable[[Parameter], Any]) -> dict[str, Any]:
        """Pick a value for every parameter that exists, given those picked before."""
        chosen: dict[str, Any] = {}
        for parameter in self.parameters:
            if self.exists(parameter, chosen):
                chosen[parameter.key] = pick(parameter)
        return chosen

    def exists(self, parameter: Parameter, chosen: Mapping[str, Any]) -> bool:
        """Whether a parameter is there beside the values of those before it.

        A condition on a parameter that is itself not there does not hold.
        """
        return all(self._holds(key, values, chosen) for key, values in parameter.when.items())

    def _holds(self, key: str, values: tuple[Any, ...], chosen: Mapping[str, Any]) -> bool:
        if key not in chosen and any(parameter.key == key for parameter in self.parameters):
            return False
        value = chosen[key] if key in chosen else value_at(self.base, key)
        return any(same(value, each) for each in values)

    def reachable(self) -> list[Parameter]:
        """The parameters that exist in some trial: not those that wait for a fixed key in vain."""
        found: dict[str, Parameter] = {}
        for parameter in self.parameters:
            searched = {each.key for each in self.parameters} & parameter.when.keys()
            fixed = {key: of for key, of in parameter.when.items() if key not in searched}
            if searched <= found.keys() and all(self._holds(*each, {}) for each in fixed.items()):
                found[parameter.key] = parameter
        return list(found.values())

    def grid(self) -> Iterator[dict[str, Any]]:
        """All combinations; the last parameter moves fastest. Every range needs a step."""
        return self._below(0, {})

    def trial(self, number: int, overrides: Mapping[str, Any]) -> Trial:
        """A trial with some values of the parameters.

        Raises:
            ParamsError: values that do not go together; it names them all.
        """
        content = overridden(self.base, overrides)
        content["train"]["seeds"] = self.seeds
        try:
            sections = {
                name: check_section(name, content[name], model) for name, model in SECTIONS.items()
            }
        except ParamsError as problem:
            told = ", ".join(f"{key}={as_text(value)}" for key, value in overrides.items())
            raise ParamsError(f"trial {number} ({told}): {problem}") from None
        features, train = sections["features"], sections["train"]
        assert isinstance(features, FeaturesParams)
        assert isinstance(train, TrainParams)
        return Trial(number, dict(overrides), features, train)

    def _below(self, depth: int, chosen: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if depth == len(self.parameters):
            yield dict(chosen)
            return
        parameter = self.parameters[depth]
        if not self.exists(parameter, chosen):
            yield from self._below(depth + 1, chosen)
            return
        for value in parameter.domain.values or ():
            yield from self._below(depth + 1, chosen | {parameter.key: value})


def value_at(base: Mapping[str, Any], key: str) -> Any:
    """The value of a dotted key in nested sections."""
    value: Any = base
    for part in key.split("."):
        value = value[part]
    return value


def overridden(base: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of nested sections with other values at some dotted keys."""
    content: dict[str, Any] = copy.deepcopy(dict(base))
    for key, value in overrides.items():
        *parents, last = key.split(".")
        place = content
        for parent in parents:
            place = place[parent]
        place[last] = copy.deepcopy(value)
    return content
