from browser_support import predictions_text, variant_texts
from tracking_support import fabricate

from hw1.tracking.drawing import draw, start_drawing


def test_another_process_draws_the_same(project):
    record = fabricate(texts=variant_texts()).record
    drawn = draw(record, predictions_text(), "dvc repro")
    assert {"report.html", "plots/by_state.png"} <= set(drawn)
    assert b"dvc repro" in drawn["report.html"]
    assert start_drawing(record, predictions_text(), "dvc repro")() == drawn


def test_the_page_depends_on_the_variant_alone(project):
    record = fabricate(texts=variant_texts()).record
    before = draw(record, None, "x")["report.html"]
    project.record(fabricate(texts=variant_texts(1.1), dropout=0.5))
    assert draw(record, None, "x")["report.html"] == before
