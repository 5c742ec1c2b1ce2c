import json

import pytest
from task_support import EVALUATE, added, classification_texts, structured_texts

from hw1.core.errors import DataError
from hw1.summary.show import summary_text


def told(root, texts):
    for path, text in texts.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return summary_text(root)


def line_with(text, words):
    return next(line for line in text.splitlines() if words in line)


def test_a_classification_shows_its_own_numbers_beside_the_base_rates(tmp_path):
    text = told(tmp_path, classification_texts())
    assert "task classification" in line_with(text, "edition")
    validation = line_with(text, "validation, forward")
    assert validation.split()[2:] == [
        *("0.6000", "[0.550,", "0.650]"),
        *("67.5", "%", "0.741", "+13.0", "%"),
    ]
    assert line_with(text, "the base rate").split()[3:] == ["0.6900", "52.5", "%"]
    assert "+/- 0.004000" in line_with(text, "one of 8 seeds")
    assert "0.6200" in line_with(text, "test set, private")
    assert "rises by more than 0.5 points" in text
    assert "3.1 points" in line_with(text, "calibration")
    assert "persistence" not in line_with(text, "skill ")
    assert "no file" in line_with(text, "submission.csv")


@pytest.mark.parametrize("method", ["forward", "random"])
def test_it_fits_eighty_columns_with_every_cell_on_one_line(tmp_path, method):
    text = told(tmp_path, classification_texts(method=method))
    assert max(map(len, text.splitlines())) <= 80
    assert "[0.550, 0.650]" in text
    assert "\N{HORIZONTAL ELLIPSIS}" not in text


def test_structured_is_regression_and_the_skill_of_every_signal(tmp_path):
    texts = structured_texts()
    more = {
        "seeds": {"members": 1, "mse_mean": 1.3},
        "bootstrap": {"confidence": 0.9, "states": 2},
    }
    texts[EVALUATE] = added(texts[EVALUATE], more)
    texts["metrics/submit.json"] = json.dumps({"rows": 20})
    text = told(tmp_path, texts)
    assert "task structured" in line_with(text, "edition")
    assert "1.250" in line_with(text, "validation, forward")
    assert "mean skill +8.2 %, 2 of 3 better than persistence" in line_with(text, "all signals")
    assert "best tested_positive +16.7 %, cli +10.0 %" in text
    assert line_with(text, "worst ").split()[:4] == ["worst", "shop", "-2.0", "%,"]


def test_a_classification_of_other_code_says_what_to_do(tmp_path):
    with pytest.raises(DataError, match="dvc repro"):
        told(tmp_path, {**classification_texts(), EVALUATE: json.dumps({"task": "classification"})})


@pytest.mark.fault("hostile names")
def test_a_signals_name_is_no_markup(tmp_path):
    texts = structured_texts()
    more = {"seeds": {"members": 1}, "bootstrap": {"confidence": 0.9, "states": 2}}
    texts[EVALUATE] = added(texts[EVALUATE], more)
    texts[EVALUATE] = texts[EVALUATE].replace('"cli"', '"[/bold]:smile:[link=http://x]"')
    texts["metrics/submit.json"] = json.dumps({"rows": 20})
    assert "[/bold]:smile:[link=http://x] +10.0 %" in told(tmp_path, texts)
