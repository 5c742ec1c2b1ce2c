import pytest
from support import ROOT

from hw1.tracking.variant import read_variant


@pytest.fixture
def results(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "weights").write_bytes(b"1")
    (tmp_path / "metrics.json").write_text("{}")
    return tmp_path


def key(folder, params=ROOT / "params.yaml"):
    return read_variant([folder / "model", folder / "metrics.json"], params).key


def test_the_key_follows_parameters_and_results(results, tmp_path):
    first = key(results)
    assert key(results) == first
    (results / "model" / "weights").write_bytes(b"2")
    second = key(results)
    assert second != first
    changed = tmp_path / "params.yaml"
    changed.write_text((ROOT / "params.yaml").read_text().replace("epochs: 15", "epochs: 16"))
    assert key(results, changed) != second


def test_comments_and_order_of_parameters_do_not_matter(results, tmp_path):
    changed = tmp_path / "params.yaml"
    changed.write_text("# a remark\n" + (ROOT / "params.yaml").read_text())
    assert key(results, changed) == key(results)


def test_the_name_tells_edition_and_model(results):
    variant = read_variant([results / "model"], ROOT / "params.yaml")
    assert variant.name == f"sample-mlp-{variant.key[:7]}"
    assert variant.parameters["train.optimizer.name"] == "adamw"
