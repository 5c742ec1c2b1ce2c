import pytest
import torch

from hw1.engine.schedules import learning_rate_factor
from hw1.params.train import ScheduleParams


def factors(epochs=10, steps=4, **changes):
    plain = {"name": "constant", "warmup_epochs": 0, "step_epochs": 3, "decay": 0.5}
    schedule = ScheduleParams(**(plain | changes))
    return [
        learning_rate_factor(schedule, step / steps, epochs, steps)
        for step in range(epochs * steps)
    ]


def test_constant():
    assert factors() == [1.0] * 40


def test_step_falls_every_so_many_epochs():
    assert factors(name="step")[::4] == [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125]
    assert factors(name="step")[11:13] == [1, 0.5]


def test_exponential_falls_every_epoch():
    assert factors(name="exponential")[::4] == [0.5**epoch for epoch in range(10)]


def test_cosine_is_that_of_pytorch():
    assert factors(name="cosine") == pytest.approx(pytorch("CosineAnnealingLR", T_max=40))


def test_one_cycle_has_the_form_of_pytorch():
    # PyTorch peaks one step earlier and reaches the lowest rate with the last step itself
    expected = pytorch("OneCycleLR", max_lr=1.0, total_steps=41, cycle_momentum=False)
    found = factors(name="one_cycle")

    assert found == pytest.approx(expected, abs=0.06)
    assert found[0] == pytest.approx(1 / 25)
    assert found[12] == 1.0


@pytest.mark.parametrize("name", ["constant", "cosine", "step"])
def test_warm_up_rises_linearly_and_delays_the_schedule(name):
    warm = factors(name=name, epochs=12, warmup_epochs=2)

    assert warm[:8] == pytest.approx([(step + 1) / 8 for step in range(8)])
    assert warm[8:] == pytest.approx(factors(name=name, epochs=10))


def pytorch(name, **settings):
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    schedule = getattr(torch.optim.lr_scheduler, name)(optimizer, **settings)
    found = []
    for _ in range(40):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return found
