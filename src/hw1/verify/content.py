"""The first place at which two files differ, in the words of their format."""

from __future__ import annotations

import csv
import json
from itertools import zip_longest
from pathlib import Path
from typing import Any

LONGEST = 60  # characters of a value in a message
NOTHING = "nothing"


def first_difference(a: Path, b: Path) -> str:
    """Where two files differ first, and what stands there in each.

    Args:
        a: one file.
        b: another.

    Returns:
        For JSON the key, for CSV row and column, for others the byte; empty where both hold the
        same.
    """
    first, second = a.read_bytes(), b.read_bytes()
    if first == second:
        return ""
    described = None
    try:
        if a.suffix == ".json":
            described = _in_json(json.loads(first), json.loads(second), "")
        elif a.suffix == ".csv":
            described = _in_csv(first.decode(), second.decode())
    except (ValueError, csv.Error):  # damaged by whatever made them differ
        pass
    return described or _in_bytes(first, second)


def _in_json(a: Any, b: Any, key: str) -> str | None:
    if isinstance(a, dict) and isinstance(b, dict):
        pairs = [(f"{key}.{name}" if key else name, a, b, name) for name in sorted({*a, *b})]
        for path, left, right, name in pairs:
            if name not in left or name not in right:
                return _pair(f"key `{path}`", left.get(name, NOTHING), right.get(name, NOTHING))
            found = _in_json(left[name], right[name], path)
            if found:
                return found
        return None
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        places = (
            _in_json(left, right, f"{key}[{place}]")
            for place, (left, right) in enumerate(zip(a, b, strict=True))
        )
        return next(filter(None, places), None)
    same = type(a) is type(b) and a == b
    return None if same else _pair(f"key `{key}`" if key else "", a, b)


def _in_csv(a: str, b: str) -> str | None:
    first, second = (list(csv.reader(text.splitlines())) for text in (a, b))
    header = first[0] if first else []
    for row, (left, right) in enumerate(zip_longest(first, second), start=1):
        if left is None or right is None:
            return f"{len(first)} and {len(second)} lines"
        for place, (one, other) in enumerate(zip_longest(left, right, fillvalue=NOTHING)):
            if one != other:
                column = header[place] if place < len(header) else str(place + 1)
                return _pair(f"line {row}, column `{column}`", one, other)
    return None


def _in_bytes(a: bytes, b: bytes) -> str:
    places = (place for place, pair in enumerate(zip_longest(a, b)) if pair[0] != pair[1])
    sizes = f"of {len(a)}" if len(a) == len(b) else f"of {len(a)} and {len(b)}"
    return f"byte {next(places) + 1} {sizes}"


def _pair(where: str, a: Any, b: Any) -> str:
    return f"{where}: {_short(a)} and {_short(b)}".removeprefix(": ")


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
