"""A damaged submission: the numbers that stand in it, or a refusal with file and place."""

import csv
import io
import re

import numpy as np
import pytest
from fuzz_support import assert_names_a_place, mutated, mutations
from hypothesis import given
from hypothesis import strategies as st

from hw1.core.errors import DataError
from hw1.submission import check_submission, write_submission

pytestmark = pytest.mark.fault("fuzzed input")

FILE = re.escape("submission.csv")


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("submission") / "submission.csv"


@given(
    rows=st.sampled_from([1, 4, 30, 30, 30, 30, 30, 30, 30, 12_000]),
    steps=mutations(),
)
def test_a_damaged_submission_is_read_right_or_refused(path, rows, steps):
    write_submission(path, range(rows), np.linspace(0, 100, rows))
    content = mutated(path.read_bytes(), steps)
    path.write_bytes(content)
    try:
        found = check_submission(path, range(rows))
    except DataError as problem:
        assert_names_a_place(problem, FILE)
        return
    stream = io.StringIO(content.decode("utf-8-sig"), newline="")
    header, *records = [fields for fields in csv.reader(stream, strict=True) if fields]
    assert header == ["id", "tested_positive"]
    assert [int(fields[0]) for fields in records] == list(range(rows))
    assert found.tolist() == [float(fields[1]) for fields in records]


@given(values=st.lists(st.floats(0, 100), min_size=1, max_size=20))
def test_what_is_written_reads_back(path, values):
    write_submission(path, range(len(values)), values)
    found = check_submission(path, range(len(values)))
    np.testing.assert_allclose(found, values, rtol=0, atol=5.1e-7)
