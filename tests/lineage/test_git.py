import pytest
from tracking_support import fabricate

from hw1.lineage import git
from hw1.lineage.lock import LOCK_FILE


def write(project, path, text="new\n"):
    file = project.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_a_commit_is_found_by_any_of_its_names(project):
    commit = project.git("rev-parse", "HEAD")
    project.git("tag", "first")
    assert git.head(project.root) == commit
    for name in ("HEAD", "main", "first", commit[:8]):
        assert git.resolve(project.root, name) == commit
    assert git.resolve(project.root, "unknown") is None
    assert git.resolve(project.root, "--all") is None


def test_a_folder_without_git_has_nothing(tmp_path):
    assert git.head(tmp_path) is None
    assert git.experiments(tmp_path) == []
    assert git.changed_files(tmp_path) == ()


def test_a_missing_git_is_no_trouble(project, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert git.head(project.root) is None
    assert git.experiments(project.root) == []
    assert git.text_at(project.root, "HEAD", "./params.yaml") is None


@pytest.mark.parametrize("path", ["src/hw1/new.py", "stages/größer now.py", "params.yaml"])
def test_a_changed_or_new_file_is_named(project, path):
    assert git.changed_files(project.root) == ()
    write(project, path)
    write(project, ".dvc/tmp/ignored")
    assert git.changed_files(project.root) == (path,)


def test_removed_and_renamed_files_are_named(project):
    project.git("mv", "variants.yaml", "others.yaml")
    (project.root / "params.yaml").unlink()
    assert git.changed_files(project.root) == ("others.yaml", "params.yaml", "variants.yaml")


def test_experiments_are_told_by_name_with_their_baseline(project):
    baseline = project.git("rev-parse", "HEAD")
    later = project.experiment("later", fabricate(dropout=0.4))
    early = project.experiment("early", fabricate(dropout=0.3))
    project.git("update-ref", "refs/exps/exec/EXEC_HEAD", baseline)
    project.git("update-ref", "refs/exps/stash", baseline)
    project.git("update-ref", "refs/exps/celery/stash", baseline)
    assert git.experiments(project.root) == [
        git.Experiment("early", early, baseline),
        git.Experiment("later", later, baseline),
    ]


def test_commits_of_a_file_are_those_of_all_branches_and_the_newest_comes_first(project):
    first = project.commit(fabricate(dropout=0.1))
    write(project, "README.md")
    project.git("add", ".")
    project.git("commit", "-qm", "no result")
    project.git("checkout", "-qb", "side")
    second = project.commit(fabricate(dropout=0.3))
    project.git("checkout", "-q", "main")
    experiment = project.experiment("apart", fabricate(dropout=0.4))
    assert git.commits_of(project.root, LOCK_FILE) == [second, first]
    assert experiment not in git.commits_of(project.root, LOCK_FILE)


def test_a_file_is_read_as_a_commit_has_it(project):
    commit = project.commit(fabricate())
    write(project, "params.yaml", "edited: true\n")
    assert git.text_at(project.root, commit, "./params.yaml") == fabricate().record.params_text
    assert git.text_at(project.root, commit, "./unknown.yaml") is None
    seconds = int(project.git("show", "-s", "--format=%ct", commit))
    assert git.commit_time(project.root, commit) == 1000 * seconds
