import numpy as np

from hw1.simulate.epidemic import Epidemic, log_prevalence, regions_of
from hw1.simulate.randomness import stream
from hw1.simulate.timeline import Timeline

TIMELINE = Timeline(training=70.0, test=130.0)


def simulate(risk, model=None, days=200, name="epidemic"):
    return log_prevalence(stream(0, name), risk, days, TIMELINE, model or Epidemic())


def test_prevalence_is_finite_and_stays_in_a_plausible_range():
    prevalence = 0.004 * np.exp(simulate(np.linspace(-2, 2, 40)))
    assert prevalence.shape == (200, 40)
    assert prevalence.min() > 1e-5
    assert prevalence.max() < 0.2


def test_risky_states_have_more_infections():
    levels = simulate(np.repeat([-2.0, 2.0], 20)).mean(axis=0)
    assert levels[20:].min() > levels[:20].max()


def test_a_new_variant_raises_prevalence():
    quiet = {"season": 0.0, "national": 0.0, "regional": 0.0, "local": 0.0}
    level = simulate(np.zeros(10), Epidemic(variants=(0.0, 0.8), **quiet)).mean(axis=1)
    assert level[195:].mean() > level[100:150].mean() + 0.4


def test_neighbours_go_together():
    prevalence = simulate(np.zeros(40), Epidemic(season=0.0, variants=(0.0, 0.0)), days=600)
    correlation = np.corrcoef(prevalence.T)
    same = regions_of(40)[:, None] == regions_of(40)[None, :]
    np.fill_diagonal(same, False)
    others = ~same & ~np.eye(40, dtype=bool)
    assert correlation[same].mean() > correlation[others].mean() + 0.1
