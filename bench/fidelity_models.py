"""Simple models whose ranking on the sample should be that on the real editions."""

from collections.abc import Callable

import numpy as np
from fidelity_survey import Survey

HELD_OUT = 0.2
BLOCKS = 3

Predictor = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
Fold = tuple[np.ndarray, np.ndarray]


def model_errors(survey: Survey) -> dict[str, dict[str, float]]:
    """Mean squared errors: later rows, blocks, random rows, and the solution where known."""
    splits = {
        "forward": [forward_split(survey)],
        "blocks": [block_split(survey, block) for block in range(BLOCKS)],
        "random": [random_split(survey)],
    }
    errors: dict[str, dict[str, float]] = {}
    for name, predict in MODELS.items():
        errors[name] = {
            split: float(np.mean([_held_out_error(predict, survey, fold) for fold in folds]))
            for split, folds in splits.items()
        }
        if survey.solution is not None:
            errors[name]["test"] = _error(predict, survey.train, survey.test, survey.solution)
    return errors


def forward_split(survey: Survey) -> Fold:
    """Rows before and after the cut of every chain; D rows between are left out."""
    train, held_out = [], []
    for chain in survey.chains:
        count = round(len(chain.rows) * HELD_OUT)
        cut = len(chain.rows) - count
        train.append(chain.rows[: max(cut - survey.days, 0)])
        held_out.append(chain.rows[cut:])
    return np.concatenate(train), np.concatenate(held_out)


def block_split(survey: Survey, block: int) -> Fold:
    """One of the contiguous blocks of every chain held out, with D rows left out beside it."""
    train, held_out = [], []
    for chain in survey.chains:
        position = np.arange(len(chain.rows))
        first, end = (len(chain.rows) * edge // BLOCKS for edge in (block, block + 1))
        held_out.append(chain.rows[first:end])
        apart = (position < first - survey.days) | (position >= end + survey.days)
        train.append(chain.rows[apart])
    return np.concatenate(train), np.concatenate(held_out)


def random_split(survey: Survey) -> Fold:
    """A random fifth held out, as the course does: its days stand in training rows too."""
    shuffled = np.random.default_rng(0).permutation(len(survey.train))
    cut = int(len(shuffled) * HELD_OUT)
    return shuffled[cut:], shuffled[:cut]


def _held_out_error(predict: Predictor, survey: Survey, fold: Fold) -> float:
    fit_rows, score_rows = fold
    return _error(predict, survey.train[fit_rows], survey.train[score_rows], None)


def _error(
    predict: Predictor, fitted: np.ndarray, scored: np.ndarray, truth: np.ndarray | None
) -> float:
    target = scored[:, -1, -1] if truth is None else truth
    predicted = predict(_visible(fitted), fitted[:, -1, -1], _visible(scored))
    return float(np.mean((predicted - target) ** 2))


def _visible(windows: np.ndarray) -> np.ndarray:
    """[rows, days, signals] with the target replaced by the day before it."""
    seen = windows.copy()
    seen[:, -1, -1] = seen[:, -2, -1]
    return seen


def _levels(windows: np.ndarray) -> np.ndarray:
    return windows.reshape(len(windows), -1)[:, :-1]


def _angles(windows: np.ndarray) -> np.ndarray:
    """Last day's signals and their last differences on the arcsine square root scale."""
    angle = np.arcsin(np.sqrt(np.clip(windows / 100.0, 0.0, 1.0)))
    differences = angle[:, -1, :-1] - angle[:, -2, :-1]
    momentum = angle[:, -2, -1:] - angle[:, -3, -1:] if windows.shape[1] > 2 else differences[:, :0]
    return np.concatenate([angle[:, -1], differences, momentum], axis=1)


def _persistence(_fitted: np.ndarray, _target: np.ndarray, scored: np.ndarray) -> np.ndarray:
    return scored[:, -2, -1]


def _ridge_levels(fitted: np.ndarray, target: np.ndarray, scored: np.ndarray) -> np.ndarray:
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), Ridge(1.0)).fit(_levels(fitted), target)
    return model.predict(_levels(scored))


def _lasso_change(fitted: np.ndarray, target: np.ndarray, scored: np.ndarray) -> np.ndarray:
    from sklearn.linear_model import LassoCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    def angle(percent: np.ndarray) -> np.ndarray:
        return np.arcsin(np.sqrt(np.clip(percent / 100.0, 0.0, 1.0)))

    change = angle(target) - angle(fitted[:, -2, -1])
    model = make_pipeline(StandardScaler(), LassoCV(cv=5, max_iter=20000)).fit(
        _angles(fitted), change
    )
    predicted = angle(scored[:, -2, -1]) + model.predict(_angles(scored))
    return 100.0 * np.sin(predicted) ** 2


def _neighbours_levels(fitted: np.ndarray, target: np.ndarray, scored: np.ndarray) -> np.ndarray:
    from sklearn.neighbors import KNeighborsRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), KNeighborsRegressor(3)).fit(_levels(fitted), target)
    return model.predict(_levels(scored))


def _trees(fitted: np.ndarray, target: np.ndarray, scored: np.ndarray) -> np.ndarray:
    from sklearn.ensemble import ExtraTreesRegressor

    model = ExtraTreesRegressor(100, min_samples_leaf=5, max_features=0.5, random_state=0)
    return model.fit(_levels(fitted), target).predict(_levels(scored))


def _trees_change(fitted: np.ndarray, target: np.ndarray, scored: np.ndarray) -> np.ndarray:
    from sklearn.ensemble import ExtraTreesRegressor

    model = ExtraTreesRegressor(100, min_samples_leaf=5, max_features=0.5, random_state=0)
    model.fit(_angles(fitted), target - fitted[:, -2, -1])
    return scored[:, -2, -1] + model.predict(_angles(scored))


MODELS: dict[str, Predictor] = {
    "persistence": _persistence,
    "ridge, levels": _ridge_levels,
    "lasso, arcsine, change": _lasso_change,
    "extra trees, change": _trees_change,
    "extra trees, levels": _trees,
    "3 neighbours, levels": _neighbours_levels,
}
