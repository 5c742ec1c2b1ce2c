import pytest
from support import ROOT

from hw1.core.errors import ParamsError
from hw1.core.sections import flatten, read_params
from hw1.params.project import SECTIONS
from hw1.variants import (
    DEFAULT,
    ShippedVariant,
    find_variant,
    overridden,
    read_variants,
    require_known_keys,
    variant_overrides,
)

SHIPPED = read_variants(ROOT / "variants.yaml")


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_variants_are_valid_parameters(name):
    content = overridden(read_params(ROOT / "params.yaml"), SHIPPED[name])
    for section, model in SECTIONS.items():
        model.model_validate(content[section])


def test_overrides_are_written_as_hydra_reads_them():
    variant = ShippedVariant("x", "", {"a": 1e-5, "b": [1, 2], "c": None, "d": True, "e": "word"})
    assert variant.set_params() == ["a=1e-05", "b=[1,2]", "c=null", "d=true", "e=word"]


def test_an_unknown_variant_is_named_with_the_nearest():
    with pytest.raises(ParamsError, match="did you mean `sample_code`"):
        find_variant("sampel_code", ROOT / "variants.yaml")


def test_an_override_of_an_unknown_key_is_refused():
    with pytest.raises(ParamsError, match=r"unknown key `train\.modle`"):
        overridden({"train": {"model": "mlp"}}, ShippedVariant("x", "", {"train.modle": 1}))


def test_an_entry_of_another_form_is_refused(tmp_path):
    path = tmp_path / "variants.yaml"
    path.write_text("mine: {set: {}}\n")
    with pytest.raises(ParamsError, match="`mine` must have the keys"):
        read_variants(path)


def test_a_variant_starts_from_the_committed_parameters():
    """Not from the variant that an earlier experiment has left in the workspace."""
    committed = read_params(ROOT / "params.yaml")
    course = overridden(committed, SHIPPED["sample_code"])
    course["ingest"]["edition"] = "2022"
    overrides = variant_overrides(SHIPPED["lasso"], committed, course)
    assert "train.model=lasso" in overrides
    assert "ingest.split.method=forward" in overrides
    assert not any(override.startswith("ingest.edition=") for override in overrides)
    back = variant_overrides(DEFAULT, committed, course)
    assert len(back) == len(SHIPPED["sample_code"].set_params()) - unchanged(committed)
    assert variant_overrides(DEFAULT, committed, committed) == []


def test_a_search_is_no_part_of_a_variant():
    committed = read_params(ROOT / "params.yaml")
    other = committed | {"sweep": committed["sweep"] | {"trials": 7}}
    without = {name: section for name, section in committed.items() if name != "sweep"}
    for current in (other, without):
        assert variant_overrides(DEFAULT, committed, current) == []
        assert variant_overrides(DEFAULT, current, committed) == []
    with pytest.raises(ParamsError, match=r"unknown key `sweep\.trials`"):
        require_known_keys(["sweep.trials=3"], committed)


def unchanged(committed):
    """How many of the course's overrides repeat what the committed parameters say."""
    flat = dict(flatten(committed))
    return sum(flat[key] == value for key, value in SHIPPED["sample_code"].overrides.items())


def test_an_unknown_key_is_named_with_the_nearest():
    with pytest.raises(
        ParamsError, match=r"unknown key `train\.epoch`; did you mean `train\.epochs`"
    ):
        require_known_keys(["train.epoch=3"], read_params(ROOT / "params.yaml"))
