"""Records that another version of the project wrote, and that nobody can make again.

A field that is added later has a default, and one that is not known is not looked at, so that
versions read each other's records. Where that cannot be, the format's number grows: such a record
is left as it is by versions that do not know it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from hw1.core.errors import DataError

FORMAT = "format"
FIRST = 1  # records say none that are older than the number


class NewerFormatError(DataError):
    """A newer version of the project wrote a record; this one must not touch it."""


def require_known(content: Mapping[str, Any], newest: int) -> None:
    """Check a record's format.

    Args:
        content: the record, read.
        newest: the latest format that is known.

    Raises:
        NewerFormatError: it is of a later one.
        TypeError: its number is none.
    """
    found = content.get(FORMAT, FIRST)
    if found > newest:
        raise NewerFormatError(
            f"a newer version of the project wrote it (format {found}); a checkout of that "
            "version publishes it"
        )


def known_fields(record: type, content: Mapping[str, Any]) -> dict[str, Any]:
    """Those values of a record that this version knows, by field of a dataclass."""
    return {field.name: content[field.name] for field in fields(record) if field.name in content}
