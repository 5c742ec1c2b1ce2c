"""What a page tells that no metrics file knows: the default, the way back, and other variants."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hw1.core.sections import PARAMS_FILE, flatten, parse_params
from hw1.lineage import git
from hw1.lineage.record import Record
from hw1.lineage.restoring import changes_of

if TYPE_CHECKING:
    from hw1.board.standing import Section

RIVALS_TITLE = "Beside the others"


@dataclass(frozen=True)
class ParameterDifference:
    """A parameter that differs from the commit's; `is_new` where the commit does not have it."""

    key: str
    default: Any
    value: Any
    is_new: bool = False


@dataclass(frozen=True, eq=False)
class Rivals:
    """The variants of the same edition.

    Attributes:
        section: those that were validated by the same split, itself among them.
        missing: shipped variants that have not been run.
    """

    section: Section
    missing: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Surroundings:
    """Where a variant stands.

    Attributes:
        changes: parameters that differ from the committed ones.
        restore: the command that brings it back, or why there is none.
        rivals: the others; None where the page is to depend on the variant alone.
    """

    changes: tuple[ParameterDifference, ...] = ()
    restore: str = ""
    rivals: Rivals | None = None


def find_surroundings(record: Record, restore: str, rivals: Rivals | None = None) -> Surroundings:
    """Find out where a variant stands; see `Surroundings`."""
    return Surroundings(tuple(parameter_differences(record)), restore, rivals)


def parameter_differences(record: Record) -> list[ParameterDifference]:
    """Parameters that differ from those of the commit that the variant was made on."""
    committed = git.text_at(Path.cwd(), str(record.commit), f"./{PARAMS_FILE}")
    default = {} if committed is None else dict(flatten(parse_params(committed)))
    return [
        ParameterDifference(key, default.get(key), value, key not in default)
        for key, value in changes_of(record)
    ]
