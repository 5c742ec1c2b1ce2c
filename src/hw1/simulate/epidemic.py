"""An epidemic in every state: stochastic SEIRS with seasons, a new variant and cautious people.

Compartments and force of infection follow Kermack & McKendrick (1927) with an exposed stage and
waning immunity; people who see more infections around them meet less, as in the feedback models
of Weitz et al., "Awareness-driven behavior changes can shift the shape of epidemics", PNAS
117(51), 2020. Transmission varies slowly, in part alike in a region and in the whole country.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hw1.simulate.randomness import Floats, normals, round_to, slow_process
from hw1.simulate.timeline import Timeline

BURN_IN = 200
REGION_SIZE = 5
LATENT_DAYS = 3.0
INFECTIOUS_DAYS = 5.0
WANING_DAYS = 180.0
AWARENESS_DAYS = 10.0
PREVALENCE_DECIMALS = 5


@dataclass(frozen=True)
class Epidemic:
    """Constants of the epidemic; effects on log prevalence at equilibrium.

    Attributes:
        reproduction: basic reproduction number before people become cautious.
        caution: how strongly transmission falls with perceived prevalence (a power).
        reference: prevalence (share infectious) at which caution halves it all for caution 1;
            also the zero of the returned log prevalence.
        risk: effect of a state's risk trait.
        season: half the difference between the best and the worst season.
        season_days: length of one season's cycle.
        variants: effect of every new variant once it dominates.
        variant_days: time constant of a take-over.
        national, regional, local: deviations of slow random change in transmission.
        drift_days: time constant of that change.
        mixing: share of contacts with the region and, a fifth of it, with the whole country.
    """

    reproduction: float = 2.0
    caution: float = 0.65
    reference: float = 0.004
    risk: float = 0.55
    season: float = 0.25
    season_days: float = 150.0
    variants: tuple[float, float] = (0.25, 0.88)
    variant_days: float = 8.0
    national: float = 0.10
    regional: float = 0.15
    local: float = 0.25
    drift_days: float = 10.0
    mixing: float = 0.02


def log_prevalence(
    rng: np.random.Generator,
    risk: Floats,
    days: int,
    timeline: Timeline,
    model: Epidemic,
) -> Floats:
    """Simulate every state's epidemic.

    Args:
        rng: source of all randomness in transmission and infection.
        risk: [states] the states' lasting risk, deviation about 1.
        days: days to return, after a burn-in.
        timeline: when seasons and variants come.
        model: the epidemic's constants.

    Returns:
        [days, states] natural logarithm of prevalence relative to the reference.
    """
    total = BURN_IN + days
    states = len(risk)
    drive = transmission(rng, risk, total, timeline, model)
    factor = model.reproduction / INFECTIOUS_DAYS * np.exp(model.caution * drive)
    shocks = normals(rng, total, states)
    susceptible = np.full(states, 0.75)
    exposed = np.full(states, model.reference)
    infectious = np.full(states, model.reference)
    perceived = infectious
    prevalence = np.empty((total, states))
    keep = AWARENESS_DAYS / (AWARENESS_DAYS + 1.0)
    for day in range(total):
        perceived = keep * perceived + (1.0 - keep) * infectious
        caution = (1.0 + perceived / model.reference) ** -model.caution
        force = factor[day] * caution * _mixed(infectious, model.mixing)
        infections = susceptible * force * np.maximum(1.0 + 0.05 * shocks[day], 0.2)
        onset = exposed / LATENT_DAYS
        recovery = infectious / INFECTIOUS_DAYS
        immune = 1.0 - susceptible - exposed - infectious
        susceptible = susceptible - infections + immune / WANING_DAYS
        exposed = exposed + infections - onset
        infectious = infectious + onset - recovery
        prevalence[day] = infectious
    logarithm: Floats = np.log(prevalence[BURN_IN:] / model.reference)
    return round_to(logarithm, PREVALENCE_DECIMALS)


def transmission(
    rng: np.random.Generator,
    risk: Floats,
    days: int,
    timeline: Timeline,
    model: Epidemic,
) -> Floats:
    """[days, states] what drives transmission, in units of its effect on log prevalence."""
    states = len(risk)
    regions = regions_of(states)
    day: Floats = np.arange(-BURN_IN, days - BURN_IN, dtype=np.float64)[:, None]
    phase = 2.0 * np.pi * (day - timeline.season_trough) / model.season_days
    variants = np.zeros((days, 1))
    for effect, half_day in zip(model.variants, timeline.variants, strict=True):
        variants = variants + effect * take_over((day - half_day) / model.variant_days)
    national = slow_process(rng, days, 1, model.drift_days)
    regional = slow_process(rng, days, int(regions.max()) + 1, model.drift_days)[:, regions]
    local = slow_process(rng, days, states, model.drift_days)
    drive: Floats = (
        model.risk * risk
        - model.season * np.cos(phase)
        + variants
        + model.national * national
        + model.regional * regional
        + model.local * local
    )
    return drive


def take_over(time: Floats) -> Floats:
    """Logistic growth of a variant's share; 0 is the day on which it reaches one half."""
    share: Floats = 1.0 / (1.0 + np.exp(-np.clip(time, -50.0, 50.0)))
    return share


def regions_of(states: int) -> NDArray[np.int64]:
    """[states] number of each state's region: neighbours in the list are neighbours."""
    return np.arange(states, dtype=np.int64) // REGION_SIZE


def _mixed(infectious: Floats, share: float) -> Floats:
    regions = regions_of(len(infectious))
    regional = np.bincount(regions, infectious) / np.bincount(regions)
    national = infectious.mean()
    mixed: Floats = (
        (1.0 - 1.2 * share) * infectious + share * regional[regions] + 0.2 * share * national
    )
    return mixed
