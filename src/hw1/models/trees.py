"""Forests and boosted trees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hw1.fitted.base import Array
from hw1.fitted.trees import TreesFitted
from hw1.models.problem import Problem


@dataclass(frozen=True)
class _Tree:
    """One tree's nodes; the children and thresholds of leaves have no meaning yet."""

    leaf: Array
    feature: Array
    threshold: Array
    left: Array
    right: Array
    value: Array


def fit_extra_trees(problem: Problem) -> TreesFitted:
    """Extremely randomised trees (Geurts, Ernst & Wehenkel 2006), one forest a seed."""
    from sklearn.ensemble import ExtraTreesRegressor

    params = problem.params
    forests = [
        ExtraTreesRegressor(
            n_estimators=params.extra_trees.trees,
            min_samples_leaf=params.extra_trees.min_samples_leaf,
            max_features=params.extra_trees.max_features,
            random_state=params.seed + member,
            n_jobs=params.threads,
        ).fit(problem.x, problem.y)
        for member in range(params.seeds)
    ]
    trees = [
        _Tree(
            leaf=tree.children_left < 0,
            feature=tree.feature,
            threshold=tree.threshold,
            left=tree.children_left,
            right=tree.children_right,
            value=tree.value[:, 0, 0] / len(forest.estimators_),
        )
        for forest in forests
        for tree in (estimator.tree_ for estimator in forest.estimators_)
    ]
    offsets = np.zeros(params.seeds)
    return _flatten(trees, offsets, problem.x.shape[1], single=True)


def fit_hist_gradient_boosting(problem: Problem) -> TreesFitted:
    """Gradient-boosted trees on binned features (Ke et al. 2017).

    Nothing in it is random without early stopping and below 200 000 rows, so it has one member.
    """
    from sklearn.ensemble import HistGradientBoostingRegressor

    params = problem.params.hist_gradient_boosting
    model = HistGradientBoostingRegressor(
        max_iter=params.iterations,
        learning_rate=params.learning_rate,
        max_leaf_nodes=params.max_leaf_nodes,
        min_samples_leaf=params.min_samples_leaf,
        l2_regularization=params.l2,
        early_stopping=False,
        random_state=problem.params.seed,
    ).fit(problem.x, problem.y)
    # scikit-learn has no public way to the trees; the tests compare with its own predictions
    trees = [
        _Tree(
            leaf=nodes["is_leaf"].astype(bool),
            feature=nodes["feature_idx"],
            threshold=nodes["num_threshold"],
            left=nodes["left"],
            right=nodes["right"],
            value=nodes["value"],
        )
        for nodes in (tree.nodes for stage in model._predictors for tree in stage)
    ]
    offsets = np.ravel(model._baseline_prediction)[:1].astype(np.float64)
    return _flatten(trees, offsets, problem.x.shape[1], single=False)


def _flatten(trees: Sequence[_Tree], offsets: Array, width: int, *, single: bool) -> TreesFitted:
    """Put all trees of all members, member after member, into one row of arrays."""
    starts = np.cumsum([0, *(len(tree.leaf) for tree in trees)])
    leaf = np.concatenate([tree.leaf for tree in trees])
    nodes = np.arange(len(leaf))

    def children(side: str) -> Array:
        moved = [getattr(tree, side) + start for tree, start in zip(trees, starts, strict=False)]
        return np.where(leaf, nodes, np.concatenate(moved)).astype(np.int32)

    return TreesFitted(
        feature=np.where(leaf, 0, np.concatenate([tree.feature for tree in trees])).astype(
            np.int32
        ),
        threshold=np.where(leaf, 0.0, np.concatenate([tree.threshold for tree in trees])),
        left=children("left"),
        right=children("right"),
        value=np.where(leaf, np.concatenate([tree.value for tree in trees]), 0.0),
        roots=starts[:-1].reshape(len(offsets), -1).astype(np.int32),
        offsets=offsets,
        width=width,
        single=single,
    )
