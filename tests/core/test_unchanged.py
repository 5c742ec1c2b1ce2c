import pytest

from hw1.core.errors import Hw1Error
from hw1.core.unchanged import params_texts, require_unchanged

PIPELINE = """\
stages:
  train:
    params: [train, ingest.edition]
"""
LECTURES = """\
stages:
  views:
    params:
      - features
      - lectures/params.yaml: [views]
"""
PARAMS = "ingest:\n  edition: sample\n  link: none\ntrain:\n  epochs: 15\nfeatures:\n  k: 8\n"

pytestmark = pytest.mark.fault("edited meanwhile")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with both pipelines and their parameters."""
    (tmp_path / "lectures").mkdir()
    for name, text in {
        "dvc.yaml": PIPELINE,
        "params.yaml": PARAMS,
        "lectures/dvc.yaml": LECTURES,
        "lectures/params.yaml": "views:\n  seed: 1\ndata:\n  edition: sample\n",
    }.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def edit(project, file, old, new):
    path = project / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("stage", "change", "told"),
    [
        ("train", ("params.yaml", "epochs: 15", "epochs: 3"), r"params\.yaml: `train` was changed"),
        ("train", ("params.yaml", "edition: sample", "edition: 2"), r": `ingest\.edition` was"),
        ("train", ("params.yaml", "train:", "train: ["), "params.yaml: `train`, params.yaml: `ing"),
        (
            "views",
            ("lectures/params.yaml", "seed: 1", "seed: 2"),
            r"lectures/params\.yaml: `views`",
        ),
        (
            "lectures/dvc.yaml:views",
            ("params.yaml", "k: 8", "k: 9"),
            "`features` was .* `views` ran",
        ),
    ],
)
def test_parameters_that_are_changed_while_a_stage_runs_are_named(
    project, monkeypatch, stage, change, told
):
    monkeypatch.setenv("DVC_STAGE", stage)
    before = params_texts()
    require_unchanged(before)
    edit(project, *change)
    with pytest.raises(Hw1Error, match=told):
        require_unchanged(before)


@pytest.mark.parametrize(
    ("stage", "change"),
    [
        ("train", ("params.yaml", "  epochs: 15", "  epochs: 15  # enough")),
        ("train", ("params.yaml", "k: 8", "k: 9")),
        ("train", ("params.yaml", "link: none", "link: past")),
        ("views", ("lectures/params.yaml", "edition: sample", "edition: 2022")),
    ],
)
def test_what_a_stage_does_not_depend_on_may_be_edited(project, monkeypatch, stage, change):
    monkeypatch.setenv("DVC_STAGE", stage)
    before = params_texts()
    edit(project, *change)
    require_unchanged(before)


def test_a_command_that_is_no_stage_looks_at_nothing(project, monkeypatch):
    monkeypatch.delenv("DVC_STAGE", raising=False)
    assert params_texts() == {}
    require_unchanged({})
