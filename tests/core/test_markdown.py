import re

import pytest

from hw1.core.markdown import code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cli_day1", "`cli_day1`"),
        ("a`b", "``a`b``"),
        ("`a``", "``` `a`` ```"),
        (" a", "`  a `"),
        ("", "`  `"),
        ("two\n\nlines", "`two  lines`"),
        ("[x](javascript:alert(1))<b>", "`[x](javascript:alert(1))<b>`"),
        ("a|b", "`a|b`"),
    ],
)
@pytest.mark.fault("hostile names")
def test_a_text_is_code_whatever_it_holds(text, expected):
    assert code(text) == expected


@pytest.mark.fault("hostile names")
def test_a_bar_ends_no_cell_of_a_table():
    assert code("a|b", cell=True) == r"`a\|b`"


@pytest.mark.fault("hostile names")
def test_no_text_ends_its_own_code(record_property):
    """By CommonMark's rule: it ends at the first run of as many backticks as it begins with."""
    pieces = ["`", "``", "a", " ", "<b>", "|", "\n"]
    texts = [a + b + c + d for a in pieces for b in pieces for c in pieces for d in pieces]
    for text in texts:
        shown = code(text)
        fence = re.match("`+", shown)[0]
        runs = [run.span() for run in re.finditer("`+", shown) if run[0] == fence]
        assert [start for start, _ in runs] == [0, len(shown) - len(fence)], text
        assert shown[len(fence) : -len(fence)].strip() == " ".join(text.split("\n")).strip()
    record_property("cases", len(texts))
