import math

import pytest
import yaml

from hw1.core.errors import Hw1Error
from hw1.core.sections import parse_params
from hw1.lineage.plain_yaml import load_yaml
from hw1.variants import read_variants

HARMFUL = (
    "!!python/object/apply:pathlib.Path.touch [!!python/object/apply:pathlib.Path [harm]]",
    "!!python/object/apply:os.mkdir [harm]",
    "!!python/object/new:os.mkdir [harm]",
    '!!python/object/apply:builtins.eval [\'__import__("os").mkdir("harm")\']',
    "!!python/module:os",
    "!!python/name:os.mkdir",
    "!!python/object:pathlib.Path {}",
    "!!python/tuple [1, 2]",
    "!ruby/object:Gem::Installer {}",
)


def test_plain_data_is_read_as_yaml_1_2_has_it():
    found = load_yaml("a: 1e-05\nb: no\nc: [1, 0.5, null, true]\nd: .nan\n")
    assert found["a"] == 1e-05
    assert found["b"] == "no"
    assert found["c"] == [1, 0.5, None, True]
    assert math.isnan(found["d"])


@pytest.mark.fault("unsafe YAML")
@pytest.mark.parametrize("document", HARMFUL)
def test_no_reader_makes_more_than_plain_data(tmp_path, monkeypatch, document):
    """dvc.lock, parameters and a search, variants."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(yaml.YAMLError):
        load_yaml(f"a: {document}")
    with pytest.raises(Hw1Error):
        parse_params(f"a: {document}")
    (tmp_path / "variants.yaml").write_text(f"a: {document}")
    with pytest.raises(Hw1Error):
        read_variants()
    assert [path.name for path in tmp_path.iterdir()] == ["variants.yaml"]
