"""An edition's files, damaged or oddly spelled: read right, or refused with file and place."""

import csv
import io
import re
from dataclasses import replace

import numpy as np
import pytest
from fuzz_support import assert_names_a_place, mutated, mutations
from hypothesis import given
from hypothesis import strategies as st
from support import SMALL

from hw1.core.errors import DataError
from hw1.core.survey import TARGET
from hw1.ingest.reading import read_edition
from hw1.simulate import write_edition

pytestmark = pytest.mark.fault("fuzzed input")

NAMES = ("covid.train.csv", "covid.test.csv", "solution.csv")
FILES = "|".join(re.escape(name) for name in NAMES)
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")


class Bases(list):
    """Sound editions, not shown with every case."""

    def __repr__(self):
        return "bases"


@pytest.fixture(scope="module")
def bases(tmp_path_factory):
    """Two editions: one small, one whose files are longer than a field of Python's reader."""
    bases = Bases()
    for config in (SMALL, replace(SMALL, train_rows=1500, test_rows=1500)):
        folder = tmp_path_factory.mktemp("base")
        write_edition(folder, config)
        bases.append({name: (folder / name).read_bytes() for name in NAMES})
    assert min(len(bases[1][name]) for name in NAMES[:2]) > 131_072
    return bases


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("edition")


def records(content):
    """What Python's own reader finds; a fault in quoting is a csv.Error."""
    stream = io.StringIO(content.decode("utf-8-sig"), newline="")
    rows = [[field.strip() for field in row] for row in csv.reader(stream, strict=True)]
    return [row for row in rows if any(row)]


def number(field):
    assert NUMBER.fullmatch(field), field
    return float(field)


def assert_same_survey(table, structure, content):
    header, *rows = records(content)
    states = len(structure.states)
    days = structure.days * len(structure.signals)
    assert header[1 : 1 + states] == list(structure.states)
    assert len(header) - 1 - states in (days, days - 1)
    values = [[number(field) for field in row] for row in rows]
    assert table["id"].tolist() == [int(row[0]) for row in values]
    assert table["state"].tolist() == [header[row.index(1.0, 1)] for row in values]
    np.testing.assert_array_equal(
        table.iloc[:, 2:].to_numpy(), [row[1 + states :] for row in values]
    )


def assert_same_solution(table, content):
    header, *rows = records(content)
    assert [name.lower() for name in header] == ["id", TARGET, "usage"]
    assert table["id"].tolist() == [int(number(row[0])) for row in rows]
    assert table[TARGET].tolist() == [number(row[1]) for row in rows]
    assert table["usage"].tolist() == [row[2].lower() for row in rows]
    assert all(len(row) == 3 for row in rows)


@given(
    big=st.integers(0, 9).map(lambda drawn: drawn == 9),
    name=st.sampled_from(NAMES),
    steps=mutations(),
)
def test_a_damaged_edition_is_read_right_or_refused(bases, folder, big, name, steps):
    files = dict(bases[big])
    files[name] = mutated(files[name], steps)
    for other, content in files.items():
        (folder / other).write_bytes(content)
    try:
        edition = read_edition(folder)
    except DataError as problem:
        assert_names_a_place(problem, FILES)
        return
    assert_same_survey(edition.train, edition.structure, files[NAMES[0]])
    assert_same_survey(edition.test, edition.structure, files[NAMES[1]])
    assert_same_solution(edition.solution, files[NAMES[2]])


@given(
    name=st.sampled_from(NAMES[:2]),
    row=st.integers(1, 18),
    column=st.integers(1, 12),
    wrong=st.sampled_from(["", "x", "nan", "inf", "1e400", "1_000", "١٢", "0x10", "1\u00a0", "-7"]),
    above=st.lists(st.integers(0, 18), max_size=4),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_a_wrong_field_is_named_by_its_line_and_column(
    bases, folder, *, name, row, column, wrong, above, end
):
    for other, content in bases[0].items():
        (folder / other).write_bytes(content)
    lines = bases[0][name].decode().splitlines()
    fields = lines[row].split(",")
    fields[column - 1] = wrong
    lines[row] = ",".join(fields)
    for place in sorted(above, reverse=True):
        lines.insert(place, "")
    line = row + 1 + sum(place <= row for place in above)
    (folder / name).write_bytes(end.join(lines).encode())
    with pytest.raises(DataError, match=rf"{re.escape(name)}, line {line}, column {column} "):
        read_edition(folder)


SPELLINGS = [
    repr,
    lambda value: f" {value!r}",
    lambda value: f"{value!r}\t",
    lambda value: f'"{value!r}"',
    lambda value: f"{value:.17e}",
    lambda value: f"{value:.16E}",
    lambda value: f"+{value!r}",
]


def quoted(name, always):
    return '"' + name.replace('"', '""') + '"' if always or set(name) & set(',"') else name


@st.composite
def spelled_editions(draw):
    """Texts of a training and a test file, and their states, signals, days and values."""
    names = st.sampled_from(
        ["AL", "Kā", "New York", "a,b", 'x"y', "0", "12", "1.5", "tested", "日本", "cli"]
    )
    states, others = draw(
        st.lists(names, min_size=1, max_size=7, unique=True).flatmap(
            lambda chosen: st.integers(1, len(chosen)).map(lambda cut: (chosen[:cut], chosen[cut:]))
        )
    )
    signals, days = [*others, TARGET], draw(st.integers(2, 5))
    rows = draw(st.integers(1, 5))
    values = draw(st.lists(st.floats(0, 100), min_size=1, max_size=9))
    spell = draw(st.lists(st.sampled_from(SPELLINGS), min_size=1, max_size=4))
    always = draw(st.booleans())
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    numbered = draw(st.booleans())
    last = draw(st.sampled_from(["", end, end + end, end * 4]))
    mark = draw(st.sampled_from(["", "\ufeff"]))
    width = days * len(signals)
    block = [values[at % len(values)] for at in range(rows * width)]
    header = [*states, *signals] + [
        f"{signal}.{day}" if numbered else signal for day in range(1, days) for signal in signals
    ]

    def text(hidden):
        kept = header[: len(header) - hidden]
        lines = [",".join(quoted(name, always) for name in ["id", *kept])]
        for row in range(rows):
            one_hot = ["1" if at == row % len(states) else "0" for at in range(len(states))]
            shown = block[row * width : (row + 1) * width - hidden]
            spelled = [spell[at % len(spell)](value) for at, value in enumerate(shown)]
            lines.append(",".join([str(row), *one_hot, *spelled]))
        return mark + end.join(lines) + last

    expected = np.array(block).reshape(rows, width)
    return text(0), text(1), tuple(states), tuple(signals), days, expected


@given(spelled_editions())
def test_an_oddly_spelled_edition_is_read_right(tmp_path_factory, edition):
    folder = tmp_path_factory.getbasetemp() / "spelled"
    folder.mkdir(exist_ok=True)
    train, test, states, signals, days, expected = edition
    (folder / NAMES[0]).write_bytes(train.encode())
    (folder / NAMES[1]).write_bytes(test.encode())
    found = read_edition(folder)
    assert found.structure.states == states
    assert found.structure.signals == signals
    assert found.structure.days == days
    np.testing.assert_array_equal(found.train.iloc[:, 2:].to_numpy(), expected)
    np.testing.assert_array_equal(found.test.iloc[:, 2:].to_numpy(), expected[:, :-1])
    for table in (found.train, found.test):
        assert table["id"].tolist() == list(range(len(expected)))
        assert table["state"].tolist() == [states[at % len(states)] for at in table["id"]]
