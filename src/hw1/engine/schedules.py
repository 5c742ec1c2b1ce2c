"""How the learning rate moves over the epochs."""

from __future__ import annotations

from math import cos, pi

from hw1.params.train import ScheduleParams

# the values of torch.optim.lr_scheduler.OneCycleLR
ONE_CYCLE_RISE = 0.3
ONE_CYCLE_START = 1.0 / 25.0
ONE_CYCLE_END = ONE_CYCLE_START / 1e4


def learning_rate_factor(schedule: ScheduleParams, time: float, epochs: int, steps: int) -> float:
    """What the learning rate is multiplied by at one step.

    The schedule itself begins when the warm-up ends and reaches its end with the last epoch.

    Args:
        schedule: which one.
        time: epochs done before this step; half-way through the third epoch it is 2.5.
        epochs: the number of epochs planned.
        steps: steps in an epoch.

    Returns:
        A factor of at most 1 and above 0 but at the very end of `cosine`.
    """
    if time < schedule.warmup_epochs:
        # the rise counts the step itself, so that the first step is not wasted on a rate of 0
        rise = (time + 1.0 / steps) / schedule.warmup_epochs
        return min(1.0, rise) * _factor(schedule, 0.0, 0.0)
    done = time - schedule.warmup_epochs
    return _factor(schedule, done, done / (epochs - schedule.warmup_epochs))


def _factor(schedule: ScheduleParams, done: float, share: float) -> float:
    """The factor after `done` epochs, which are this `share` of all that are planned."""
    match schedule.name:
        case "constant":
            return 1.0
        case "step":
            return schedule.decay ** (int(done) // schedule.step_epochs)
        case "exponential":
            return schedule.decay ** int(done)
        case "cosine":
            return _between(1.0, 0.0, share)
        case "one_cycle":
            return _one_cycle(share)


def _one_cycle(share: float) -> float:
    """Up to the full rate and far down again (Smith & Topin 2017, arXiv:1708.07120)."""
    if share < ONE_CYCLE_RISE:
        return _between(ONE_CYCLE_START, 1.0, share / ONE_CYCLE_RISE)
    return _between(1.0, ONE_CYCLE_END, (share - ONE_CYCLE_RISE) / (1.0 - ONE_CYCLE_RISE))


def _between(start: float, end: float, share: float) -> float:
    """Half a cosine wave from `start` to `end`."""
    return end + (start - end) * (1.0 + cos(pi * share)) / 2.0
