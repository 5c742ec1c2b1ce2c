"""What every question of the survey depends on: the constants of the simulation.

The survey is Delphi's COVID-19 Trends and Impact Survey (Salomon et al., "The US COVID-19 Trends
and Impact Survey: Continuous real-time measurement of COVID-19 symptoms, risks, protective
behaviors, testing, and vaccination", PNAS 118(51), 2021). The constants are rounded aggregate
statistics of it (means, deviations, correlations); no row of it went into them.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

NOISE_FACTORS = ("illness", "household", "outing", "distress")
TRAITS = ("risk", "openness", "distress")


@dataclass(frozen=True)
class Signal:
    """How the share of respondents who say yes comes about; effects are on the logit scale.

    Attributes:
        level: percent who say yes in an average state at the reference prevalence.
        respondents: effective number of answers a day in an average state.
        prevalence: effect of log prevalence.
        memory: days over which respondents average the prevalence they perceive.
        traits: effects of a state's lasting traits (`TRAITS`, deviation 1 over states).
        own_trait: deviation over states of what no trait explains.
        openness: effect of a state's slowly changing openness (deviation 1 within a state).
        own_drift: deviation of slow change that is the signal's own.
        weekend: effect of a weekend day.
        noise: correlation of a respondent's answer with the `NOISE_FACTORS`.
        testing: effect of log prevalence on the number of answers: more people get tested when
            more are ill.
    """

    level: float
    respondents: float
    prevalence: float
    memory: float
    traits: tuple[float, float, float]
    own_trait: float
    openness: float
    own_drift: float
    weekend: float
    noise: tuple[float, float, float, float]
    testing: float


# One row a signal, columns in the order of Signal's attributes (traits: risk, openness, distress;
# noise: illness, household, outing, distress).
_TABLE = """
cli                   .86  540  .72  2    0    0  .08  .05     0  .03   0  .98  .12    0  .04  0
ili                   .87  560  .72  2    0    0  .08  .02     0  .03   0  .98  .12    0  .04  0
hh_cmnty_cli           15  320  .82  6  .04    0    0  .08     0  .04   0  .18  .93 -.12  .06  0
nohh_cmnty_cli       10.9  350  .94  6  .04    0    0  .03     0  .03   0   .1  .95 -.08  .04  0
wearing_mask           52  280  .15 12 -.24 -.33  .03   .2  -.52  .04   0  .02  .15  -.4  .08  0
travel_outside_state 15.5  400    0 12    0  .13    0   .3   .09  .05  .1  .02 -.04  .35 -.08  0
work_outside_home    32.5  400    0 12  .13  .07    0  .06 -.035 .055 -.6  .02  .12  .05  .02  0
shop                 66.3  360 -.09 12  .04 .035 -.02  .03   .05  .07  .2 -.08  -.1   .5 -.06  0
restaurant           34.6  360 -.12 12  .11   .1 -.05  .09  .095  .06  .3 -.02 -.15   .7 -.03  0
spent_time           44.8  380 -.08 12 .105  .11    0  .04  .055  .04  .3 -.04 -.04   .6 -.05  0
large_event            20  400 -.02 12  .13  .13 -.08  .06  .095  .05  .3    0  -.1  .62 -.02  0
public_transit        4.3  400 -.05 12 -.17 -.05 -.03   .3   .07  .04 -.2  .06  .03  .25 -.03  0
anxious              11.9  190  .16 12  .02 -.03 .075  .02  -.02  .05   0  .06  .09 -.05  .73  0
depressed            9.95  185  .13 12  .02    0 .065  .05     0  .02   0  .02  .02    0   .7  0
felt_isolated          19  450  .12 12    0 -.08   .1  .07  -.03  .03   0  .02  .04 -.08  .52  0
worried_become_ill   64.7  440   .3 12    0 -.22  .02   .1  -.05  .03   0    0  .17  -.3  .08  0
worried_finances     34.8  207   .1 12  .02 -.06  .02  .12  -.01  .02   0  .06  .06  -.1  .33  0
tested_positive       8.1   31  .85  3  .12    0    0  .15     0   .1   0 .175   .1 -.07    0 .5
"""


def _parse(line: str) -> tuple[str, Signal]:
    name, *texts = line.split()
    level, respondents, prevalence, memory, *rest = map(float, texts)
    risk, open_minded, distress, own_trait, openness, own_drift, weekend, *noise, testing = rest
    illness, household, outing, distressed = noise
    return name, Signal(
        level,
        respondents,
        prevalence,
        memory,
        (risk, open_minded, distress),
        own_trait,
        openness,
        own_drift,
        weekend,
        (illness, household, outing, distressed),
        testing,
    )


KNOWN: dict[str, Signal] = dict(map(_parse, _TABLE.strip().splitlines()))


def signal_named(name: str, rng: "np.random.Generator") -> Signal:
    """The constants of a known signal, or those of an invented habit for any other name.

    Args:
        name: the signal's name in the header.
        rng: draws the habit's constants.
    """
    if name in KNOWN:
        return KNOWN[name]
    share, respondents, effect, openness = rng.uniform(
        [5.0, 200.0, -0.2, -0.15], [60.0, 500.0, 0.2, 0.15]
    ).tolist()
    return Signal(
        level=share,
        respondents=respondents,
        prevalence=effect,
        memory=12.0,
        traits=(0.0, openness, 0.0),
        own_trait=0.1,
        openness=openness,
        own_drift=0.04,
        weekend=0.0,
        noise=(0.0, 0.0, 0.3 if openness > 0 else -0.3, 0.0),
        testing=0.0,
    )
