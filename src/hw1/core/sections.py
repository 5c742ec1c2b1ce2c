"""Strict parameter sections and the errors they give."""

import difflib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from reprlib import Repr
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import ConstructorError, SafeConstructor
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import Node
from ruamel.yaml.reader import ReaderError

from hw1.core.errors import ParamsError

PARAMS_FILE = Path("params.yaml")
MOST_OPENED = 10_000
_OPENED = re.compile(r"[\[{]|[-?] ")


class Section(BaseModel):
    """Base of every section: unknown keys, wrong types and non-finite numbers are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


SectionType = TypeVar("SectionType", bound=Section)

# anchors make values of a few lines that are gigabytes when written out
_SHOWN = Repr()
_SHOWN.maxstring = _SHOWN.maxother = _SHOWN.maxlong = 80


def read_params(path: Path = PARAMS_FILE) -> dict[str, Any]:
    """Read a YAML 1.2 file, in which `1e-05` is a number, into plain dicts.

    Raises:
        ParamsError: the file is missing, is not YAML, repeats a key or is not a mapping.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ParamsError(f"{path} is missing; restore it with `git checkout {path}`") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        raise ParamsError(f"{path}, line {line}: not UTF-8 text; save it in UTF-8") from None
    return parse_params(text, path)


def parse_params(text: str, path: Path = PARAMS_FILE) -> dict[str, Any]:
    """Parse the text of a parameters' file; `path` names it in messages.

    Raises:
        ParamsError: it is not YAML, repeats a key or is not a mapping.
    """
    # ruamel's parser, which is written in C, ends the process where lists are nested deeper
    if len(_OPENED.findall(text)) > MOST_OPENED:
        raise ParamsError(f"{path} must hold at most {MOST_OPENED} lists and mappings")
    yaml = YAML(typ="safe")
    yaml.Constructor = _PlacedConstructor
    try:
        content = yaml.load(text)
    except ReaderError as problem:
        line = text.encode()[: problem.position].count(b"\n") + 1
        raise ParamsError(
            f"{path} is not valid YAML: line {line} holds the control character "
            f"#x{problem.character:02x}"
        ) from None
    except RecursionError:
        raise ParamsError(f"{path} is not valid YAML: it is nested too deep") from None
    except YAMLError as problem:
        raise ParamsError(f"{path} is not valid YAML: {problem}") from None
    if not isinstance(content, dict):
        raise ParamsError(f"{path} must hold sections such as `train:`, one a stage")
    return content


class _PlacedConstructor(SafeConstructor):
    """Gives errors of Python's own constructors (`!!int x`, 2020-13-45) their place in the text."""

    def construct_object(self, node: Node, deep: bool = False) -> Any:
        with _placed(node):
            return super().construct_object(node, deep)

    def construct_mapping(self, node: Node, deep: bool = False) -> Any:
        with _placed(node):
            return super().construct_mapping(node, deep)


@contextmanager
def _placed(node: Node) -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError) as problem:
        raise ConstructorError(None, None, f"no such value: {problem}", node.start_mark) from None


def load_section(name: str, model: type[SectionType], path: Path = PARAMS_FILE) -> SectionType:
    """Read and check one section of the parameters.

    Args:
        name: the section, which has its stage's name.
        model: the section's type.
        path: the parameters' file.

    Raises:
        ParamsError: the section is missing or holds a wrong key, type or value.
    """
    content = read_params(path)
    if name not in content:
        raise ParamsError(f"{path}: section `{name}:` is missing")
    return check_section(name, content[name], model, path)


def check_section(
    name: str, content: Any, model: type[SectionType], path: Path = PARAMS_FILE
) -> SectionType:
    """Turn one section's plain content into its typed form.

    Raises:
        ParamsError: it names every wrong key, with the valid key that is nearest to it.
    """
    try:
        return model.model_validate(content)
    except ValidationError as problems:
        lines = _describe_all(name, problems, model)
        raise ParamsError("\n".join(f"{path}: {line}" for line in lines)) from None


def nearest(word: str, choices: list[str], *, too_many: bool = False) -> str:
    """A hint that names the choice most like `word`, else all choices unless there are too many."""
    close = difflib.get_close_matches(word.lower(), choices, n=1, cutoff=0.5)
    if close:
        return f"did you mean `{close[0]}`?"
    return (
        f"{PARAMS_FILE} has them all" if too_many else f"choose from {', '.join(sorted(choices))}"
    )


