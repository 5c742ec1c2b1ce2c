import pytest

from hw1.core.survey import Structure

PLAIN = {"states": ["AL"], "signals": ["cli", "tested_positive"], "days": 3}


def test_a_structure_without_links_is_written_as_ever():
    structure = Structure.from_dict(PLAIN)
    assert structure.link == "none"
    assert structure.to_dict() == PLAIN


@pytest.mark.parametrize("link", ["past", "both"])
def test_links_survive_writing_and_reading(link):
    structure = Structure(("AL",), ("cli", "tested_positive"), 3, link)
    assert structure.to_dict() == PLAIN | {"link": link}
    assert Structure.from_dict(structure.to_dict()) == structure


def test_an_unknown_link_is_refused():
    with pytest.raises(ValueError, match="future"):
        Structure.from_dict(PLAIN | {"link": "future"})
