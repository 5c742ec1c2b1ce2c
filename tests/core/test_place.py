from pathlib import Path

from hw1.core.place import project_root, state_folder


def test_it_is_the_current_folder_unless_dvc_says_otherwise(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DVC_ROOT", raising=False)
    assert project_root() == tmp_path.resolve()
    monkeypatch.setenv("DVC_ROOT", str(tmp_path / "original"))
    assert project_root() == (tmp_path / "original").resolve()
    assert state_folder() == project_root() / ".dvc/tmp/hw1"
    assert state_folder(Path("other")) == Path("other/.dvc/tmp/hw1")
