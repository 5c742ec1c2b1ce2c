"""What becomes of data that reads well and cannot be right: refused, or accepted and recorded."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from hw1.core.errors import DataError
from hw1.ingest.mixups import (
    File,
    Finding,
    day_mixups,
    edition_windows,
    fractions,
    overlap,
    pairing_mixups,
    solution_mixups,
)
from hw1.ingest.reading import SOLUTION_NAME, TEST_NAMES, TRAIN_NAMES, Edition, find_file
from hw1.params.ingest import Implausible


def find_implausible(edition: Edition, chains: pd.DataFrame) -> list[Finding]:
    """Look for mixed-up files, columns and days.

    Args:
        edition: the tables as read.
        chains: `chain` and `position` of every training row, as `find_chains` returns them.

    Returns:
        Findings, each name at most once a file; none for a sound edition.
    """
    train = edition_windows(edition.train, edition.structure)
    test = edition_windows(edition.test, edition.structure)
    findings = [
        *fractions(edition, train, test),
        *day_mixups("training", edition.train, train, edition.structure),
        *day_mixups("test", edition.test, test, edition.structure),
        *overlap(edition, train, test),
        *solution_mixups(edition),
    ]
    # numbers of another scale, column or day say nothing of how the two files fit together
    if not {finding.name for finding in findings} & {"fractions", "columns", "days"}:
        findings += pairing_mixups(edition, chains, train, test)
    return findings


def refused_names(
    findings: Sequence[Finding], accept: Sequence[Implausible] = ()
) -> list[Implausible]:
    """Names of the findings that are refused unless `accept` holds them, sorted."""
    return sorted(
        {each.name for each in findings if each.severity == "refuse" and each.name not in accept}
    )


def require_plausible(
    findings: Sequence[Finding], accept: Sequence[Implausible], folder: Path
) -> None:
    """Refuse an edition whose scores would be false.

    Args:
        findings: as `find_implausible` returns them.
        accept: names of findings to go on with.
        folder: the edition's, for the message.

    Raises:
        DataError: it names file, place, advice and how to go on.
    """
    names = refused_names(findings, accept)
    if names:
        wanted = accept_override(sorted({*accept, *names}))
        raise DataError(
            f"{told(findings, names, folder)}\n"
            f"to go on with the files as they are: dvc exp run -S {wanted}; the results will say so"
        )


def accept_override(names: Sequence[Implausible]) -> str:
    """The parameter that accepts findings, as `-S` takes it in a shell."""
    return f"'ingest.accept=[{','.join(names)}]'"


def told(findings: Sequence[Finding], names: Sequence[Implausible], folder: Path) -> str:
    """One line for each finding of one of the names: file, what is wrong and what to do."""
    return "\n".join(
        f"{_path(folder, each.file)} ({each.name}): {each.says}; {each.advice}"
        for each in findings
        if each.name in names
    )


def plausible_audit(
    findings: Sequence[Finding], accept: Sequence[Implausible]
) -> dict[str, dict[str, Any]]:
    """What was found, for the stage's metrics: by name, what it is and whether it was accepted."""
    audit: dict[str, dict[str, Any]] = {}
    for each in findings:
        entry = audit.setdefault(
            each.name,
            {"severity": each.severity, "accepted": each.name in accept, "says": []},
        )
        entry["says"].append(f"{each.file} file: {each.says}")
    return audit


def _path(folder: Path, file: File) -> Path:
    if file == "solution":
        return folder / SOLUTION_NAME
    return find_file(folder, TRAIN_NAMES if file == "training" else TEST_NAMES)
