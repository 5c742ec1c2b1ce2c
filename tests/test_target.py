import numpy as np
import pytest

from hw1.target import TargetScale

TARGET = np.array([0.0, 3.0, 12.5, 100.0])
KNOWN = np.array([1.0, 3.0, 20.0, 90.0])


@pytest.mark.parametrize("kind", ["level", "change"])
@pytest.mark.parametrize("transform", ["none", "arcsine_sqrt"])
def test_decode_undoes_encode(kind, transform):
    scale = TargetScale(kind, transform)

    assert scale.decode(scale.encode(TARGET, KNOWN), KNOWN) == pytest.approx(TARGET)


def test_change_is_measured_from_the_known_day():
    assert TargetScale("change", "none").encode(TARGET, KNOWN).tolist() == [-1.0, 0.0, -7.5, 10.0]


def test_decode_broadcasts_over_members():
    members = np.array([[0.0] * 4, [1.0] * 4])

    decoded = TargetScale("change", "none").decode(members, KNOWN)

    assert decoded.tolist() == [KNOWN.tolist(), (KNOWN + 1.0).tolist()]


def test_arcsine_values_beyond_the_range_stop_at_its_ends():
    decoded = TargetScale("level", "arcsine_sqrt").decode([-0.3, 2.5], [5.0, 5.0])

    assert decoded == pytest.approx([0.0, 100.0])
