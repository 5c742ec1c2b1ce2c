import pytest

from hw1.engine.rows import batch_sizes


@pytest.mark.parametrize(
    ("rows", "size", "expected"),
    [(10, 5, [5, 5]), (11, 5, [5, 5, 1]), (3, 5, [3]), (11, "full", [11])],
)
def test_the_last_batch_takes_what_is_left(rows, size, expected):
    assert batch_sizes(rows, size) == expected
