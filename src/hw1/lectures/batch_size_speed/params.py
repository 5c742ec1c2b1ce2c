"""Section `batch_size_speed:` of lectures/params.yaml."""

from hw1.core.sections import Section
from hw1.params.train import Count


class BatchSizeSpeedParams(Section):
    """How often times are measured."""

    rounds: Count
    epochs: Count
    updates: Count
