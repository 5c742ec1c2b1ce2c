import pytest
from support import ROOT
from sweep_support import plain_sweep

from hw1.core.errors import ParamsError
from hw1.params.project import check_params
from hw1.params.sweep import check_sweep, load_sweep

TEXT = (ROOT / "params.yaml").read_text()


def without_sweep():
    return TEXT[: TEXT.index("\n# What `hw1 sweep` tries")]


def test_the_shipped_search_is_valid():
    assert load_sweep(ROOT / "params.yaml").space


def test_a_search_is_no_section_that_the_stages_know(tmp_path):
    """So that it is no part of a variant's digest either, and may be missing."""
    path = tmp_path / "params.yaml"
    path.write_text(without_sweep())
    assert check_params(path) == check_params(ROOT / "params.yaml")
    path.write_text(TEXT.replace("\nsweep:", "\nsweeps:"))
    with pytest.raises(ParamsError, match="unknown key `sweeps`; did you mean `sweep`"):
        check_params(path)


def test_says_what_to_add_where_there_is_no_search(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text(without_sweep())
    with pytest.raises(ParamsError, match="section `sweep:` is missing; it says what to try"):
        load_sweep()
    with pytest.raises(ParamsError, match=r"mine\.yaml: there is no such file"):
        load_sweep(tmp_path / "mine.yaml")


def test_a_file_holds_the_section_or_its_content(tmp_path):
    path = tmp_path / "mine.yaml"
    section = TEXT[TEXT.index("\nsweep:") :]
    path.write_text(section)
    typed = load_sweep(path)
    path.write_text(section.replace("\nsweep:\n", ""))
    assert load_sweep(path) == typed == load_sweep(ROOT / "params.yaml")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sampler": "tpa"}, "`sweep.sampler` cannot be 'tpa'; did you mean `tpe`?"),
        ({"trails": 3}, "unknown key `sweep.trails`; did you mean `sweep.trials`?"),
        ({"trials": 0}, "`sweep.trials` should be greater than or equal to 1, not 0"),
        ({"trials": None}, "`trials: null` is all of a grid; sampler `random` needs a number"),
        ({"unseen": "blocks"}, "`sweep.unseen` cannot be 'blocks'"),
        ({"unseen": "random"}, "`sweep.unseen` cannot be 'random'"),
        ({"pruning": {"first_epoch": 5, "reduction": 1}}, "`sweep.pruning.reduction` should be"),
        ({"space": {"a.b": {"chioces": [1]}}}, "did you mean `sweep.space.a.b.choices`"),
        ({"space": {"a.b": {}}}, "`sweep.space.a.b`: give `choices`, or both `low` and `high`"),
        ({"space": {"a.b": {"low": 1}}}, "`sweep.space.a.b`: give `choices`, or both"),
        ({"space": {"a.b": {"choices": []}}}, "`sweep.space.a.b`: `choices` is empty"),
        ({"space": {"a.b": {"choices": [1, 2, 1.0]}}}, "`sweep.space.a.b`: `choices` holds 1.0 tw"),
        ({"space": {"a.b": {"choices": [1], "low": 1}}}, "`choices` go with no `low`"),
        ({"space": {"a.b": {"low": 2, "high": 2}}}, "`low: 2` must be below `high: 2`"),
        ({"space": {"a.b": {"low": 0, "high": 2, "log": True}}}, "`log: true` needs `low` above 0"),
        ({"space": {"a.b": {"low": 1, "high": 2, "log": True, "step": 1}}}, "do not go together"),
        ({"space": {"a.b": {"low": 1, "high": 2, "step": 2}}}, "`step: 2` is larger than the ran"),
        ({"space": {"a.b": {"low": 1, "high": 2, "step": 0}}}, "`sweep.space.a.b.step` should be"),
        ({"space": {"a.b": {"low": 1, "high": "x"}}}, "`sweep.space.a.b.high` should be a valid"),
        ({"space": {"a.b": 3}}, "sweep.space.a.b"),
        ({"space": 3}, "`sweep.space` should be a valid dictionary, not 3"),
    ],
)
def test_a_wrong_key_is_named(changes, message):
    with pytest.raises(ParamsError) as refusal:
        check_sweep(plain_sweep(**changes))
    assert message in str(refusal.value)
    assert str(refusal.value).startswith("params.yaml: ")


def test_every_wrong_entry_is_named_at_once():
    space = {"a.b": {"low": 2, "high": 1}, "a.c": {"choices": []}}
    with pytest.raises(ParamsError) as refusal:
        check_sweep(plain_sweep(space=space, trials=0))
    assert all(key in str(refusal.value) for key in ("space.a.b`", "space.a.c`", "sweep.trials"))


def test_a_step_may_be_the_whole_range():
    check_sweep(plain_sweep(space={"a.b": {"low": 0.2, "high": 0.3, "step": 0.1}}))


def test_true_is_not_one():
    check_sweep(plain_sweep(space={"a.b": {"choices": [1, True, 0, False]}}))
