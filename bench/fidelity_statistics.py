"""Aggregate statistics in which the simulated sample should agree with the real editions."""

import numpy as np
from fidelity_survey import Survey

LAGS = range(1, 9)
SHORTEST_CHAIN = 12


def signal_statistics(survey: Survey) -> dict[str, dict[str, float]]:
    """Statistics of every signal along the training chains, and its mean in the test windows."""
    chains = [chain.days for chain in survey.chains]
    levels = np.concatenate(chains)
    changes = [np.diff(days, axis=0) for days in chains]
    joined = np.concatenate(changes)
    means = np.array([days.mean(axis=0) for days in chains])
    within = np.concatenate([days - days.mean(axis=0) for days in chains])
    seen = survey.test[:, :-1].reshape(-1, len(survey.signals))
    level_correlation = np.corrcoef(levels.T)[-1]
    change_correlation = np.corrcoef(joined.T)[-1]
    table = {}
    for index, signal in enumerate(survey.signals):
        lagged = [autocorrelation([days[:, index] for days in changes], lag) for lag in LAGS]
        table[signal] = {
            "mean": levels[:, index].mean(),
            "deviation": levels[:, index].std(),
            "between states": means[:, index].std(),
            "within a chain": within[:, index].std(),
            "test mean": seen[:, index].mean(),
            "test deviation": seen[:, index].std(),
            "daily change": joined[:, index].std(),
            "kurtosis of change": kurtosis(joined[:, index]),
            "level lag 1": autocorrelation([days[:, index] for days in chains], 1),
            **{f"change lag {lag}": value for lag, value in zip(LAGS, lagged, strict=True)},
            "level with target": level_correlation[index],
            "change with target": change_correlation[index],
        }
    return {signal: {key: float(v) for key, v in row.items()} for signal, row in table.items()}


def edition_statistics(survey: Survey) -> dict[str, float]:
    """Shape, shift and difficulty of a whole edition."""
    lengths = np.array([len(chain.rows) for chain in survey.chains])
    windows = np.bincount(survey.test_states, minlength=len(survey.states))
    train_known, test_known = survey.train[:, -2, -1], survey.test[:, -2, -1]
    later = np.diff(survey.test[:, :-1, -1], axis=1)
    start, links = test_distances(survey)
    return {
        "states": len(survey.states),
        "signals": len(survey.signals),
        "days": survey.days,
        "train rows": len(survey.train),
        "test rows": len(survey.test),
        "chains": len(lengths),
        "shortest chain": int(lengths.min()),
        "median chain": float(np.median(lengths)),
        "longest chain": int(lengths.max()),
        "fewest test windows of a state": int(windows.min()),
        "median test windows of a state": float(np.median(windows)),
        "most test windows of a state": int(windows.max()),
        "neighbouring rows of one state": float((np.diff(survey.train_states) == 0).mean()),
        "known day, training mean": float(train_known.mean()),
        "known day, test mean": float(test_known.mean()),
        "known day, test / training": float(test_known.mean() / train_known.mean()),
        "test levels above training range": float(
            (test_known > survey.train[..., -1].max()).mean()
        ),
        "persistence MSE": float(np.mean((survey.train[:, -1, -1] - train_known) ** 2)),
        "test: deviation of daily change": float(later.std()),
        "chain's end to first test window": start,
        "test windows linked to a next one": links,
    }


def correlation_matrices(survey: Survey, signals: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Correlations between `signals`: of levels and of daily changes."""
    columns = [survey.signals.index(signal) for signal in signals]
    levels = np.concatenate([chain.days[:, columns] for chain in survey.chains])
    changes = np.concatenate([np.diff(chain.days[:, columns], axis=0) for chain in survey.chains])
    return np.corrcoef(levels.T), np.corrcoef(changes.T)


def test_distances(survey: Survey) -> tuple[float, float]:
    """How closely test windows follow the chains and each other.

    Distances are root mean squares over signals, in deviations of a daily change.

    Returns:
        The median distance from a chain's last day to the nearest first day of a test window, in
        units of the median distance of consecutive days; and the share of test windows whose
        last day is as near to another's first day as 99 % of consecutive days are.
    """
    chains = [chain for chain in survey.chains if len(chain.rows) >= SHORTEST_CHAIN]
    steps = np.concatenate([np.diff(chain.days[:, :-1], axis=0) for chain in chains])
    scale = steps.std(axis=0)
    usual = np.sqrt(((steps / scale) ** 2).mean(axis=1))
    ends: dict[int, np.ndarray] = {chain.state: chain.days[-1, :-1] for chain in chains}
    starts, links = [], []
    for state, end in ends.items():
        windows = survey.test[survey.test_states == state][..., :-1]
        starts.append(_distance(windows[:, 0] - end, scale).min())
        if len(windows) > 1:
            between = _distance(windows[:, None, -1] - windows[None, :, 0], scale)
            np.fill_diagonal(between, np.inf)
            links.extend(between.min(axis=1) <= np.quantile(usual, 0.99))
    return float(np.median(starts) / np.median(usual)), float(np.mean(links))


def autocorrelation(sequences: list[np.ndarray], lag: int) -> float:
    """Correlation of values `lag` days apart, pooled over chains."""
    earlier = np.concatenate([sequence[:-lag] for sequence in sequences])
    later = np.concatenate([sequence[lag:] for sequence in sequences])
    return float(np.corrcoef(earlier, later)[0, 1])


def kurtosis(values: np.ndarray) -> float:
    """Fourth standardised moment; 3 for a normal distribution."""
    centred = values - values.mean()
    return float((centred**4).mean() / (centred**2).mean() ** 2)


def _distance(differences: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return np.sqrt(((differences / scale) ** 2).mean(axis=-1))
