"""speed.json and speed.md: parts that were measured now beside those of earlier runs."""

import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.speed.measure import Table, cores, to_json, to_markdown
from bench.speed.setting import Setting
from hw1.core.files import write_json, write_text

PACKAGES = ("numpy", "torch", "pandas", "scikit-learn", "dvc", "mlflow", "optuna")
HEADINGS = {
    "loop": "Training loop",
    "variant": "A whole variant",
    "stages": "Stages",
    "stack": "Many networks at once",
    "growth": "Growth with the rows",
    "quality": "Error against seconds",
    "sweep": "Search",
}
INTRODUCTION = """\
# Speed

Written by `make bench`. A cell shows the median of all repetitions, and in brackets the least and
the most. Contestants of a table are measured in turn within each repetition (A B A B ...); a ratio
is taken within a repetition, and is time divided by time: below 1 is faster. Times depend on the
machine, ratios less so.
"""


def machine() -> dict[str, Any]:
    """What the figures depend on beside the code; no date and no names of machines."""
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": _processor(),
        "cores": cores(),
        "memory_gib": round(gib),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown"


def part_entry(tables: Sequence[Table], setting: Setting) -> dict[str, Any]:
    """One part's figures, with the circumstances that they were measured in."""
    return {
        "machine": machine(),
        "repetitions": setting.repetitions,
        "quick": setting.quick,
        "tables": [to_json(table) for table in tables],
    }


def write_report(folder: Path, part: str, entry: Mapping[str, Any]) -> None:
    """Put one part's figures beside those of the other parts; write JSON and Markdown."""
    path = folder / "speed.json"
    parts = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    parts[part] = entry
    write_json(path, parts)
    write_text(folder / "speed.md", markdown(parts))


def markdown(parts: Mapping[str, Mapping[str, Any]]) -> str:
    """All parts for people, in the order of `HEADINGS`."""
    sections = [INTRODUCTION]
    for part in [name for name in HEADINGS if name in parts]:
        entry = parts[part]
        sections.append(f"## {HEADINGS[part]}\n")
        sections.append(f"{_circumstances(entry)}\n")
        sections += [to_markdown(table) for table in entry["tables"]]
    return "\n".join(sections)


def _circumstances(entry: Mapping[str, Any]) -> str:
    place = entry["machine"]
    packages = ", ".join(f"{name} {number}" for name, number in place["packages"].items())
    quick = " A quick run: no measurement." if entry["quick"] else ""
    return (
        f"{place['processor']}, {place['cores']} cores, {place['memory_gib']} GiB, "
        f"{place['system']}; Python {place['python']}, {packages}; "
        f"{entry['repetitions']} repetitions.{quick}"
    )


def to_stdout(part: str, entry: Mapping[str, Any]) -> None:
    """Show one part as it is measured."""
    sys.stdout.write(markdown({part: entry}).removeprefix(INTRODUCTION))
    sys.stdout.flush()
