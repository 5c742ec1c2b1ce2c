"""A search that was made before, for those who want its trials."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hw1.core.errors import Hw1Error, ParamsError
from hw1.core.sections import PARAMS_FILE, check_section, load_section, nearest
from hw1.params.features import FeaturesParams
from hw1.params.ingest import IngestParams
from hw1.params.sweep import SWEEP, Objective, SweepParams, check_sweep
from hw1.params.train import TrainParams
from hw1.sweep.making import make_space
from hw1.sweep.places import FOLDER, open_storage, storage_exists
from hw1.sweep.settings import NO_MATTER
from hw1.sweep.space import Space
from hw1.sweep.stored import StoredTrials
from hw1.sweep.study import SETTINGS, Search
from hw1.sweep.suggest import quiet
from hw1.sweep.table import Result, ranked
from hw1.sweep.trial import Outcome, Trial
from hw1.task_words import FORMERLY


@dataclass(frozen=True)
class FoundSearch:
    """A stored search.

    Attributes:
        name: its name.
        ingest: section `ingest:` that it was made with.
        objective: which error trials are judged by.
        results: finished trials with what came of them.
    """

    name: str
    ingest: IngestParams
    objective: Objective
    results: list[Result]

    def best(self) -> Result:
        """The winner.

        Raises:
            Hw1Error: no trial is complete.
        """
        found = ranked(self.results, self.objective)
        if not found:
            raise Hw1Error(f"search `{self.name}` has no complete trial yet")
        return found[0]

    def trial(self, number: int) -> tuple[Trial, Outcome]:
        """One trial.

        Raises:
            Hw1Error: there is none of that number, or it is not finished.
        """
        for trial, outcome in self.results:
            if trial.number == number:
                return trial, outcome
        numbers = [trial.number for trial, _ in self.results]
        told = f"{min(numbers)} to {max(numbers)}" if numbers else "none"
        raise Hw1Error(f"search `{self.name}` has no finished trial {number}; finished are {told}")


@contextmanager
def reopen(name: str, storage: str | None, folder: Path = FOLDER) -> Iterator[FoundSearch]:
    """Open a stored search to read it.

    Args:
        name: the search's.
        storage: an address of a database; None for a journal in `folder`.
        folder: of journals.

    Raises:
        Hw1Error: there is none of that name, it is running, or another version of the project or
            of Optuna made it.
        ParamsError: params.yaml is wrong; what no trial depends on is taken from it.
    """
    if not storage_exists(name, storage, folder):
        raise _unknown(name, folder)
    with open_storage(name, storage, folder) as opened:
        try:
            study = opened.get_study_id_from_name(name)
        except KeyError:
            raise _unknown(name, folder) from None
        settings = opened.get_study_user_attrs(study).get(SETTINGS)
        if settings is None:
            raise _unknown(name, folder)
        ingest, sweep, space = _understood(name, settings)
        trials = StoredTrials(opened, study, space.parameters, sweep.objective)
        with quiet():
            finished = Search(name, trials, space, sweep).outcomes()
        yield FoundSearch(
            name=name,
            ingest=ingest,
            objective=sweep.objective,
            results=[(each.trial, each.outcome) for each in finished if each.trial is not None],
        )


def _understood(name: str, settings: Mapping[str, Any]) -> tuple[IngestParams, SweepParams, Space]:
    """What a search was begun with: the data, the search and its space.

    Raises:
        Hw1Error: it is of a version of the project that had other parameters.
    """
    present = _present_train()
    try:
        sweep = check_sweep({**settings[SWEEP], **NO_MATTER})
        features = check_section("features", _whole("features", settings), FeaturesParams)
        train = check_section("train", {**present, **_whole("train", settings)}, TrainParams)
        ingest = check_section("ingest", _whole("ingest", settings), IngestParams)
        return ingest, sweep, make_space(sweep, features, train)
    except (ParamsError, KeyError, TypeError) as problem:
        reason = str(problem).splitlines()[0].removeprefix(f"{PARAMS_FILE}: ")
        raise Hw1Error(
            f"search `{name}` is of another version of the project ({reason}); "
            f"`hw1 sweep --name {name} --again` makes it anew"
        ) from None


def _whole(section: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """A section that a search was begun with, and what was so before there was a key for it."""
    start = f"{section}."
    former: dict[str, Any] = {
        key.removeprefix(start): value for key, value in FORMERLY.items() if key.startswith(start)
    }
    return former | dict(settings[section])


def _present_train() -> dict[str, Any]:
    """Section `train:` as it stands: whether to refit, and with how many threads."""
    return load_section("train", TrainParams).model_dump()


def _unknown(name: str, folder: Path) -> Hw1Error:
    names = sorted(path.stem for path in folder.glob("*.journal"))
    told = f"; {nearest(name, names)}" if names else "; `hw1 sweep` makes one"
    return Hw1Error(f"there is no search `{name}`{told}")
