import numpy as np
import pytest
from task_support import classification_texts, probability_rows, structured_texts

from hw1.compare.difference import compare
from hw1.compare.paired import row_losses
from hw1.compare.show import comparison_text
from hw1.compare.side import Side

PARAMETERS = {
    "ingest.edition": "sample",
    "ingest.split.method": "forward",
    "features.last_day": False,
    "train.model": "mlp",
    "train.seeds": 8,
}


def classification(name, sharpness, rise=0.5, rows=720):
    asked = {"train.task": "classification", "train.rise": rise}
    texts = classification_texts(0.6 if sharpness > 1 else 0.66, rise=rise)
    predictions = probability_rows(rows, sharpness=sharpness).encode()
    return Side.read(name, PARAMETERS | asked | {"train.model": name}, texts, predictions)


def test_a_row_loses_what_its_probability_left_for_the_truth():
    target, probability = np.array([1.0, 0.0, 1.0]), np.array([0.8, 0.8, 0.0])
    losses = row_losses("cross_entropy", target, probability)
    assert losses[:2] == pytest.approx([-np.log(0.8), -np.log(0.2)])
    assert np.isfinite(losses[2])


def test_classifications_are_compared_by_cross_entropy_on_the_same_rows():
    found = compare(classification("flat", 0.1), classification("sharp", 2.0))
    assert found.winner == "b"
    assert found.verdict.startswith("B is better: cross-entropy lower by")
    assert found.paired.loss == "cross_entropy"
    assert found.paired.rmse is None
    assert found.paired.loss_a > found.paired.loss_b
    names = [change.metric.name for change in found.metrics]
    assert names[0] == "evaluate.valid.cross_entropy"
    assert "evaluate.valid.auc" in names
    assert not [name for name in names if "mse" in name.rsplit(".", 1)[-1] and "train" not in name]
    text = comparison_text(found)
    assert "predictions (probability)" in text
    assert "validation accuracy" in text
    assert max(map(len, text.splitlines())) <= 80


def test_other_tasks_are_compared_by_parameters_alone(better):
    found = compare(better[0], classification("c", 2.0))
    assert found.winner is None
    assert found.paired is found.seeds is None
    assert found.metrics == ()
    assert "such errors do not compare" in found.verdict
    assert "train.task" in [change.key for change in found.parameters]
    text = comparison_text(found)
    assert "whether positivity rises" in text
    assert "neither has metrics" not in text


def test_other_rises_are_other_questions():
    found = compare(classification("a", 1.0), classification("b", 1.0, rise=1.0))
    assert "by more than 1 points: such errors do not compare" in found.verdict


def test_structured_is_compared_with_regression_and_what_it_sees_is_told(scored_pair, make_side):
    rows = scored_pair(np.random.default_rng(3), improvement=0.3)
    seen = make_side(rows[1], name="seen")
    texts = structured_texts()
    hidden = Side.read(
        "whole", PARAMETERS | {"train.task": "structured"}, texts, rows[0].to_csv().encode()
    )
    found = compare(seen, hidden)
    assert found.winner == "a"
    assert "A is shown the target day's other signals, B is not" in found.notes
    labels = {change.metric.label: change for change in found.metrics}
    assert labels["validation skill, all signals"].b == pytest.approx(0.0822)
