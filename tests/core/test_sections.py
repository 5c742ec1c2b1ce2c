import pytest
from support import ROOT

from hw1.core.errors import ParamsError
from hw1.core.sections import flatten, load_section, read_params
from hw1.params.ingest import IngestParams
from hw1.params.project import check_params
from hw1.params.train import TrainParams

TEXT = (ROOT / "params.yaml").read_text()


@pytest.fixture
def changed(tmp_path):
    """Write params.yaml with one piece of text replaced."""

    def change(old, new):
        assert old in TEXT
        path = tmp_path / "params.yaml"
        path.write_text(TEXT.replace(old, new, 1))
        return path

    return change


def test_shipped_parameters_are_valid():
    assert list(check_params(ROOT / "params.yaml")) == [
        "ingest",
        "features",
        "train",
        "evaluate",
        "submit",
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "    learning_rate: 0.003",
            "    learnin_rate: 0.001",
            "unknown key `train.optimizer.learnin_rate`; did you mean "
            "`train.optimizer.learning_rate`",
        ),
        ("\ntrain:", "\nlearning_rate: 1\ntrain:", "`learning_rate`; did you mean `train.opt"),
        ("  epochs:", "  learning_rate: 1\n  epochs:", "did you mean `train.optimizer.learning_r"),
        ("name: adamw", "name: adamv", "`train.optimizer.name` cannot be 'adamv'; did you mean"),
        ("model: mlp", "model: transformer", "`train.model` cannot be 'transformer'; choose from"),
        ("[[ard]", "[[lass]", "`train.blend.0.0` cannot be 'lass'; did you mean `lasso`"),
        ("epochs: 15", "epochs: 1.5", "`train.epochs` should be a valid integer, not 1.5"),
        ("epochs: 15", "epochs: true", "`train.epochs` should be a valid integer, not True"),
        ("0.003", "1e300", "`train.optimizer.learning_rate` should be less than or"),
        ("epochs: 15", "epochs: 0", "`train.epochs` should be greater than or equal to 1, not 0"),
        ("[16, 8]", "[16, x]", "`train.hidden.1` should be a valid integer, not 'x'"),
        ("[16, 8]", "[]", "model `mlp` needs `hidden`"),
        ("days: 1 ", "days: some ", "`features.days` should be a valid integer or 'all', not 's"),
        ("0.003", ".nan", "`train.optimizer.learning_rate` should be a finite number, not nan"),
        ("\ntrain:", "\ntrian:", "section `train:` is missing"),
        ("\ntrain:", "\ntrian:", "unknown key `trian`; did you mean `train`"),
        ("edition: sample", "edition: ../x", "`ingest.edition`"),
        ("  epochs: 15", "  epochs: 15\n  epochs: 16", "not valid YAML"),
        ("features:", "features: [", "not valid YAML"),
    ],
)
def test_a_wrong_parameter_is_named_with_the_nearest_valid_one(changed, old, new, message):
    with pytest.raises(ParamsError) as refusal:
        check_params(changed(old, new))
    assert message in str(refusal.value)
    assert "params.yaml" in str(refusal.value)


def test_every_wrong_parameter_is_named_at_once(tmp_path):
    text = TEXT.replace("epochs: 15", "epochs: 1.5").replace("states: false", "states: maybe")
    path = tmp_path / "params.yaml"
    path.write_text(text)
    with pytest.raises(ParamsError) as refusal:
        check_params(path)
    assert "`train.epochs`" in str(refusal.value)
    assert "`features.states`" in str(refusal.value)


def test_numbers_are_read_as_yaml_1_2(changed):
    """`-S train.optimizer.learning_rate=1e-5` is written as 1e-05, in YAML 1.1 a string."""
    path = changed("learning_rate: 0.003", "learning_rate: 1e-05")
    assert load_section("train", TrainParams, path).optimizer.learning_rate == 1e-5


def test_an_edition_may_look_like_a_number(changed):
    path = changed("edition: sample", "edition: 2022")
    assert load_section("ingest", IngestParams, path).edition == "2022"


def test_says_what_to_do_where_the_file_is_missing(tmp_path):
    with pytest.raises(ParamsError, match="git checkout"):
        read_params(tmp_path / "params.yaml")


def test_flatten_keeps_lists_as_values():
    nested = {"a": {"b": [1, 2], "c": {"d": None}}}
    assert dict(flatten(nested)) == {"a.b": [1, 2], "a.c.d": None}


@pytest.mark.parametrize(
    "value",
    [
        *("!!int x", "!!float y", "!!bool z", "2020-13-45", "2020-01-01T25:61:00Z", "9" * 5000),
        *("{[[1]]: 2}", "!!python/object/apply:os.system [ls]", "\x00", "\x07", "[" * 3000),
    ],
)
@pytest.mark.fault("unsafe YAML")
def test_what_yaml_cannot_make_a_value_of_is_no_traceback(changed, value):
    line = TEXT[: TEXT.index("    fraction: 0.2")].count("\n") + 1
    with pytest.raises(ParamsError, match=rf"(?s)params\.yaml is not valid YAML: .*line {line}\b"):
        read_params(changed("    fraction: 0.2", f"    fraction: {value}"))


def test_the_line_that_is_no_utf_8_is_named(changed):
    path = changed("    fraction: 0.2", "    fraction: \u00e9")
    line = TEXT[: TEXT.index("    fraction: 0.2")].count("\n") + 1
    path.write_bytes(path.read_text().encode("latin-1", "replace"))
    with pytest.raises(ParamsError, match=rf"params\.yaml, line {line}: not UTF-8"):
        read_params(path)


@pytest.mark.parametrize("opened", ["[", "- ", "{a: "])
@pytest.mark.fault("unsafe YAML")
def test_lists_in_lists_without_end_are_refused(changed, opened):
    """ruamel's parser would take the whole process with it."""
    with pytest.raises(ParamsError, match="must hold at most 10000 lists and mappings"):
        read_params(changed("    fraction: 0.2", f"    fraction: {opened * 60_000}"))


@pytest.mark.fault("unsafe YAML")
def test_a_value_of_many_anchors_is_not_written_out(changed):
    """Its 2 ** 40 items are a few lines of the file."""
    doubled = ["x: &x0 [1, 1]", *(f"x{at}: &x{at} [*x{at - 1}, *x{at - 1}]" for at in range(1, 40))]
    text = "{" + ", ".join(doubled) + ", last: [*x39]}"
    with pytest.raises(
        ParamsError, match=r"`train.epochs` should be a valid integer, not \{"
    ) as found:
        check_params(changed("  epochs: 15", f"  epochs: {text}"))
    assert len(str(found.value)) < 2000
