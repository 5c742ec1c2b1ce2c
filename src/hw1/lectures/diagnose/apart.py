"""What tells test windows from training windows: a classifier, and by which features it does.

If no classifier can tell them apart, they come from one distribution (Lopez-Paz and Oquab,
"Revisiting classifier two-sample tests", 2017). How far it can is the area under its ROC curve,
here of states that it has not learnt from: windows of one stretch of days are much alike, and one
of them on either side would give the others away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hw1.features.fit import fit_feature_map
from hw1.fitted.base import Array, Floats
from hw1.ingest.reading import Edition
from hw1.lectures.diagnose.params import ApartParams
from hw1.params.features import FeaturesParams

SUREST = 0.95
"""Chances are cut to this, lest a few windows outweigh all others."""
GUESSING = 0.5
"""Area under the curve of a classifier that only guesses. Below it what is learnt on some states is
wrong on others, which is no better."""
FEWEST = 2
"""Windows of either kind that a group of states needs to be classified."""


@dataclass(frozen=True)
class Apart:
    """How far the inputs of training and test lie apart.

    Attributes:
        auc: area under the ROC curve by classifier, `logistic` and `trees`; 0.5 is no better than
            guessing.
        best: the classifier that does better, of which is all that follows.
        names: of the features.
        alone: area under the curve by each feature alone, shape [features]: above 0.5 where it is
            higher in the test windows.
        lost: what the classifier's area loses when the feature is shuffled, shape [features].
        shift: mean of the test windows minus mean of the training windows, in the latter's
            standard deviations, shape [features].
        odds: of every training window by id: how much more likely it would be a test window than
            among as many of both kinds.
    """

    auc: dict[str, float]
    best: str
    names: tuple[str, ...]
    alone: Floats
    lost: Floats
    shift: Floats
    odds: dict[int, float]


def tell_apart(edition: Edition, features: FeaturesParams, params: ApartParams, seed: int) -> Apart:
    """Classify the windows of an edition by the features that a model sees.

    Args:
        edition: the data.
        features: section `features:`, fitted on the training windows.
        params: of the classifiers.
        seed: of forest and shuffling.
    """
    fitted, _ = fit_feature_map(edition.train, edition.structure, features)
    parts = [fitted.apply(table) for table in (edition.train, edition.test)]
    x = np.vstack(parts)
    is_test = np.repeat([0, 1], [len(part) for part in parts])
    states = np.concatenate([edition.train["state"], edition.test["state"]])
    groups = _groups(states, params.groups, seed)
    made = {
        name: _Classified(model, x, is_test, groups)
        for name, model in _classifiers(params, seed).items()
    }
    auc = {name: one.auc for name, one in made.items()}
    best = max(auc, key=lambda name: auc[name])
    deviation = parts[0].std(axis=0)
    shift = parts[1].mean(axis=0) - parts[0].mean(axis=0)
    return Apart(
        auc=auc,
        best=best,
        names=tuple(fitted.names),
        alone=np.array([_area(is_test, column) for column in x.T]),
        lost=made[best].lost(params.shuffles, np.random.default_rng(seed)),
        shift=shift / np.where(deviation > 0, deviation, 1.0),
        odds=dict(zip(edition.train["id"].tolist(), made[best].odds[: len(parts[0])], strict=True)),
    )


def _classifiers(params: ApartParams, seed: int) -> dict[str, Any]:
    from sklearn.ensemble import ExtraTreesClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    logistic = LogisticRegression(C=params.penalty, max_iter=1000, class_weight="balanced")
    trees = ExtraTreesClassifier(
        params.trees,
        max_depth=params.depth,
        min_samples_leaf=5,
        class_weight="balanced",
        random_state=seed,
    )
    return {"logistic": make_pipeline(StandardScaler(), logistic), "trees": trees}


def _groups(states: Array, count: int, seed: int) -> Array:
    """A group for every row, by its state, shape [rows]."""
    names = sorted(set(states))
    shuffled = np.random.default_rng(seed).permutation(len(names))
    group = dict(zip(names, (shuffled % min(count, len(names))).tolist(), strict=True))
    return np.array([group[state] for state in states])


class _Classified:
    """Every group of states, classified by a model that has learnt on the others.

    Attributes:
        auc: mean over the groups; not over all rows at once, as groups differ in how many of their
            windows are test windows.
        odds: for every row, shape [rows].
    """

    def __init__(self, model: Any, x: Floats, is_test: Array, groups: Array) -> None:
        from sklearn.base import clone

        self._x, self._is_test = x, is_test
        self._folds: list[tuple[Any, Array]] = []
        self.odds = np.ones(len(x))
        for group in np.unique(groups):
            own, others = np.flatnonzero(groups == group), groups != group
            counts = np.bincount(is_test[own], minlength=2)
            if counts.min() < FEWEST or len(set(is_test[others])) < 2:
                continue
            fitted = clone(model).fit(x[others], is_test[others])
            self._folds.append((fitted, own))
            chance = np.clip(fitted.predict_proba(x[own])[:, 1], 1 - SUREST, SUREST)
            self.odds[own] = chance / (1.0 - chance)
        self.auc = self._mean_area(x)

    def _mean_area(self, x: Floats) -> float:
        if not self._folds:
            return 0.5
        areas = [
            _area(self._is_test[own], fitted.predict_proba(x[own])[:, 1])
            for fitted, own in self._folds
        ]
        return float(np.mean(areas))

    def lost(self, shuffles: int, random: np.random.Generator) -> Floats:
        """What the area loses when a feature is shuffled, shape [features]."""
        lost = np.zeros(self._x.shape[1])
        for feature in range(len(lost)):
            areas = []
            for _ in range(shuffles):
                shuffled = self._x.copy()
                for _, own in self._folds:
                    shuffled[own, feature] = random.permutation(shuffled[own, feature])
                areas.append(self._mean_area(shuffled))
            lost[feature] = self.auc - float(np.mean(areas))
        return lost


def _area(is_test: Array, score: Floats) -> float:
    """Area under the ROC curve: how often a test window scores higher, ties half."""
    from scipy.stats import rankdata

    ranks = rankdata(score)
    count = int(is_test.sum())
    above = ranks[is_test == 1].sum() - count * (count + 1) / 2
    return float(above / (count * (len(is_test) - count)))
