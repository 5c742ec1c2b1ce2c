from hw1.simulate import SimulationConfig
from hw1.simulate.timeline import timeline_of


def test_the_second_variant_comes_while_test_windows_last():
    for days in (2, 3, 5, 7):
        timeline = timeline_of(SimulationConfig(days=days))
        early, late = timeline.variants
        assert 0 < timeline.season_trough < early < timeline.training
        assert timeline.careful < late < timeline.training + timeline.test
