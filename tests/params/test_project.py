import pytest
from support import ROOT

from hw1.core.errors import ParamsError
from hw1.params.project import check_params


def test_what_does_not_go_together_is_said(tmp_path):
    text = (ROOT / "params.yaml").read_text().replace("  link: none", "  link: both", 1)
    (tmp_path / "params.yaml").write_text(text)
    with pytest.raises(ParamsError, match=r"`ingest.link: both` and `features.pairs: with_test`"):
        check_params(tmp_path / "params.yaml")


def test_a_random_split_takes_no_pairs(tmp_path):
    text = (ROOT / "params.yaml").read_text().replace("method: forward", "method: random", 1)
    (tmp_path / "params.yaml").write_text(text)
    with pytest.raises(ParamsError, match=r"a pair of a neighbouring window is the held-out row"):
        check_params(tmp_path / "params.yaml")


def test_a_day_that_is_seen_cannot_be_predicted(tmp_path):
    text = (ROOT / "params.yaml").read_text().replace("task: regression", "task: structured", 1)
    (tmp_path / "params.yaml").write_text(text)
    with pytest.raises(ParamsError, match=r"must not be seen; set `features.last_day: false`"):
        check_params(tmp_path / "params.yaml")
    (tmp_path / "params.yaml").write_text(text.replace("last_day: true", "last_day: false", 1))
    check_params(tmp_path / "params.yaml")


def test_linked_windows_show_the_last_day(tmp_path):
    text = (ROOT / "params.yaml").read_text().replace("  link: none", "  link: past", 1)
    text = text.replace("last_day: true", "last_day: false", 1)
    (tmp_path / "params.yaml").write_text(text.replace("pairs: with_test", "pairs: last", 1))
    with pytest.raises(ParamsError, match=r"linked windows show the last day"):
        check_params(tmp_path / "params.yaml")
