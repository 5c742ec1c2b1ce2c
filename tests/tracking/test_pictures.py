import io
import subprocess
import sys

import pytest
from browser_support import predictions_text, variant_texts
from task_support import CALIBRATION, classification_texts, probability_rows, structured_texts

from hw1.tracking.pictures import draw_pictures

ALL = {"by_level.png", "by_state.png", "features.png", "learning_curve.png", "predicted.png"}


def size_and_text(png):
    from PIL import Image

    with Image.open(io.BytesIO(png)) as image:
        return image.size, image.text


@pytest.fixture(scope="module")
def drawn():
    return draw_pictures(variant_texts(), predictions_text())


def test_every_file_has_its_picture(drawn):
    assert set(drawn) == ALL
    for png in drawn.values():
        (width, height), text = size_and_text(png)
        assert 400 <= width <= 1200
        assert 100 <= height <= 700
        assert not {"Software", "Creation Time"} & set(text)


def test_a_classification_shows_its_probabilities(drawn):
    texts = classification_texts()
    found = draw_pictures(texts, probability_rows())
    assert set(found) == ALL - {"predicted.png"} | {"roc.png", "calibration.png"}
    assert draw_pictures(texts, probability_rows()) == found
    assert found["by_state.png"] != drawn["by_state.png"]
    one_class = probability_rows().splitlines()
    only = [one_class[0], *(line for line in one_class[1:] if line.split(",")[4] == "1")]
    assert "roc.png" not in draw_pictures(texts, "\n".join(only))


def test_structured_shows_every_signal_and_its_calibration():
    texts = structured_texts()
    found = draw_pictures(texts, predictions_text())
    assert set(found) == ALL | {"signals.png", "calibration.png"}
    texts[CALIBRATION] = texts[CALIBRATION].splitlines()[0]
    assert "calibration.png" not in draw_pictures(texts, None)


def test_the_same_texts_give_the_same_bytes(drawn):
    assert draw_pictures(variant_texts(), predictions_text()) == drawn


def test_other_numbers_give_other_pictures(drawn):
    other = draw_pictures(variant_texts(1.0, folds=("0", "1")), None)
    assert other["learning_curve.png"] != drawn["learning_curve.png"]
    assert "predicted.png" not in other


def test_a_model_that_learns_in_one_step_has_no_curve():
    assert set(draw_pictures(variant_texts(epochs=1), predictions_text())) == ALL - {
        "learning_curve.png"
    }


def test_a_users_style_changes_nothing(drawn):
    import matplotlib

    with matplotlib.rc_context({"axes.facecolor": "red", "font.size": 30}):
        assert draw_pictures(variant_texts(), predictions_text()) == drawn


def test_the_editions_own_metric_is_drawn():
    mse = draw_pictures(variant_texts(1.2), None)
    rmse = draw_pictures(variant_texts(1.2, metric="rmse"), None)
    assert mse["by_state.png"] != rmse["by_state.png"]


def test_files_that_are_missing_or_hold_only_a_header_get_no_picture():
    texts = variant_texts()
    only = {"metrics/evaluate.json": texts["metrics/evaluate.json"]}
    assert draw_pictures(only, None) == {}
    headers = {path: text.splitlines()[0] for path, text in texts.items() if path.endswith(".csv")}
    empty = draw_pictures(only | headers, predictions_text().splitlines()[0])
    assert empty == {}


def test_one_state_and_one_level_are_no_comparison():
    texts = variant_texts()
    for path in ("metrics/evaluate/by_state.csv", "metrics/evaluate/by_level.csv"):
        texts[path] = "".join(texts[path].splitlines(keepends=True)[:2])
    assert set(draw_pictures(texts, None)) == {"features.png", "learning_curve.png"}


def test_drawing_needs_neither_pandas_nor_pyplot():
    code = (
        "import sys; from browser_support import variant_texts;"
        "from hw1.tracking.pictures import draw_pictures; draw_pictures(variant_texts(), None);"
        "print([name for name in ('pandas', 'matplotlib.pyplot', 'mlflow') if name in sys.modules])"
    )
    path = ":".join(entry for entry in sys.path if entry)
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": path},
    )
    assert ran.stdout.strip() == "[]", ran.stderr


@pytest.mark.fault("hostile names")
def test_names_from_the_data_are_no_formulas():
    texts = structured_texts()
    dangerous = "$\\\\frac{x$" + "W" * 54  # as JSON has it
    for path, name in (
        ("metrics/evaluate.json", "cli"),
        ("metrics/features.json", "cli_day5"),
        ("metrics/evaluate/by_state.csv", "AK,"),
    ):
        assert name in texts[path]
        texts[path] = texts[path].replace(name, dangerous + name)
    found = draw_pictures(texts, predictions_text())
    assert {"signals.png", "features.png", "by_state.png"} <= set(found)
