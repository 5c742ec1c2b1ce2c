import base64

from hw1.report.blocks import Bar, Figure, bars, number_lines


def test_bars_start_at_a_common_zero():
    assert bars([2.0, 1.0]) == [Bar(0, 100), Bar(0, 50)]
    assert bars([3.0, -1.0]) == [Bar(25, 75), Bar(0, 25, negative=True)]
    assert bars([0.0]) == [Bar(0, 0)]
    assert bars([]) == []


def test_lines_have_a_name_a_number_and_a_bar():
    (line,) = number_lines([("cli", 0.5)], ["0.50"])
    assert (line.cells, line.bar) == (("cli", "0.50"), Bar(0, 100))


def test_a_picture_is_its_own_address():
    source = Figure(b"\x89PNG", "a picture").source
    assert base64.b64decode(source.removeprefix("data:image/png;base64,")) == b"\x89PNG"
