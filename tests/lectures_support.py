"""What the tests of the lectures' experiments share."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from support import ROOT

from hw1.core.files import read_json
from hw1.core.sections import Section
from hw1.lectures.frame.experiment import Experiment, run_experiment
from hw1.lectures.frame.places import PARAMS, metrics_file, page_file

NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?")
LINK = re.compile(r"\]\([^)]*\)|`[^`]*`")


def write_lecture_params(root: Path, experiment: str, changes: dict[str, Any]) -> None:
    """Write lectures/params.yaml with this experiment's section, some dotted keys changed.

    Beside it stands the edition alone, `sample`.
    """
    content = YAML(typ="safe").load((ROOT / PARAMS).read_text(encoding="utf-8"))
    section = content[experiment]
    for key, value in changes.items():
        *outer, last = key.split(".")
        place = section
        for name in outer:
            place = place[name]
        assert last in place, key
        place[last] = value
    (root / PARAMS).parent.mkdir(parents=True, exist_ok=True)
    with (root / PARAMS).open("w", encoding="utf-8") as stream:
        YAML().dump({"data": {"edition": "sample"}, experiment: section}, stream)


def run_twice(experiment: Experiment[Section], root: Path) -> tuple[dict[str, bytes], ...]:
    """The bytes of every file that the experiment writes in the current folder, of two runs."""
    runs = []
    for _ in range(2):
        run_experiment(experiment)
        folder = root / "lectures"
        files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        runs.append({path.relative_to(root).as_posix(): path.read_bytes() for path in files})
        for name in ("metrics", "plots", "pages"):
            shutil.rmtree(folder / name)
    return tuple(runs)


def foreign_numbers(page: str, metrics: Any) -> list[str]:
    """The numbers in a page's text that no number of the metrics rounds to.

    Names in backticks and the addresses of links and pictures are no text.
    """
    known = [value for value in _leaves(metrics) if isinstance(value, int | float)]
    words = " ".join(str(value) for value in _leaves(metrics) if isinstance(value, str))
    named = set(NUMBER.findall(words))
    found = NUMBER.findall(LINK.sub("]", page))
    return [text for text in found if text not in named and not _is_any_of(text, known)]


def read_page(experiment: str) -> tuple[str, Any]:
    """The page in the current folder, and the metrics it is made from."""
    return page_file(experiment).read_text(encoding="utf-8"), read_json(metrics_file(experiment))


def _leaves(value: Any) -> Iterator[Any]:
    """Every key, number and word of nested dicts and lists."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield int(key) if str(key).isdecimal() else key
            yield from _leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def _is_any_of(text: str, known: list[float]) -> bool:
    plain = text.replace(",", "")
    digits = len(plain.partition(".")[2])
    # a page may write -3 as "3 lower"
    return any(f"{sign * value:.{digits}f}" == plain for value in known for sign in (1, -1))
