"""A search's space, made of its description and of the sections that it searches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hw1.core.errors import ParamsError
from hw1.core.sections import PARAMS_FILE, check_section
from hw1.params.features import FeaturesParams
from hw1.params.sweep import SWEEP, EntryParams, SweepParams
from hw1.params.train import TrainParams
from hw1.sweep.domain import Choices, Domain, Parameter, Range, as_text, ending_at_a_step
from hw1.sweep.keys import NOT_SEARCHED, leaf_types, number_types, unknown
from hw1.sweep.ordering import parents_first
from hw1.sweep.space import SECTIONS, Space, overridden


def make_space(
    sweep: SweepParams, features: FeaturesParams, train: TrainParams, where: Path = PARAMS_FILE
) -> Space:
    """Check what is to be searched against the sections that hold it.

    Args:
        sweep: the search.
        features: section `features:`, which holds what is not searched.
        train: section `train:`, likewise.
        where: the file that holds the search, for messages.

    Raises:
        ParamsError: one line for every key that is unknown or not to be searched, every value that
            its section refuses, every condition that cannot be; or there is nothing to search.
    """
    maker = _Maker({"features": features.model_dump(), "train": train.model_dump()}, sweep)
    problems = list(maker.problems())
    if not problems:
        ordered, problems = maker.ordered()
    if problems:
        raise ParamsError("\n".join(f"{where}: {line}" for line in problems))
    space = Space(tuple(ordered), maker.base, sweep.seeds)
    if not any(_has_several(parameter.domain) for parameter in space.reachable()):
        raise ParamsError(f"{where}: `{SWEEP}.space` holds a single point; there is nothing to try")
    return space


@dataclass(frozen=True, eq=False)
class _Maker:
    """Turns entries into parameters."""

    base: dict[str, Any]
    sweep: SweepParams

    def problems(self) -> Iterator[str]:
        """One line for everything that is wrong with a key by itself or with its conditions."""
        types = leaf_types()
        for key, entry in self.sweep.space.items():
            place = f"{SWEEP}.space.{key}"
            if key not in types:
                yield f"`{place}`: {unknown(key, list(types))}"
            elif key in NOT_SEARCHED:
                yield f"`{place}`: `{key}` cannot be searched; {NOT_SEARCHED[key]}"
            else:
                yield from (f"`{place}`: {line}" for line in self._wrong_values(key, entry))
            for other, values in entry.when.items():
                wrong = self._wrong_condition(other, _listed(values), list(types))
                yield from (f"`{place}.when`: {line}" for line in wrong)

    def ordered(self) -> tuple[list[Parameter], list[str]]:
        """The parameters, parents first; and the keys that wait for one another, if any do."""
        entries = self.sweep.space
        parents = {
            key: [on for on in entry.when if on in entries] for key, entry in entries.items()
        }
        order, circle = parents_first(parents)
        if circle:
            told = " -> ".join(f"`{key}`" for key in circle)
            return [], [f"`{SWEEP}.space`: conditions go in a circle: {told}"]
        return [self._parameter(key, entries[key]) for key in order], []

    def _parameter(self, key: str, entry: EntryParams) -> Parameter:
        conditions = {other: _listed(values) for other, values in sorted(entry.when.items())}
        return Parameter(key, self._domain(key, entry), conditions)

    def _domain(self, key: str, entry: EntryParams) -> Domain:
        if entry.choices is not None:
            return Choices(tuple(entry.choices))
        assert entry.low is not None
        assert entry.high is not None
        low, high, step = entry.low, entry.high, entry.step
        whole = float not in number_types(leaf_types()[key])
        if whole and step is None and not entry.log:
            step = 1
        if step is not None:
            high = ending_at_a_step(low, high, step)
        if whole:
            return Range(low, high, step, entry.log, whole=True)
        return Range(float(low), float(high), None if step is None else float(step), entry.log)

    def _wrong_values(self, key: str, entry: EntryParams) -> Iterator[str]:
        values: dict[str, Any]
        if entry.choices is not None:
            values = {f"choice {as_text(value)}": value for value in entry.choices}
        else:
            wrong = _wrong_range(number_types(leaf_types()[key]), entry)
            if wrong is None and self.sweep.sampler == "grid":
                wrong = _wrong_in_grid(number_types(leaf_types()[key]), entry)
            if wrong is not None:
                yield wrong
                return
            values = {f"`low: {entry.low}`": entry.low, f"`high: {entry.high}`": entry.high}
        for told, value in values.items():
            yield from (f"{told} is refused: {line}" for line in self._refusals(key, value))

    def _refusals(self, key: str, value: Any) -> list[str]:
        """Why a section refuses a value for what it is, whatever stands beside it.

        What does not go together with other keys is left to the trial, which may change those too.
        """
        name = key.partition(".")[0]
        try:
            check_section(name, overridden(self.base, {key: value})[name], SECTIONS[name])
        except ParamsError as problem:
            lines = [line.removeprefix(f"{PARAMS_FILE}: ") for line in str(problem).splitlines()]
            return [line for line in lines if line.startswith((f"`{key}`", f"`{key}."))]
        return []

    def _wrong_condition(
        self, other: str, values: tuple[Any, ...], known: list[str]
    ) -> Iterator[str]:
        if other not in known:
            yield unknown(other, known)
            return
        if not values:
            yield f"`{other}` needs a value, or a list of several"
        for value in values:
            yield from (
                f"`{other}: {as_text(value)}` is refused: {line}"
                for line in self._refusals(other, value)
            )
        entry = self.sweep.space.get(other)
        if entry is not None and values and not any(_can_be(entry, value) for value in values):
            told = " or ".join(as_text(value) for value in values)
            yield f"`{other}` is never {told}, as it is searched over other values"


def _can_be(entry: EntryParams, value: Any) -> bool:
    if entry.choices is not None:
        return Choices(tuple(entry.choices)).contains(value)
    assert entry.low is not None
    assert entry.high is not None
    return Range(entry.low, entry.high).contains(value)


def _wrong_range(types: set[type], entry: EntryParams) -> str | None:
    numbers = {
        name: value
        for name in ("low", "high", "step")
        if (value := getattr(entry, name)) is not None
    }
    if not types:
        return "it is no number, so that it has no range; give `choices`"
    if float not in types:
        broken = [name for name, value in numbers.items() if not isinstance(value, int)]
        if broken:
            return f"it is a whole number; `{broken[0]}: {numbers[broken[0]]}` is none"
    return None


def _wrong_in_grid(types: set[type], entry: EntryParams) -> str | None:
    if entry.log:
        return "a grid has no range on a log scale; give `choices`"
    if float in types and entry.step is None:
        return "a grid needs a `step` in a range, or `choices`"
    return None


def _listed(values: Any) -> tuple[Any, ...]:
    return tuple(values) if isinstance(values, list) else (values,)


def _has_several(domain: Domain) -> bool:
    return isinstance(domain, Range) or len(domain.values) > 1
