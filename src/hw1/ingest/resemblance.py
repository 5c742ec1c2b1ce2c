"""How alike days, columns and states are: what tells sound survey files from mixed-up ones.

Signals are means of seven days and differ between states. So a day is close to the day before, the
closer the nearer, and a state's test rows are close to some of its own training rows.
"""

from collections.abc import Iterator
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CLOSEST = 1e-3
"""Distance in deviations that counts as none, so that equal days have a logarithm."""


def steps(windows: Floats) -> Floats:
    """Mean squared change from each day to the next, against what two unrelated days would have.

    Args:
        windows: percent, [rows, days, signals]; NaN for a day that a file does not show.

    Returns:
        [days - 1, signals]: near 0 for neighbouring days, 1 for columns that have nothing to do
        with one another, more where levels differ; NaN for constant ones.
    """
    before, after = windows[:, :-1], windows[:, 1:]
    change = np.mean((after - before) ** 2, axis=0)
    unrelated = before.var(axis=0) + after.var(axis=0)
    unknown = np.full_like(change, np.nan)
    shares: Floats = np.divide(change, unrelated, out=unknown, where=unrelated > 0)
    return shares


def better_order(windows: Floats) -> tuple[list[int], float]:
    """The order of days in which neighbours are closest, of those one exchange away.

    Tried are an exchange of two days and a stretch of days turned round; not all days turned
    round, which is as smooth.

    Args:
        windows: percent, [rows, days, signals], all finite, 3 days or more.

    Returns:
        Numbers of the days from 0, and the sum of its neighbours' squared distances as a share of
        the given order's: below 1 if it is better. 1 if nothing ever changes.
    """
    count = windows.shape[1]
    given = list(range(count))
    deviation = windows.std(axis=(0, 1))
    values = windows[:, :, deviation > 0] / deviation[deviation > 0]
    days = (values - values.mean(axis=(0, 1))).transpose(1, 0, 2).reshape(count, -1)
    products = days @ days.T
    squares = products.diagonal()
    apart = np.maximum(squares[:, None] + squares[None] - 2 * products, 0.0)
    length = _path_length(apart, given)
    if length == 0:
        return given, 1.0
    best = min(_exchanged(given), key=lambda order: _path_length(apart, order))
    return best, _path_length(apart, best) / length


def _path_length(apart: Floats, order: list[int]) -> float:
    return float(sum(apart[first, second] for first, second in pairwise(order)))


def _exchanged(given: list[int]) -> Iterator[list[int]]:
    for first, second in combinations(given, 2):
        swapped = given.copy()
        swapped[first], swapped[second] = given[second], given[first]
        yield swapped
        if second - first < len(given) - 1:
            yield [*given[:first], *given[first : second + 1][::-1], *given[second + 1 :]]


def nearest_starts(
    days: list[Floats], starts: list[Floats]
) -> tuple[Floats, list[tuple[Floats, Floats]]]:
    """Compare each state's training days with where each state's test rows begin.

    Args:
        days: of every state some training days, [days, signals], in deviations.
        starts: of every state the first days of its test windows, [windows, signals], likewise.

    Returns:
        The root mean square distance of the nearest two days, [states of training, states of
        test], and for every state its own nearest two days, by the median over signals, which a few
        columns in the wrong place do not move.
    """
    bounds = np.cumsum([0, *(len(windows) for windows in starts)])[:-1]
    everything = np.concatenate(starts)
    distances = np.full((len(days), len(starts)), np.inf)
    own = []
    for state, picked in enumerate(days):
        for day in picked:
            far = np.mean((everything - day) ** 2, axis=1)
            distances[state] = np.minimum(distances[state], np.minimum.reduceat(far, bounds))
        typical = np.median(np.abs(picked[:, None] - starts[state][None]), axis=2)
        nearest, start = np.unravel_index(typical.argmin(), typical.shape)
        own.append((picked[nearest], starts[state][start]))
    return np.sqrt(distances), own


def match_score(distances: Floats) -> float:
    """How much closer states are to themselves than to one another, in standard deviations.

    The sum of the diagonal of the distances' logarithms, standardised by its mean and deviation
    over all permutations of the states (Hoeffding, "A combinatorial central limit theorem", 1951).

    Args:
        distances: [states, states], of training and of test rows.

    Returns:
        About -1.5 to 1.5 if states have nothing to do with themselves, far below if they have; 0
        if all are equally far.
    """
    values = np.log(distances + CLOSEST)
    centred = values - values.mean(axis=0) - values.mean(axis=1)[:, None] + values.mean()
    deviation = np.sqrt((centred**2).sum() / (len(values) - 1))
    return float(np.trace(centred) / deviation) if deviation > 0 else 0.0


def exchanged_columns(own: list[tuple[Floats, Floats]]) -> tuple[int, int, float]:
    """The two columns of the test file that fit best if they are exchanged.

    Args:
        own: of every state a training and a test day, [signals] in deviations.

    Returns:
        Both columns, and their median distance to the training file's after the exchange as a
        share of that before: below 1 if the exchange is better; 1 if there is but one column.
    """
    ends, starts = (np.stack(days) for days in zip(*own, strict=True))
    far = np.median(np.abs(ends[:, :, None] - starts[:, None, :]), axis=0)
    before = far.diagonal()[:, None] + far.diagonal()[None]
    share = np.divide(far + far.T, before, out=np.ones_like(far), where=before > 0)
    np.fill_diagonal(share, 1.0)
    first, second = np.unravel_index(share.argmin(), share.shape)
    return int(first), int(second), float(share[first, second])
