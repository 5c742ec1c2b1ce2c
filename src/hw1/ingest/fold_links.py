"""The links of every fold's rows and of the test rows, and how often links are right."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from hw1.core.layout import FINAL, TEST
from hw1.core.survey import Structure
from hw1.ingest.links import link_windows

COLUMNS = {
    "fold": "str",
    "id": "int64",
    "previous": "int64",
    "next": "int64",
    "confidence": "float64",
}


def fold_links(
    train: pd.DataFrame, folds: pd.DataFrame, test: pd.DataFrame, structure: Structure
) -> pd.DataFrame:
    """Link the rows of every fold.

    Training rows have their true neighbours in their chain, D days away, where these are training
    rows of the fold as well: no held-out day reaches them, nor one of a gap. Rows to be judged by
    are linked as the test set is, by their survey alone, with all isolated windows that the fold
    is not fitted on: the chain's rows at whole multiples of D from the first that is held out.
    Those of a gap stand for the test windows around a test window; without them a third of the
    rows would have an end of a stretch beside it, as few test rows have.

    Args:
        train: `id`, `state`, `chain`, `position` and all day columns.
        folds: the split, as `split_folds` returns it.
        test: `id`, `state` and the visible day columns.
        structure: the edition's structure.

    Returns:
        `fold` (the folds' numbers as text, "final" and "test"), `id`, `previous`, `next` (ids, -1
        for none) and `confidence` of the link to `next`. No rows where nothing is linked.
    """
    if structure.link == "none":
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()})
    tables = []
    for fold, rows in folds.groupby("fold", sort=True):
        fitted = train["id"].isin(rows["id"][rows["role"] == "train"]).to_numpy()
        held_out = train["id"].isin(rows["id"][rows["role"] == "validation"]).to_numpy()
        tables.append(_named(fold, _true_links(train[fitted], structure.days)))
        for group in _groups(train[~fitted], held_out[~fitted], structure.days):
            tables.append(_named(fold, _found_links(group, structure)))
    tables.append(_named(FINAL, _true_links(train, structure.days)))
    tables.append(_named(TEST, _found_links(test, structure)))
    return pd.concat(tables, ignore_index=True)


def links_audit(train: pd.DataFrame, test: pd.DataFrame, structure: Structure) -> dict[str, Any]:
    """How well windows are linked, measured on chains cut into windows as the test set is.

    Returns:
        Shares of windows that have a follower and that found one, of the found ones the right
        ones, the mean confidence in right and in wrong ones (where there are any), and the share
        of test windows that found one.
    """
    follower, right, confidence = [], [], []
    for offset in range(structure.days):
        cut = train[(train["position"] % structure.days == offset).to_numpy()]
        truth, found = _true_links(cut, structure.days), _found_links(cut, structure)
        follower.append(truth["next"].to_numpy() >= 0)
        right.append(np.where(found["next"] < 0, -1, found["next"] == truth["next"]))
        confidence.append(found["confidence"].to_numpy())
    judged, sure = np.concatenate(right), np.concatenate(confidence)
    linked = judged >= 0
    report: dict[str, Any] = {
        "windows": len(judged),
        "with_follower_share": float(np.concatenate(follower).mean()),
        "linked_share": float(linked.mean()),
        "test_linked_share": float((_found_links(test, structure)["next"] >= 0).mean()),
    }
    if linked.any():
        report["right_share"] = float(judged[linked].mean())
    for name, value in (("right", 1), ("wrong", 0)):
        if (judged == value).any():
            report[f"confidence_{name}"] = float(sure[judged == value].mean())
    return report


def _groups(rest: pd.DataFrame, held_out: np.ndarray, days: int) -> Iterator[pd.DataFrame]:
    """Isolated windows among the rows that a fold is not fitted on, one group an offset."""
    first = rest["position"].where(held_out).groupby(rest["chain"]).transform("min")
    offset = (rest["position"] - first) % days
    for number in range(days):  # chains of which nothing is held out have no offset
        if (here := (offset == number).to_numpy()).any():
            yield rest[here]


def _true_links(rows: pd.DataFrame, days: int) -> pd.DataFrame:
    """Links between rows of the same chain, D days apart."""
    places = pd.MultiIndex.from_frame(rows[["chain", "position"]])

    def ids_at(shift: int) -> np.ndarray:
        wanted = pd.MultiIndex.from_arrays([rows["chain"], rows["position"] + shift])
        return _ids(rows, places.get_indexer(wanted))

    following = ids_at(days)
    return pd.DataFrame(
        {
            "id": rows["id"].to_numpy(),
            "previous": ids_at(-days),
            "next": following,
            "confidence": (following >= 0).astype(np.float64),
        }
    )


def _found_links(windows: pd.DataFrame, structure: Structure) -> pd.DataFrame:
    """Links by the survey alone, between ids."""
    links = link_windows(windows, structure)
    return pd.DataFrame(
        {
            "id": windows["id"].to_numpy(),
            "previous": _ids(windows, links["previous"].to_numpy()),
            "next": _ids(windows, links["next"].to_numpy()),
            "confidence": links["confidence"].to_numpy(),
        }
    )


def _ids(windows: pd.DataFrame, places: np.ndarray) -> np.ndarray:
    return np.where(places < 0, -1, windows["id"].to_numpy()[places])


def _named(fold: object, links: pd.DataFrame) -> pd.DataFrame:
    links.insert(0, "fold", str(fold))
    return links
