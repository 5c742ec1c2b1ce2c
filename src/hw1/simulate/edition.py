"""A whole simulated edition in memory."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hw1.simulate.config import SimulationConfig

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Edition:
    """Rows in file order.

    Attributes:
        config: what was simulated.
        train_states: [train rows] number of each row's state.
        train_windows: [train rows, days, signals] percent.
        test_states: [test rows] number of each row's state.
        test_windows: [test rows, days, signals] percent, the target included.
        public: [test rows] whether a row counts on the public board.
    """

    config: SimulationConfig
    train_states: "NDArray[np.int64]"
    train_windows: "NDArray[np.float64]"
    test_states: "NDArray[np.int64]"
    test_windows: "NDArray[np.float64]"
    public: "NDArray[np.bool_]"


def simulate_edition(config: SimulationConfig) -> Edition:
    """Simulate an epidemic, a survey of it, and cut the survey into the homework's rows."""
    import numpy as np

    from hw1.simulate.randomness import stream
    from hw1.simulate.windows import plan_windows

    plan = plan_windows(stream(config.seed, "windows"), config)
    percent = _simulate_survey(config, plan.days)
    order = stream(config.seed, "order")
    train, test = plan.train, plan.test
    if config.shuffled:
        train = train.reordered(order.permutation(config.train_rows))
        test = test.reordered(order.permutation(config.test_rows))
    window = np.arange(config.days)
    return Edition(
        config,
        train.states,
        percent[train.starts[:, None] + window, train.states[:, None]],
        test.states,
        percent[test.starts[:, None] + window, test.states[:, None]],
        order.permutation(config.test_rows) < (config.test_rows + 1) // 2,
    )


def _simulate_survey(config: SimulationConfig, days: int) -> "NDArray[np.float64]":
    """[days, states, signals] percent."""
    import numpy as np

    from hw1.simulate.epidemic import Epidemic, log_prevalence
    from hw1.simulate.randomness import stream
    from hw1.simulate.survey import (
        AVERAGED_DAYS,
        describe_society,
        lasting_traits,
        published_signal,
    )
    from hw1.simulate.timeline import timeline_of

    states = len(config.states)
    sampled_days = days + AVERAGED_DAYS - 1
    timeline = timeline_of(config)
    traits = lasting_traits(config.seed, states)
    prevalence = log_prevalence(
        stream(config.seed, "epidemic"),
        traits[:, 0],
        sampled_days,
        timeline,
        Epidemic(),
    )
    society = describe_society(config.seed, prevalence, traits, timeline.careful)
    return np.stack(
        [published_signal(config.seed, name, society) for name in config.signals], axis=2
    )
