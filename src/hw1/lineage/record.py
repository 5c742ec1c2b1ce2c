"""One variant's record: everything that is known of it but the files in DVC's cache."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from hw1.core.errors import DataError
from hw1.lineage.formats import FORMAT, known_fields, require_known
from hw1.lineage.lock import Lock, parse_lock
from hw1.lineage.variant import Variant, identify

NEWEST = 1  # grows where earlier versions could not read the record; see `hw1.lineage.formats`


@dataclass(frozen=True)
class Timing:
    """Whether a stage ran for this variant, and how long it took when it last did.

    Attributes:
        ran: False where DVC reused or restored the stage's results.
        seconds: wall-clock time of the run that made the results; None where not known.
    """

    ran: bool
    seconds: float | None


@dataclass(frozen=True)
class Record:
    """What it takes to publish a variant again.

    Attributes:
        lock_text: dvc.lock.
        params_text: params.yaml.
        texts: metrics and plot data, by path: what DVC leaves to git.
        name: what a person calls it.
        created: when it was finished, in milliseconds since 1970.
        commit: the git commit that it was made on, if any.
        changed: files that differed from that commit: code, parameters.
        experiment: the DVC experiment's name, if it was made by one.
        baseline: the commit that this experiment belongs to.
        stages: timings by stage; none where only git tells of the variant.
    """

    lock_text: str
    params_text: str
    texts: dict[str, str]
    name: str
    created: int
    commit: str | None = None
    changed: tuple[str, ...] = ()
    experiment: str | None = None
    baseline: str | None = None
    stages: dict[str, Timing] = field(default_factory=dict)

    @cached_property
    def lock(self) -> Lock:
        """dvc.lock, read."""
        return parse_lock(self.lock_text)

    @cached_property
    def variant(self) -> Variant:
        """The variant's identity."""
        return identify(self.lock)

    def metrics(self, path: Path) -> dict[str, Any]:
        """One of the metrics files, read.

        Raises:
            DataError: the variant has none, or not in JSON.
        """
        try:
            content: dict[str, Any] = json.loads(self.texts[path.as_posix()])
        except (KeyError, ValueError) as problem:
            raise DataError(f"{path} of `{self.name}` is missing or damaged: {problem}") from None
        return content

    def to_json(self) -> str:
        """The record as JSON text."""
        return json.dumps(asdict(self) | {FORMAT: NEWEST}, sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Record:
        """Read what `to_json` wrote, here or in another version of the project.

        Raises:
            NewerFormatError: in a version whose format is not known here.
            DataError: the text is cut off or another program's.
        """
        try:
            content = json.loads(text)
            require_known(content, NEWEST)
            known = known_fields(cls, content)
            stages = {
                name: Timing(**known_fields(Timing, timing))
                for name, timing in known.get("stages", {}).items()
            }
            changed = tuple(known.get("changed", ()))
            return cls(**{**known, "changed": changed, "stages": stages})
        except (ValueError, TypeError, KeyError, AttributeError) as problem:
            raise DataError(f"not a variant's record: {problem!r}") from None
