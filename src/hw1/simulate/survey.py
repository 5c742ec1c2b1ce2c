"""The survey: what respondents answer, day by day, and its 7-day averages.

Every state has a number of respondents that changes with the day. The share who say yes has a
mean that follows the epidemic, the state's traits and its openness; what the day's sample shows
is spread around it with binomial noise. Answers of one respondent go together, so the noise of
one day is correlated over signals. Published values average the last seven days, weighted by
respondents, as the COVIDcast indicators do (Reinhart et al., "An open repository of real-time
COVID-19 indicators", PNAS 118(51), 2021).
"""

from dataclasses import dataclass

import numpy as np

from hw1.simulate.randomness import Floats, moving_memory, normals, round_to, slow_process, stream
from hw1.simulate.signals import NOISE_FACTORS, TRAITS, Signal, signal_named

AVERAGED_DAYS = 7
TRAIT_DECIMALS = 6
FEWEST_BALANCED = 10
SHARE_DECIMALS = 6
SAMPLE_DECIMALS = 6
PERCENT_DECIMALS = 7
LOWEST_PERCENT = 0.001

TYPICAL_RESPONDENTS = 1000.0
RESPONDENTS_SPREAD = 0.65
SMALLEST_SIZE = 0.35
OPENNESS_DAYS = 12.0
DRIFT_DAYS = 5.0
OPENING = 1.1


@dataclass(frozen=True)
class Society:
    """What all signals share.

    Attributes:
        prevalence: [days, states] log prevalence.
        traits: [states, traits] lasting traits, deviation about 1.
        openness: [days, states] slowly changing openness, deviation about 1.
        respondents: [days, states] people who answer on a day.
        noise: [days, states, factors] shared noise of the day's sample.
    """

    prevalence: Floats
    traits: Floats
    openness: Floats
    respondents: Floats
    noise: Floats


def lasting_traits(seed: int, states: int) -> Floats:
    """[states, traits] traits of every state, balanced as `balanced` says."""
    return balanced(normals(stream(seed, "traits"), states, len(TRAITS)))


def balanced(traits: Floats) -> Floats:
    """Make columns of [states, traits] uncorrelated, of mean 0 and deviation 1.

    Forty states are few: without this an edition's correlations would hang on its seed. Fewer
    states than `FEWEST_BALANCED` stay as they are.
    """
    states = len(traits)
    if states < FEWEST_BALANCED:
        return traits
    columns: list[Floats] = []
    for column in traits.T:
        centred = column - column.mean()
        for earlier in columns:
            centred = centred - (centred * earlier).mean() * earlier
        columns.append(centred / np.sqrt((centred * centred).mean()))
    return round_to(np.stack(columns, axis=1), TRAIT_DECIMALS)


def describe_society(seed: int, prevalence: Floats, traits: Floats, careful_day: float) -> Society:
    """Draw what all signals share.

    Args:
        seed: the edition's seed.
        prevalence: [days, states] log prevalence.
        traits: [states, traits] from `lasting_traits`.
        careful_day: day on which the whole country has become careful again.
    """
    days, states = prevalence.shape
    own = slow_process(stream(seed, "openness"), days, states, OPENNESS_DAYS)
    openness = round_to(0.6 * own + _opening(days, careful_day), 4)
    return Society(
        prevalence,
        traits,
        openness,
        respondents_by_day(stream(seed, "respondents"), days, states),
        normals(stream(seed, "noise"), days, states, len(NOISE_FACTORS)),
    )


def respondents_by_day(rng: np.random.Generator, days: int, states: int) -> Floats:
    """[days, states] whole numbers of respondents: large and small states, fewer at weekends."""
    size = np.exp(RESPONDENTS_SPREAD * balanced(normals(rng, states, 1))[:, 0])
    size = np.maximum(size, SMALLEST_SIZE)
    weekday = np.where(np.arange(days) % 7 >= 5, 0.85, 1.06)[:, None]
    daily = 1.0 + 0.08 * normals(rng, days, states)
    return np.maximum(round_to(TYPICAL_RESPONDENTS * size * weekday * daily, 0), 20.0)


def published_signal(seed: int, name: str, society: Society) -> Floats:
    """One signal as published: 7-day averages in percent.

    Returns:
        [days - 6, states] percent, on a grid of 1e-7.
    """
    signal = signal_named(name, stream(seed, f"habit {name}"))
    share = expected_share(stream(seed, f"share {name}"), signal, society)
    sample = sampled_share(stream(seed, f"sample {name}"), signal, share, society)
    return seven_day_percent(sample, society.respondents)


def expected_share(rng: np.random.Generator, signal: Signal, society: Society) -> Floats:
    """[days, states] share of the population that would say yes."""
    days, states = society.prevalence.shape
    lasting = signal.own_trait * balanced(normals(rng, states, 1))[:, 0]
    for effect, trait in zip(signal.traits, society.traits.T, strict=True):
        lasting = lasting + effect * trait
    weekend = (np.arange(days) % 7 >= 5)[:, None]
    logit = (
        np.log(signal.level / (100.0 - signal.level))
        + lasting
        + signal.prevalence * moving_memory(society.prevalence, signal.memory)
        + signal.openness * society.openness
        + signal.own_drift * slow_process(rng, days, states, DRIFT_DAYS)
        + signal.weekend * (weekend - 2.0 / 7.0)
    )
    return round_to(1.0 / (1.0 + np.exp(-logit)), SHARE_DECIMALS)


def sampled_share(
    rng: np.random.Generator, signal: Signal, share: Floats, society: Society
) -> Floats:
    """[days, states] share of a day's respondents who say yes.

    On the scale of arcsin(sqrt(share)) a binomial share of n answers has deviation
    1 / (2 sqrt(n)) whatever the share (Anscombe, Biometrika 35, 1948), so normal noise there has
    the binomial's spread and its skewness near 0 and 1.
    """
    own = 1.0 - sum(loading * loading for loading in signal.noise)
    noise = max(own, 0.0) ** 0.5 * normals(rng, *share.shape)
    for factor, loading in enumerate(signal.noise):
        noise = noise + loading * society.noise[:, :, factor]
    more_asked = np.exp(signal.testing * society.prevalence)
    answers = round_to(
        signal.respondents * more_asked * society.respondents / TYPICAL_RESPONDENTS, 3
    )
    angle = np.arcsin(np.sqrt(share)) + noise / (2.0 * np.sqrt(answers))
    return round_to(np.sin(angle) ** 2, SAMPLE_DECIMALS)


def seven_day_percent(sample: Floats, respondents: Floats) -> Floats:
    """[days - 6, states] average over seven days, weighted by respondents, in percent."""
    weighted = sample * respondents
    days = len(sample) - AVERAGED_DAYS + 1
    yes = np.zeros((days, sample.shape[1]))
    asked = np.zeros((days, sample.shape[1]))
    for lag in range(AVERAGED_DAYS):
        yes = yes + weighted[lag : lag + days]
        asked = asked + respondents[lag : lag + days]
    percent = round_to(100.0 * yes / asked, PERCENT_DECIMALS)
    return np.clip(percent, LOWEST_PERCENT, 100.0)


def _opening(days: int, careful_day: float) -> Floats:
    """[days, 1] the country opens up and becomes careful again until `careful_day`, for good."""
    turn = np.minimum(np.arange(days)[:, None] / careful_day, 1.0)
    return -OPENING * np.cos(2.0 * np.pi * turn)
