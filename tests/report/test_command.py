"""`hw1 report` in a project of its own; MLflow's address leads nowhere."""

import pytest
from browser_support import predictions_text
from tracking_support import enter_project, fabricate

from hw1.core.errors import DataError, Hw1Error
from hw1.report.command import file_name, write_report


@pytest.fixture
def project(tmp_path, monkeypatch):
    return enter_project(tmp_path / "project", monkeypatch)


@pytest.fixture
def variant(whole):
    whole_one = whole()

    def make(name="whole", **options):
        return fabricate(
            texts=whole_one.record.texts, predictions=predictions_text(), name=name, **options
        )

    return make


def test_the_workspace_is_written_where_git_does_not_look(project, variant):
    project.write(variant())
    project.cache(variant())
    path = write_report("workspace")
    assert path.parent.as_posix() == "data/report"
    html = path.read_text()
    assert "predicted against true" in html
    assert "No other variant by split forward has been run yet." in html


def test_a_variant_stands_beside_its_rivals(project, variant):
    (project.root / "variants.yaml").write_text("lasso: {about: x, set: {train.model: lasso}}\n")
    one, other = variant("one"), variant("other", dropout=0.4)
    project.record(one)
    project.record(other)
    html = write_report(one.record.variant.key[:12], project.root / "page.html").read_text()
    assert "One of 2 variants by split forward." in html
    assert "hw1 run lasso" in html
    (marked,) = html.split('class="marked"')[1:2]
    assert marked.startswith("><th")
    again = write_report(one.record.variant.key[:12], project.root / "again.html").read_text()
    assert again == html


def test_it_is_written_although_the_cache_was_cleaned(project, variant):
    project.commit(variant())
    assert "predicted against true" not in write_report("HEAD").read_text()


@pytest.mark.fault("older files")
def test_metrics_of_another_version_are_one_message(project):
    project.commit(fabricate(texts={"metrics/evaluate.json": '{"mse": 1}'}))
    with pytest.raises(DataError, match="another version of the project"):
        write_report("HEAD")


def test_an_unknown_name_is_one_message(project, variant):
    project.record(variant())
    with pytest.raises(Hw1Error):
        write_report("nobody")


def test_file_names_are_harmless_and_tell_variants_apart(variant):
    names = {
        file_name(variant(name, dropout=dropout).record)
        for name in ("lasso", "../../etc, <x>")
        for dropout in (0.1, 0.2)
    }
    assert len(names) == 4
    assert all("/" not in name and "<" not in name for name in names)
