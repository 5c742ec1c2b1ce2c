"""Splits: which rows are fitted on, and which rows tell the error.

Rows of a chain share days with their D-1 neighbours on either side. Every method but `random`
therefore leaves a gap (embargo) of D rows between the rows that are fitted on and those that are
held out, so that no held-out day has been seen. Lopez de Prado, Advances in Financial Machine
Learning (2018), chapter 7, calls this purging and embargo.

A test row shows all of its days but the last target. What the visible days of held-out windows may
teach (`features.pairs: with_test`) depends on the method too, see `_shown`.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from hw1.core.errors import DataError
from hw1.params.ingest import SplitMethod, SplitParams

Fold = tuple[np.ndarray, np.ndarray]


def split_folds(train: pd.DataFrame, days: int, params: SplitParams) -> pd.DataFrame:
    """Assign training rows to folds.

    Args:
        train: columns `id`, `state`, `chain`, `position`; for `prevalence` also `level`, the last
            known positivity, percent.
        days: D, the days of a window.
        params: the method and its settings.

    Returns:
        A long table, ordered by fold and file order: `fold`, `id`, `role` (train or validation),
        `weight`, the row's weight in the validation error (1 on average), and `shown`, whether a
        held-out row's visible days may be trained on as the test set's may. Rows of a gap are
        absent.

    Raises:
        DataError: a fold has no rows to train on or none to validate on.
    """
    methods = {
        "forward": _forward,
        "rolling": _rolling,
        "blocks": _blocks,
        "state": _state,
        "random": _random,
        "prevalence": _prevalence,
    }
    folds = []
    for number, (fitted, held_out) in enumerate(methods[params.method](train, days, params)):
        if not fitted.any() or not held_out.any():
            missing = "training" if held_out.any() else "validation"
            raise DataError(
                f"split `{params.method}` leaves fold {number} without {missing} rows: there are "
                f"{train['state'].nunique()} states, chains have "
                f"{len(train) / train['chain'].nunique():.0f} rows on average and the gap is "
                f"{days} days; change ingest.split"
            )
        shown = _shown(train, held_out, params.method)
        folds.append(_fold_table(train, number, fitted, held_out, shown))
    table = pd.concat(folds, ignore_index=True)
    if params.method == "blocks":
        table["weight"] = _offset_weights(table, days)
    return table


def _fold_table(
    train: pd.DataFrame,
    number: int,
    fitted: np.ndarray,
    held_out: np.ndarray,
    shown: np.ndarray,
) -> pd.DataFrame:
    used = fitted | held_out
    return pd.DataFrame(
        {
            "fold": np.full(used.sum(), number, dtype=np.int64),
            "id": train["id"].to_numpy()[used],
            "role": np.where(held_out, "validation", "train")[used],
            "weight": 1.0,
            "shown": shown[used],
        }
    )


def _shown(train: pd.DataFrame, held_out: np.ndarray, method: SplitMethod) -> np.ndarray:
    """Held-out rows whose visible days may be trained on, as a test set's visible days may.

    - `blocks`: all, as its held-out windows do not overlap, no more than the test set's do.
    - `forward`, `rolling`, `state`: of every chain only the earliest, so that no fit sees the last
      day of any held-out window, or anything later.
    - `prevalence`: none. It asks how a model does above every level that it has seen.
    - `random`: none. Their neighbours' pairs are the held-out rows themselves.
    """
    if method == "blocks":
        return held_out
    if method in ("prevalence", "random"):
        return np.zeros_like(held_out)
    position = train["position"].where(held_out)
    earliest = position.groupby(train["chain"]).transform("min")
    return np.asarray(position == earliest)


def _lengths(train: pd.DataFrame) -> np.ndarray:
    """The length of each row's chain, counting windows that are missing from the file."""
    lengths: np.ndarray = train.groupby("chain")["position"].transform("max").to_numpy() + 1
    return lengths


def _forward(train: pd.DataFrame, days: int, params: SplitParams) -> Iterator[Fold]:
    """The last rows of every chain, as the real test set lies after the training days."""
    position, lengths = train["position"].to_numpy(), _lengths(train)
    start = lengths - np.round(lengths * params.fraction)
    yield position < _before(start, lengths, days), position >= start


