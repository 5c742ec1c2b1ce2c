import pytest

from hw1.verify.content import first_difference

pytestmark = pytest.mark.fault("verify")


@pytest.mark.parametrize(
    ("name", "first", "second", "place"),
    [
        ("a.json", '{"a": 1, "b": {"c": [1, 2]}}', '{"b": {"c": [1, 3]}, "a": 1}', "key `b.c[1]`"),
        ("a.json", '{"a": 1}', '{"a": 1, "b": 2}', "key `b`: nothing and 2"),
        ("a.json", '{"a": [1]}', '{"a": [1, 2]}', "key `a`: [1] and [1, 2]"),
        ("a.json", '{"a": 1}', '{"a": 1.0}', "key `a`: 1 and 1.0"),
        ("a.json", "[1]", "2", "[1] and 2"),
        ("a.json", '{"a": 1}', '{"a":1}', "byte 6 of 8 and 7"),
        ("a.json", '{"a": 1}', '{"a": ', "byte 7 of 8 and 6"),
        ("a.csv", "x,y\n1,2\n3,4\n", "x,y\n1,2\n3,5\n", "line 3, column `y`: 4 and 5"),
        ("a.csv", "x,y\n1,2\n", "x,y\n1,2\n3,5\n", "2 and 3 lines"),
        ("a.csv", "x,y\n1,2\n", "x,y\n1,2,3\n", "line 2, column `3`: nothing and 3"),
        ("a.csv", "x\n1\n", "x\r\n1\n", "byte 2 of 4 and 5"),
        ("a.csv", "", "x\n", "0 and 1 lines"),
        ("a.bin", "abc", "abd", "byte 3 of 3"),
        ("a.bin", "abc", "ab", "byte 3 of 3 and 2"),
        ("a.json", "same", "same", ""),
    ],
)
def test_names_the_first_place(tmp_path, name, first, second, place):
    paths = [tmp_path / side / name for side in "ab"]
    for path, text in zip(paths, (first, second), strict=True):
        path.parent.mkdir()
        path.write_text(text, newline="")

    found = first_difference(*paths)

    assert found.startswith(place)
    assert bool(found) == (first != second)


def test_long_values_are_cut(tmp_path):
    paths = [tmp_path / "a.json", tmp_path / "b.json"]
    for path, letter in zip(paths, "xy", strict=True):
        path.write_text(f'{{"a": "{letter * 500}"}}')

    assert len(first_difference(*paths)) < 150
