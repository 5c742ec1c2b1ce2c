"""A changed params.yaml: accepted, and the same when written out again, or refused with place."""

import io
import re

import pytest
from fuzz_support import VALUES, YAML_MUTATORS, mutated, mutations
from hypothesis import given
from ruamel.yaml import YAML
from support import ROOT

from hw1.core.errors import ParamsError
from hw1.params.project import check_params
from hw1.params.sweep import load_sweep

pytestmark = pytest.mark.fault("fuzzed input")

TEXT = (ROOT / "params.yaml").read_bytes()
PLACE = re.compile(
    r"params\.yaml\b.*(line \d+|`[^`]+`|is missing|must hold sections|at most \d+ lists)", re.DOTALL
)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("params") / "params.yaml"


def assert_survives(path, content, read, expected):
    """What was accepted, written out and read again, is the same."""
    text = io.StringIO()
    YAML(typ="safe").dump(content, text)
    path.write_text(text.getvalue(), encoding="utf-8")
    assert read() == expected


def assert_says_where(problem):
    assert PLACE.search(str(problem)), problem
    # no line is longer than a screen, whatever anchors and long texts blow it up to
    assert all(len(line) < 2500 for line in str(problem).splitlines()), problem


@given(steps=mutations(YAML_MUTATORS, VALUES, most=2))
@pytest.mark.fault("unsafe YAML")
def test_changed_parameters_are_accepted_whole_or_refused(path, steps):
    path.write_bytes(mutated(TEXT, steps))
    try:
        sections = check_params(path)
    except ParamsError as problem:
        assert_says_where(problem)
        return
    content = {name: section.model_dump(mode="json") for name, section in sections.items()}
    assert_survives(path, content, lambda: check_params(path), sections)


@given(steps=mutations(YAML_MUTATORS, VALUES, most=2))
@pytest.mark.fault("unsafe YAML")
def test_a_changed_search_is_accepted_whole_or_refused(path, steps):
    begin = TEXT.index(b"\nsweep:") + 1
    path.write_bytes(mutated(TEXT[begin:], steps))
    try:
        sweep = load_sweep(path)
    except ParamsError as problem:
        assert_says_where(problem)
        return
    assert_survives(path, {"sweep": sweep.model_dump()}, lambda: load_sweep(path), sweep)
