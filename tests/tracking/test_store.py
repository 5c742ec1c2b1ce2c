from hw1.tracking.store import artifact_location, lock_path, project_root, tracking_uri


def test_an_experiment_in_a_temporary_folder_uses_the_projects_store(monkeypatch, tmp_path):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    assert project_root() == tmp_path.resolve()
    assert tracking_uri() == f"sqlite:///{tmp_path.resolve()}/mlflow.db"
    assert artifact_location() == f"file://{tmp_path.resolve()}/mlartifacts"
    assert tmp_path.resolve() in lock_path().parents


def test_a_named_server_decides_where_artifacts_lie(monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:5000")
    assert tracking_uri() == "http://127.0.0.1:5000"
    assert artifact_location() is None
