"""Parameters of a search: what is tried, how many times, and by what it is judged."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from hw1.core.errors import ParamsError
from hw1.core.sections import PARAMS_FILE, Section, check_section, read_params

SWEEP = "sweep"
SamplerName = Literal["grid", "random", "tpe"]
Objective = Literal["members", "ensemble"]
Unseen = Literal["forward", "rolling", "state"]
Number = int | float

Count = Annotated[int, Field(ge=1)]


class EntryParams(Section):
    """What a key of another section is searched over: choices, or a range."""

    choices: list[Any] | None = None
    low: Number | None = None
    high: Number | None = None
    log: bool = False
    step: Annotated[Number, Field(gt=0)] | None = None
    when: Annotated[dict[str, Any], Field(default_factory=dict)]

    @model_validator(mode="after")
    def _is_of_one_form(self) -> Self:
        ends = (self.low, self.high)
        if self.choices is not None:
            if ends != (None, None) or self.log or self.step is not None:
                raise ValueError("`choices` go with no `low`, `high`, `log` or `step`")
        elif None in ends:
            raise ValueError("give `choices`, or both `low` and `high`")
        return self

    @model_validator(mode="after")
    def _choices_differ(self) -> Self:
        choices = self.choices or []
        if self.choices == []:
            raise ValueError("`choices` is empty")
        for index, choice in enumerate(choices):
            if any(same(choice, other) for other in choices[:index]):
                raise ValueError(f"`choices` holds {choice!r} twice")
        return self

    @model_validator(mode="after")
    def _range_holds_something(self) -> Self:
        if self.low is None or self.high is None:
            return self
        if self.low >= self.high:
            raise ValueError(f"`low: {self.low}` must be below `high: {self.high}`")
        if self.log and self.low <= 0:
            raise ValueError(f"`log: true` needs `low` above 0, not {self.low}")
        if self.log and self.step is not None:
            raise ValueError("`log: true` and `step` do not go together")
        # 0.3 - 0.2 is a little less than 0.1
        if self.step is not None and self.step > (self.high - self.low) * (1 + 1e-9):
            raise ValueError(f"`step: {self.step}` is larger than the range")
        return self


class PruningParams(Section):
    """Successive halving on the learning curves.

    Attributes:
        first_epoch: how many epochs every trial learns.
        reduction: of so many trials one goes on, for so many times the epochs.
    """

    first_epoch: Count
    reduction: Annotated[int, Field(ge=2)]


class SweepParams(Section):
    """Section `sweep:` of params.yaml, or the whole of a file of its own."""

    sampler: SamplerName
    trials: Count | None
    seeds: Annotated[int, Field(ge=1, le=1024)]
    objective: Objective
    seed: Annotated[int, Field(ge=0, lt=2**32)]
    at_once: Annotated[int, Field(ge=1, le=10_000)]
    pruning: PruningParams | None
    best: Count
    unseen: Unseen
    space: dict[str, EntryParams]

    @model_validator(mode="after")
    def _it_ends(self) -> Self:
        if self.trials is None and self.sampler != "grid":
            raise ValueError(
                f"`trials: null` is all of a grid; sampler `{self.sampler}` needs a number"
            )
        return self


def load_sweep(path: Path | None = None) -> SweepParams:
    """Read and check the description of a search by itself, without the sections that it searches.

    Args:
        path: a file that holds either `sweep:` at its top or the content of it; None for
            params.yaml, which may have no such section.

    Raises:
        ParamsError: it is missing, or holds a wrong key, type or value; every one is named.
    """
    where = path or PARAMS_FILE
    if path is not None and not path.is_file():
        raise ParamsError(f"{path}: there is no such file")
    content = read_params(where)
    if path is None and SWEEP not in content:
        raise ParamsError(
            f"{where}: section `{SWEEP}:` is missing; it says what to try, as `sampler`, `trials` "
            f"and `space`. Add it, or name a file that has it"
        )
    return check_sweep(content.get(SWEEP, content), where)


def check_sweep(content: Any, where: Path = PARAMS_FILE) -> SweepParams:
    """Turn plain content into its typed form.

    Args:
        content: the section.
        where: the file that it is from, for messages.

    Raises:
        ParamsError: see `load_sweep`.
    """
    problems = [*_problems_of_pruning(content, where), *_problems_of_entries(content, where)]
    try:
        # what is wrong inside these is told already, by its key
        outer = content | {"space": {}, "pruning": None} if problems else content
        sweep = check_section(SWEEP, outer, SweepParams, where)
    except ParamsError as problem:
        problems.append(str(problem))
    if problems:
        raise ParamsError("\n".join(problems))
    return sweep


def _problems_of_pruning(content: Any, where: Path) -> list[str]:
    """What is wrong by its key: pydantic's own would name the section as a whole."""
    pruning = content.get("pruning") if isinstance(content, dict) else None
    if not isinstance(pruning, dict):
        return []
    try:
        check_section(f"{SWEEP}.pruning", pruning, PruningParams, where)
    except ParamsError as problem:
        return [str(problem)]
    return []


def _problems_of_entries(content: Any, where: Path) -> list[str]:
    """One message an entry: pydantic's own would name the space as a whole."""
    space = content.get("space") if isinstance(content, dict) else None
    problems = []
    for key, entry in space.items() if isinstance(space, dict) else ():
        try:
            check_section(f"{SWEEP}.space.{key}", entry, EntryParams, where)
        except ParamsError as problem:
            problems.append(str(problem))
    return problems


def same(one: Any, other: Any) -> bool:
    """Whether two values mean the same in YAML: 1 and 1.0 do, 1 and true do not."""
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)
