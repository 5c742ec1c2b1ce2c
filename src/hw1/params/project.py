"""The whole of params.yaml, for the check that runs before every other stage."""

import difflib
from collections.abc import Iterator
from pathlib import Path

from hw1.core.errors import ParamsError
from hw1.core.sections import PARAMS_FILE, Section, check_section, key_paths, read_params
from hw1.params.evaluate import EvaluateParams
from hw1.params.features import FeaturesParams
from hw1.params.ingest import LEAKING, IngestParams
from hw1.params.submit import SubmitParams
from hw1.params.sweep import SWEEP, SweepParams
from hw1.params.train import TrainParams

SECTIONS: dict[str, type[Section]] = {
    "ingest": IngestParams,
    "features": FeaturesParams,
    "train": TrainParams,
    "evaluate": EvaluateParams,
    "submit": SubmitParams,
}
OTHERS: dict[str, type[Section]] = {SWEEP: SweepParams}
"""Sections of no stage, which may be missing; commands that need them check them."""


def check_params(path: Path = PARAMS_FILE) -> dict[str, Section]:
    """Check every section of the stages at once.

    Returns:
        The typed sections by name.

    Raises:
        ParamsError: one line for every wrong key, type or value.
    """
    content = read_params(path)
    problems = [f"{path}: {line}" for line in _unknown_sections(content)]
    sections: dict[str, Section] = {}
    for name, model in SECTIONS.items():
        if name not in content:
            problems.append(f"{path}: section `{name}:` is missing")
            continue
        try:
            sections[name] = check_section(name, content[name], model, path)
        except ParamsError as problem:
            problems.append(str(problem))
    problems += [f"{path}: {line}" for line in _clashes(sections)]
    if problems:
        raise ParamsError("\n".join(problems))
    return sections


def _clashes(sections: dict[str, Section]) -> Iterator[str]:
    """What is valid in its section, but not together."""
    ingest, features = sections.get("ingest"), sections.get("features")
    train = sections.get("train")
    if (
        isinstance(train, TrainParams)
        and train.task == "structured"
        and isinstance(features, FeaturesParams)
        and features.last_day
    ):
        yield (
            "`train.task: structured` predicts all signals of the last day, so they must not be "
            "seen; set `features.last_day: false`"
        )
    if isinstance(ingest, IngestParams) and isinstance(features, FeaturesParams):
        link, pairs, method = ingest.link, features.pairs, ingest.split.method
        if method in LEAKING and pairs != "last":
            yield (
                f"`ingest.split.method: {method}` and `features.pairs: {pairs}` do not go "
                "together, as a pair of a neighbouring window is the held-out row itself; set "
                "`features.pairs: last`"
            )
        if link != "none" and pairs != "last":
            yield (
                f"`ingest.link: {link}` and `features.pairs: {pairs}` do not go together, as pairs "
                "have no days of other windows; set `features.pairs: last`"
            )
        if link != "none" and not features.last_day:
            yield (
                f"`ingest.link: {link}` and `features.last_day: false` do not go together, as "
                "linked windows show the last day; set `ingest.link: none`"
            )


def _unknown_sections(content: dict[str, object]) -> list[str]:
    known = SECTIONS | OTHERS
    keys = [path for name, model in known.items() for path in (name, *key_paths(model, name))]
    lines = []
    for name in content:
        if name in known:
            continue
        by_last_word = {path.rsplit(".", 1)[-1]: path for path in reversed(keys)}
        close = difflib.get_close_matches(str(name), list(by_last_word), n=1, cutoff=0.5)
        hint = (
            f"did you mean `{by_last_word[close[0]]}`?"
            if close
            else (f"sections are {', '.join(known)}")
        )
        lines.append(f"unknown key `{name}`; {hint}")
    return lines
