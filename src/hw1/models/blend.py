"""Blends: chains of models, each fitted on the residual that those before it leave."""

from __future__ import annotations

from collections.abc import Sequence

from hw1.fitted.base import Fitted
from hw1.fitted.blend import BlendFitted
from hw1.models.problem import Problem
from hw1.models.single import OnEpoch, fit_single
from hw1.params.train import BY_GRADIENT, SingleModel

# a model is known by the chain that ends with it: equal ones are fitted on equal targets
Link = tuple[SingleModel, ...]


def fit_blend(
    problem: Problem, kept_epochs: Sequence[int] | None, on_epoch: OnEpoch | None
) -> tuple[BlendFitted, list[int] | None]:
    """Fit all chains of the blend; what several of them begin with is fitted once.

    A model after the first is fitted on the targets less what the models before it predict for
    the same training rows, each with the mean over its members.

    Args:
        problem: features and targets.
        kept_epochs: how long each member of each model fitted in epochs trains, in the order that
            is returned; None leaves it to the parameters.
        on_epoch: called after every epoch of the last model that is fitted in epochs. The errors
            are those of its chain up to there: the models before it and one member. Of several
            such models only the last is reported, so that a fold has one learning curve.

    Returns:
        The fitted blend, and the epoch (from 1) whose weights each member has, of all models
        fitted in epochs one after the other; None without any.

    Raises:
        DivergedError: training diverges.
    """
    links = links_of(problem.params.blend)
    reported = [link for link in links if link[-1] in BY_GRADIENT][-1:]
    fitted: dict[Link, Fitted] = {}
    kept: list[int] = []
    for link in links:
        earlier = [fitted[link[:length]] for length in range(1, len(link))]
        fitted[link], epochs = fit_single(
            problem.residual(link[-1], earlier),
            _own(kept_epochs, len(kept), problem.params.seeds),
            on_epoch if link in reported else None,
        )
        kept.extend(epochs or [])
    places = {link: place for place, link in enumerate(links)}
    chains = tuple(
        tuple(places[tuple(chain[:length])] for length in range(1, len(chain) + 1))
        for chain in problem.params.blend
    )
    return BlendFitted(tuple(fitted.values()), chains), kept or None


def links_of(chains: Sequence[Sequence[SingleModel]]) -> list[Link]:
    """Every model of all chains once, each after those that it builds on."""
    links = [tuple(chain[:length]) for chain in chains for length in range(1, len(chain) + 1)]
    return list(dict.fromkeys(links))


def _own(epochs: Sequence[int] | None, start: int, members: int) -> Sequence[int] | None:
    return None if epochs is None else epochs[start : start + members]
