"""A run that diverged: what went in, where it ended, and how far it came."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from hw1.core import layout
from hw1.core.errors import DataError
from hw1.core.place import state_folder
from hw1.core.sections import parse_params
from hw1.lineage.formats import FORMAT, NewerFormatError, known_fields, require_known
from hw1.lineage.lock import STAGES, Lock, parse_lock
from hw1.lineage.record import Record
from hw1.lineage.record_files import RecordFiles
from hw1.lineage.variant import LABEL_DIGITS, key_of
from hw1.variants import flat_variant

NEWEST = 1  # grows where earlier versions could not read it; see `hw1.lineage.formats`


@dataclass(frozen=True)
class Failure:
    """What is known of a run that diverged.

    Attributes:
        record: its parameters, its name, where it was made; the lock ends with the stage that
            failed, which has written nothing, and of the metrics there is the learning curve.
        stage: the stage that failed.
        message: what it said.
        place: what was fitted, such as "fold 0".
        epoch: see `hw1.core.errors.DivergedError`.
        step: likewise.
        learning_rate: likewise.
    """

    record: Record
    stage: str
    message: str
    place: str
    epoch: int | None
    step: int | None
    learning_rate: float | None

    @cached_property
    def lock(self) -> Lock:
        """What went in."""
        return parse_lock(self.record.lock_text, stages=stages_until(self.stage))

    @cached_property
    def key(self) -> str:
        """SHA-256 over what went into all stages until the one that failed."""
        return key_of(self.lock, stages_until(self.stage))

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """All parameters by dotted key, also those of stages that were not reached."""
        return flat_variant(parse_params(self.record.params_text))

    @property
    def edition(self) -> str:
        """The edition of the homework whose data it uses."""
        return str(self.parameters["ingest.edition"])

    @property
    def curve(self) -> str:
        """The learning curve as far as it was written; empty where nothing was."""
        return self.record.texts.get(str(layout.CURVE_FILE), "")

    def to_json(self) -> str:
        """The failure as JSON text."""
        return json.dumps(asdict(self) | {FORMAT: NEWEST}, sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Failure:
        """Read what `to_json` wrote, here or in another version of the project.

        Raises:
            NewerFormatError: in a version whose format is not known here.
            DataError: the text is cut off or another program's.
        """
        try:
            content = json.loads(text)
            require_known(content, NEWEST)
            record = Record.from_json(json.dumps(content["record"]))
            return cls(**{**known_fields(cls, content), "record": record})
        except (ValueError, TypeError, KeyError, AttributeError) as problem:
            raise DataError(f"not a failure's record: {problem!r}") from None


def stages_until(stage: str) -> tuple[str, ...]:
    """The stages until one, which is the last of them."""
    return STAGES[: STAGES.index(stage) + 1]


def _renamed(record: Record, newest: Record) -> Record:
    return replace(record, name=newest.name, experiment=newest.experiment, baseline=newest.baseline)


class FailureLedger(RecordFiles[Failure]):
    """The runs of one project that diverged; see `hw1.lineage.ledger`."""

    def __init__(self, root: Path) -> None:
        super().__init__(state_folder(root) / "failed", Failure.from_json)

    def add(self, failure: Failure) -> Failure:
        """Keep a failure; the same one again stays as it was when it first happened.

        All that can be new is the experiment that it failed in, and the name by that. One of a
        newer version of the project stays as it is.

        Returns:
            The failure that is kept, or the one given where that cannot be read.
        """
        try:
            earlier = self.read(failure.key)
        except NewerFormatError:
            return failure
        if earlier is not None:
            if failure.record.experiment in (None, earlier.record.experiment):
                return earlier
            failure = replace(earlier, record=_renamed(earlier.record, failure.record))
        self._write(failure.key[:LABEL_DIGITS], failure.to_json())
        return failure

    def read(self, label: str) -> Failure | None:
        """A failure by its key, or by the label that this begins with; see `RecordFiles.read`."""
        return super().read(label[:LABEL_DIGITS])

    def forget(self, key: str) -> None:
        """Remove a failure, as what went in has come to a result after all."""
        self._path(key[:LABEL_DIGITS]).unlink(missing_ok=True)
