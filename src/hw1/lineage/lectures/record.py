"""One result of a lecture's experiment: everything that is known of it but the files' content."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from hw1.core.errors import DataError
from hw1.lineage.formats import FORMAT, known_fields, require_known
from hw1.lineage.variant import label_of

NEWEST = 1  # grows where earlier versions could not read the record; see `hw1.lineage.formats`


@dataclass(frozen=True)
class LectureRecord:
    """What it takes to publish a result again, beside the files that it names.

    Code is not part of the identity: a stage cannot know how DVC will digest it, and other code
    that gives the same bytes has found nothing new.

    Attributes:
        lecture: the experiment's name.
        parameters: those that it depends on, by dotted key.
        params_texts: the files that they stand in, by path.
        outs: MD5 by path of every file that it wrote.
        name: what a person calls it.
        created: when it was finished, in milliseconds since 1970.
        seconds: how long it took; None where not known.
        reproducible: whether another run would give the same bytes; false of measured times.
        commit: the git commit that it was made on, if any.
        changed: files that differed from that commit: code, data, parameters.
        experiment: the DVC experiment's name, if it was made by one.
        baseline: the commit that this experiment belongs to.
        committed: a commit that holds it; None as long as none is known.
        lock_text: its entry of lectures/dvc.lock, which DVC writes when the stage has ended; None
            before.
    """

    lecture: str
    parameters: dict[str, Any]
    params_texts: dict[str, str]
    outs: dict[str, str]
    name: str
    created: int
    seconds: float | None = None
    reproducible: bool = True
    commit: str | None = None
    changed: tuple[str, ...] = ()
    experiment: str | None = None
    baseline: str | None = None
    committed: str | None = None
    lock_text: str | None = None

    @cached_property
    def key(self) -> str:
        """SHA-256 over what was asked for: the experiment and its parameters."""
        return _digest({"lecture": self.lecture, "parameters": self.parameters})

    @cached_property
    def result(self) -> str:
        """SHA-256 over everything that was written."""
        return _digest(self.outs)

    @property
    def label(self) -> str:
        """A file name for it, short but unique."""
        return label_of(self.key, self.result)

    @property
    def edition(self) -> str | None:
        """The edition whose data it uses, if it uses one's."""
        edition = self.parameters.get("data.edition")
        return None if edition is None else str(edition)

    def to_json(self) -> str:
        """The record as JSON text."""
        return json.dumps(asdict(self) | {FORMAT: NEWEST}, sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> LectureRecord:
        """Read what `to_json` wrote, here or in another version of the project.

        Raises:
            NewerFormatError: in a version whose format is not known here.
            DataError: the text is cut off or another program's.
        """
        try:
            content = json.loads(text)
            require_known(content, NEWEST)
            known = known_fields(cls, content)
            return cls(**{**known, "changed": tuple(known.get("changed", ()))})
        except (ValueError, TypeError, AttributeError) as problem:
            raise DataError(f"not the record of a lecture's result: {problem!r}") from None


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()
