import pytest
from task_support import CALIBRATION, classification_texts, probability_rows, structured_texts
from tracking_support import fabricate

from hw1.report.page import build_page, page_html
from hw1.report.surroundings import Surroundings
from hw1.tracking.pictures import draw_pictures


@pytest.fixture(scope="module")
def classified():
    texts = classification_texts()
    pictures = draw_pictures(texts, probability_rows())
    return build_page(fabricate(texts=texts).record, pictures, Surroundings(restore="dvc repro"))


@pytest.fixture(scope="module")
def structured():
    texts = structured_texts()
    pictures = draw_pictures(texts, None)
    return build_page(fabricate(texts=texts).record, pictures, Surroundings(restore="dvc repro"))


def section(page, title):
    return next(each for each in page.sections if each.title == title)


def values(page):
    return {tile.label: tile.value for tile in page.tiles}


def test_the_numbers_that_decide_between_classifications_are_on_top(classified):
    assert ("task", "classification") in classified.facts
    assert values(classified) == {
        "Validation cross-entropy": "0.6000",
        "Skill": "+13.0 %",
        "AUC": "0.741",
        "Accuracy": "67.5 %",
        "Calibration error": "0.031",
        "Test cross-entropy": "0.6200",
        "Moved by seeds": "± 0.0012",
    }
    notes = {tile.label: tile.note for tile in classified.tiles}
    assert notes["AUC"] == "90 % interval [0.690, 0.790]"
    assert notes["Skill"] == "against the base rate, cross-entropy 0.6900"
    assert notes["Accuracy"] == "the base rate is right in 52.5 %"


def test_a_classifications_sections_are_about_probabilities(classified):
    titles = [each.title for each in classified.sections]
    assert "Predicted against true" not in titles
    asked, picture = section(classified, "Rises told from others").blocks
    assert "whether positivity rises by more than 0.5 points" in asked.text
    assert picture.kind == "figure"
    assert section(classified, "Calibration").blocks[1].kind == "figure"
    schemes = section(classified, "The same recipe by other schemes").blocks[0]
    assert schemes.head == ("scheme", "rows", "cross-entropy", "AUC", "skill")
    breakdown = section(classified, "Where the error comes from").blocks
    heads = [each.head for each in breakdown if each.kind == "table"]
    assert all(head[2:4] == ("Brier score", "the base rate") for head in heads)


def test_structured_is_a_regression_with_a_whole_day(structured):
    assert ("task", "structured") in structured.facts
    found = values(structured)
    assert found["Validation MSE"] == "1.250"
    assert found["Skill, all signals"] == "+8.2 %"
    figure, table = section(structured, "The whole day").blocks
    assert figure.kind == "figure"
    assert table.lines[0].cells[:4] == ("tested_positive", "1.250", "1.500", "+16.7 %")
    assert table.lines[-1].cells == (
        *("shop", "1.020", "1.000", "-2.0 %"),
        *("1.020", "1.000", "-2.0 %"),
    )


def test_what_has_no_file_has_no_section():
    texts = classification_texts(solution=False)
    del texts[CALIBRATION]
    page = build_page(fabricate(texts=texts).record, draw_pictures(texts, None), Surroundings())
    titles = [each.title for each in page.sections]
    assert "Calibration" not in titles
    assert "The whole day" not in titles
    assert "Test cross-entropy" not in values(page)
    assert b"persistence" not in page_html(
        fabricate(texts=texts).record, draw_pictures(texts, None), Surroundings()
    ).replace(b"better than persistence), held-out", b"")