def flatten(content: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield dotted keys and plain values of nested dicts; lists count as values."""
    for key, value in content.items():
        name = f"{prefix}.{key}" if prefix else str(key)
        if isinstance(value, dict):
            yield from flatten(value, name)
        else:
            yield name, value


def _describe_all(section: str, problems: ValidationError, model: type[Section]) -> list[str]:
    """One line a key; what a key's alternatives (`int | "all"`) each complain of is joined."""
    by_location: dict[tuple[str, ...], list[Any]] = {}
    for problem in problems.errors():
        location = _key_location(model, [str(part) for part in problem["loc"]])
        by_location.setdefault(tuple(location), []).append(problem)
    return [
        _describe(section, list(location), group, model) for location, group in by_location.items()
    ]


def _describe(section: str, location: list[str], group: list[Any], model: type[Section]) -> str:
    first = group[0]
    key = ".".join([section, *location])
    if first["type"] == "extra_forbidden":
        siblings = list(_fields_at(model, location[:-1]))
        return f"unknown key `{key}`; {_key_hint(section, location, siblings, model)}"
    if first["type"] == "missing":
        return f"key `{key}` is missing"
    if first["type"] == "value_error":
        return f"`{key}`: {first['msg'].removeprefix('Value error, ')}"
    value = first["input"]
    shown = _SHOWN.repr(value)
    if [problem["type"] for problem in group] == ["literal_error"]:
        choices = [str(choice) for choice in _literal_choices(model, location)]
        word = value if isinstance(value, str) else shown
        return f"`{key}` cannot be {shown}; {nearest(word, choices)}"
    wishes = [problem["msg"].removeprefix("Input should be ") for problem in group]
    return f"`{key}` should be {' or '.join(wishes)}, not {shown}"


def _key_location(model: type[Section], location: list[str]) -> list[str]:
    """Drop what pydantic adds to a location to tell the alternatives of a type apart."""
    fields: dict[str, Any] = dict(model.model_fields)
    kept: list[str] = []
    for part in location:
        if not fields and not part.isdigit():
            break
        kept.append(part)
        fields = _fields_at(model, kept)
    return kept


def _key_hint(section: str, location: list[str], siblings: list[str], model: type[Section]) -> str:
    close = difflib.get_close_matches(location[-1], siblings, n=1, cutoff=0.5)
    if close:
        return f"did you mean `{'.'.join([section, *location[:-1], close[0]])}`?"
    elsewhere: dict[str, str] = {}
    for path in key_paths(model, section):
        elsewhere.setdefault(path.rsplit(".", 1)[-1], path)
    close = difflib.get_close_matches(location[-1], list(elsewhere), n=1, cutoff=0.6)
    if close:
        return f"did you mean `{elsewhere[close[0]]}`?"
    return f"choose from {', '.join(siblings)}"


def key_paths(model: type[Section], prefix: str) -> Iterator[str]:
    """Every valid key of a section, dotted, as `-S` takes it."""
    for name, field in model.model_fields.items():
        yield f"{prefix}.{name}"
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, Section):
            yield from key_paths(inner, f"{prefix}.{name}")


def _fields_at(model: type[Section], location: list[str]) -> dict[str, Any]:
    fields: dict[str, Any] = dict(model.model_fields)
    for part in location:
        inner = fields[part].annotation if part in fields else None
        if not (isinstance(inner, type) and issubclass(inner, Section)):
            return {}
        fields = dict(inner.model_fields)
    return fields


def _literal_choices(model: type[Section], location: list[str]) -> tuple[Any, ...]:
    # the choices of a list's items stand in the list's own type
    names = [part for part in location if not part.isdigit()]
    field = _fields_at(model, names[:-1]).get(names[-1])
    return () if field is None else _flatten_literals(field.annotation)


def _flatten_literals(annotation: Any) -> tuple[Any, ...]:
    found: list[Any] = []
    for choice in get_args(annotation):
        found.extend(_flatten_literals(choice) if get_args(choice) else [choice])
    return tuple(choice for choice in found if choice is not type(None))
