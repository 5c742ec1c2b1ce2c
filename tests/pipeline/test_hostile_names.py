"""A whole project on data whose columns have names that would do harm if they were no words."""

from pathlib import Path

import mlflow
import pytest
from hostile_support import NAMES, PLAIN, SIGNALS, STATES, write_hostile_edition
from html_support import Parsed, Scripts
from pipeline_support import new_project

pytestmark = [
    pytest.mark.slow,
    pytest.mark.fault("hostile names"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


def test_they_come_through_everything_as_words(tmp_path, record_property):
    project = new_project(tmp_path / "project", PLAIN)
    write_hostile_edition(project.root / "data/raw/sample")
    project.dvc("repro")
    project.git("add", ".")
    project.git("commit", "-qm", "hostile names")

    page = Parsed((project.root / project.run("hw1", "report").stdout.strip()).read_bytes())
    assert not {"script", "iframe", "object", "a"} & set(page.tags)
    assert page.handlers == []
    assert all(address.startswith("data:image/png;base64,") for address in page.addresses)
    for name in STATES:
        assert name in page.text
    for signal in SIGNALS:
        assert f"{signal}_day" in page.text

    shown = Path(project.dvc("plots", "show").stdout.strip().removeprefix("file://"))
    plots = Scripts(shown.read_text(encoding="utf-8"))
    assert STATES[0] in plots.scripts
    assert plots.handlers == []
    assert "iframe" not in plots.tags

    structured = ("-S", "train.task=structured", "-S", "features.last_day=false")
    project.dvc("exp", "run", *structured)
    assert SIGNALS[0] in project.run("hw1", "summary").stdout
    told = project.run("hw1", "diff", "HEAD", "workspace", "--full").stdout
    for signal in SIGNALS:
        assert f"{signal}_day" in "".join(line.strip() for line in told.splitlines())
    assert "\x1b" not in told

    client = mlflow.MlflowClient(f"sqlite:///{project.root}/mlflow.db")
    experiment = client.get_experiment_by_name("hw1-sample").experiment_id
    runs = client.search_runs([experiment])
    assert len(runs) == 2
    signals = [name for run in runs for name in run.data.metrics if name.startswith("x_signal/")]
    assert len(signals) >= len(SIGNALS)
    record_property("cases", sum(plain != name for plain, name in NAMES.items()))
