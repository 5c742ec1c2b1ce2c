"""When things happen in the simulated country, so that test days have a higher prevalence."""

from dataclasses import dataclass

from hw1.simulate.config import SimulationConfig


@dataclass(frozen=True)
class Timeline:
    """Lengths in days of an average state's training chain and of its test windows."""

    training: float
    test: float

    @property
    def season_trough(self) -> float:
        """Day of the lowest season: early in training, which sees a fall and then a rise."""
        return 0.37 * self.training

    @property
    def variants(self) -> tuple[float, float]:
        """Days on which a new variant causes half of the infections: one mild, one late."""
        return 0.7 * self.training, self.training + 0.8 * self.test

    @property
    def careful(self) -> float:
        """Day on which the country, having opened up, has become careful again."""
        return self.training


def timeline_of(config: SimulationConfig) -> Timeline:
    """The timeline that fits an edition's number of rows."""
    states = len(config.states)
    return Timeline(config.train_rows / states, config.days * config.test_rows / states)