def _before(start: np.ndarray, lengths: np.ndarray, days: int) -> np.ndarray:
    """Where the gap before held-out rows begins; a chain that holds nothing out needs none."""
    return np.where(start < lengths, start - days, start)


def _rolling(train: pd.DataFrame, days: int, params: SplitParams) -> Iterator[Fold]:
    """Forward chaining: each fold is fitted on all days before its origin."""
    position, lengths = train["position"].to_numpy(), _lengths(train)
    width = np.round(lengths * params.fraction)
    for number in range(params.folds):
        start = lengths - (params.folds - number) * width
        held_out = (position >= start) & (position < start + width)
        yield position < np.where(width > 0, start - days, start), held_out


def _blocks(train: pd.DataFrame, days: int, params: SplitParams) -> Iterator[Fold]:
    """Contiguous blocks of every chain, held out in turn with a gap on both sides.

    Like the test set's, the held-out windows of a fold do not overlap: of a block every D-th
    window is held out, and each of the D ways to begin is a fold of its own.
    """
    position, lengths = train["position"].to_numpy(), _lengths(train)
    for number in range(params.folds):
        start, end = _block_bounds(lengths, number, params.folds)
        fitted = (position < start - days) | (position >= end + days) | (start == end)
        inside = (position >= start) & (position < end)
        for offset in range(days):
            yield fitted, inside & ((position - start) % days == offset)


def _block_bounds(lengths: np.ndarray, number: int, folds: int) -> tuple[np.ndarray, np.ndarray]:
    return lengths * number // folds, lengths * (number + 1) // folds


def _state(train: pd.DataFrame, days: int, params: SplitParams) -> Iterator[Fold]:  # noqa: ARG001
    """Whole states, shuffled into groups."""
    states = sorted(train["state"].unique())
    shuffled = np.random.default_rng(params.seed).permutation(states)
    for group in np.array_split(shuffled, min(params.folds, len(states))):
        held_out = train["state"].isin(group).to_numpy()
        yield ~held_out, held_out


def _random(train: pd.DataFrame, days: int, params: SplitParams) -> Iterator[Fold]:  # noqa: ARG001
    """The course's random rows: for one seed the very rows of torch's `random_split`."""
    order = torch_permutation(len(train), params.seed)
    held_out = np.zeros(len(train), dtype=bool)
    held_out[order[len(train) - int(params.fraction * len(train)) :]] = True
    yield ~held_out, held_out


def _prevalence(train: pd.DataFrame, days: int, params: SplitParams) -> Iterator[Fold]:
    """Rows of the highest levels: what a model does above everything that it has seen.

    Rows that share a day with a held-out row are left out, as in every other method.
    """
    level = train["level"].to_numpy()
    held_out = level > np.quantile(level, 1 - params.fraction)
    near = np.zeros(len(train), dtype=bool)
    for rows in train.groupby("chain").indices.values():
        position = train["position"].to_numpy()[rows]
        high = np.sort(position[held_out[rows]])
        if len(high):
            after = np.minimum(np.searchsorted(high, position), len(high) - 1)
            before = np.maximum(after - 1, 0)
            gap = np.minimum(np.abs(high[after] - position), np.abs(high[before] - position))
            near[rows] = gap <= days
    yield ~near & ~held_out, held_out


def torch_permutation(count: int, seed: int) -> np.ndarray:
    """The permutation that `torch.randperm` draws on the CPU, without importing torch.

    torch seeds the same Mersenne Twister as NumPy's legacy generator and swaps forward
    (Fisher-Yates) with the remainder of each raw 32-bit number.
    """
    twister = np.random.MT19937()
    twister._legacy_seeding(seed)
    raw = twister.random_raw(max(count - 1, 0))
    order = np.arange(count)
    for place in range(count - 1):
        other = place + int(raw[place]) % (count - place)
        order[place], order[other] = order[other], order[place]
    return order


def _offset_weights(table: pd.DataFrame, days: int) -> np.ndarray:
    """Weights that make the error a mean over the D ways to begin, whatever their numbers of rows.

    Folds are ordered by block, then by the offset of their first window.
    """
    offset = table["fold"].to_numpy() % days
    held_out = (table["role"] == "validation").to_numpy()
    counts = np.bincount(offset[held_out], minlength=days)
    return np.where(held_out, held_out.sum() / (days * counts[offset]), 1.0)
