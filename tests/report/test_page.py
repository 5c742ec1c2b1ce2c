import json
import re

import pytest
from html_support import Parsed
from tracking_support import fabricate

from hw1.report.page import page_html
from hw1.report.surroundings import ParameterDifference, Surroundings

EMPTY = Surroundings(restore="dvc exp apply whole")
PICTURES = {"learning_curve.png": b"curve", "by_state.png": b"states", "predicted.png": b"dots"}
HOSTILE = "<script>alert('x')</script>&\"'"


@pytest.fixture(scope="module")
def page(whole):
    return Parsed(page_html(whole().record, PICTURES, EMPTY))


def test_every_section_is_there_in_order(page):
    assert page.headings == [
        "Learning curves",
        "Predicted against true",
        "Where the error comes from",
        "The same recipe by other schemes",
        "The data and its split",
        "Features",
        "What differs from the default",
        "How to have it back",
        "Beside the others",
    ]


def test_the_numbers_that_decide_stand_on_top(page):
    top = page.text[: page.text.index("Learning curves")]
    for shown in (
        "edition sample model mlp split forward",
        "Validation MSE 1.250 90 % interval [1.00, 1.50]",
        "Skill +16.7 % against persistence, MSE 1.500",
        "Expected test MSE 1.400 90 % interval [1.10, 1.80]",
        "Test MSE 1.350 public 1.350, private 1.350",
        "Extrapolation passes 0.91 times persistence's MSE on the highest 20 %",
        "± 0.0061",
    ):
        assert shown in top


def test_the_audit_is_told_in_words(page):
    for shown in (
        "form 43 chains of 17 to 92 windows",
        "fits on 1,947 rows and holds out 538; 215 between them are left out.",
        "None of the held-out rows (0.0 %) have their last day in a training row too.",
        "15.7 %, against 10.0 % in training. 4.7 % of the test rows are above",
        "cli +1.30",
        "shop -0.98",
        "links.share 0.9300",
    ):
        assert shown in page.text


@pytest.mark.fault("implausible data")
def test_what_is_not_plausible_comes_first_in_the_audit(whole):
    found = {"days": {"severity": "refuse", "accepted": True, "says": ["test file: swapped"]}}
    html = page_html(whole({"ingest": {"plausible": found}}).record, PICTURES, EMPTY).decode()
    assert "Not plausible (accepted by ingest.accept: days): test file: swapped." in html


def test_schemes_are_side_by_side_and_marked_where_they_leak(page):
    assert "blocks 1.310 +12.0 % forward 40 1.250 1.500 +16.6 %" in page.text
    assert "random (leaks) 38 0.7500" in page.text
    assert "A random split says MSE 0.7500 (46.0 % better than persistence)" in page.text


def test_it_needs_nothing_from_anywhere(page):
    assert page.addresses
    assert all(address.startswith("data:image/png;base64,") for address in page.addresses)
    assert not {"script", "link", "iframe", "object"} & set(page.tags)
    assert page.handlers == []


def test_no_address_of_the_net_is_in_it(whole):
    html = page_html(whole().record, PICTURES, EMPTY).decode()
    assert not re.search(r"https?:|//\w|@import|url\(", re.sub(r'base64,[^"]*', "", html))
    assert "default-src 'none'" in html


def test_the_same_record_gives_the_same_bytes(whole):
    first, again = (page_html(whole().record, PICTURES, EMPTY) for _ in range(2))
    assert first == again
    assert first != page_html(whole(mse=1.2).record, PICTURES, EMPTY)


@pytest.mark.fault("hostile names")
def test_names_from_the_data_do_no_harm(whole):
    error = {"mse": 1, "persistence_mse": 2, "skill": 0.5, "rows": 3}
    record = whole(
        {
            "features": {"selected": {HOSTILE: 0.5}},
            "ingest": {"shift": {"day": 1, "in_deviations": {HOSTILE: 1.0}}, "links": {HOSTILE: 1}},
            "evaluate": {"schemes": {HOSTILE: error}, "edition": HOSTILE},
            "train": {"model": HOSTILE},
        },
        name=HOSTILE,
    ).record
    csv = record.texts["metrics/evaluate/by_state.csv"].replace("AK,", "<script>,")
    record.texts["metrics/evaluate/by_state.csv"] = csv
    changes = (ParameterDifference("features.names", [HOSTILE], HOSTILE),)
    html = page_html(record, PICTURES, Surroundings(changes, HOSTILE))
    parsed = Parsed(html)
    assert "script" not in parsed.tags
    assert parsed.text.count(HOSTILE) >= 7
    assert b"<script" not in html


def test_a_leaking_or_transductive_variant_is_marked(whole):
    leaking = Parsed(page_html(whole(method="random").record, {}, EMPTY))
    assert "split random (leaks)" in leaking.text
    assert "too good to trust" in leaking.text
    split = {"method": "forward", "label": "forward (transductive)", "leaks": False}
    marked = Parsed(page_html(whole({"evaluate": {"split": split}}).record, {}, EMPTY))
    assert "no forecast" in marked.text


def test_failed_extrapolation_is_a_warning(whole):
    failing = {"evaluate": {"extrapolation": {"verdict": "fails"}}}
    assert "fails to extrapolate" in Parsed(page_html(whole(failing).record, {}, EMPTY)).text


@pytest.mark.fault("older files")
def test_an_older_variants_page_leaves_out_what_is_not_known():
    """Nothing but the headline is ever required."""
    old = Parsed(page_html(fabricate().record, {}, EMPTY))
    assert "Validation MSE 1.500" in old.text
    assert "Expected" not in old.text
    assert "schemes" not in old.text
    bare = json.dumps(
        {
            "edition": "sample",
            "main": {"metric": "mse", "value": 1.5},
            "split": {"method": "forward", "label": "forward"},
        }
    )
    record = fabricate(texts={"metrics/evaluate.json": bare}).record
    assert "1.500" in Parsed(page_html(record, {}, EMPTY)).text


def test_the_editions_own_metric_is_shown(whole):
    text = Parsed(page_html(whole(metric="rmse").record, {}, EMPTY)).text
    assert "Validation RMSE 1.118" in text
    assert "state rows RMSE persistence" in text
    assert "blocks 1.140" in text


def test_parameters_that_differ_show_both_values(whole):
    changes = (
        ParameterDifference("train.model", "mlp", "lasso"),
        ParameterDifference("train.new", None, None, is_new=True),
    )
    text = Parsed(page_html(whole().record, {}, Surroundings(changes, "x"))).text
    assert "parameter default here train.model mlp lasso train.new (absent) null" in text


def test_a_variant_that_cannot_be_restored_says_why(whole):
    why = Surroundings(restore="none: it was made outside git")
    assert "No command: it was made outside git." in Parsed(page_html(whole().record, {}, why)).text
