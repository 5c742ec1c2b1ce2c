"""MLflow's pages in a real browser: the table of runs and the comparison of three."""

import json
import shutil

import pytest
from browser_support import find_browser, open_page, serving, variant_texts

from hw1.tracking.metrics import metric_points
from hw1.tracking.view import set_view

ERRORS = {"default": 1.25, "lasso": 1.125, "features.k=16": 1.375}
CHANGES = {
    "default": {},
    "lasso": {"train.model": "lasso"},
    "features.k=16": {"features.k": "16", "features.selection": "f_regression"},
}
DEFAULTS = {
    "features.days": "1",
    "features.k": "null",
    "features.selection": "all",
    "ingest.edition": "sample",
    "train.model": "mlp",
    "train.optimizer.name": "adamw",
}


@pytest.fixture(scope="module")
def browser():
    found = find_browser()
    if found is None:
        pytest.skip("no Chromium or Chrome is installed")
    return found


@pytest.fixture(scope="module")
def store(browser, empty_store, tmp_path_factory):
    """Three variants and a search: the database, the variants' runs, their table's address."""
    import mlflow
    from mlflow.entities import Metric, Param

    folder = tmp_path_factory.mktemp("mlflow")
    database = shutil.copy(empty_store, folder / "mlflow.db")
    client = mlflow.MlflowClient(f"sqlite:///{database}")
    experiment = client.create_experiment("hw1-sample", (folder / "artifacts").as_uri())
    runs = {}
    for name, error in ERRORS.items():
        run = client.create_run(experiment, tags={"split": "forward"}, run_name=name)
        points = metric_points(variant_texts(error))
        client.log_batch(
            run.info.run_id,
            metrics=[Metric(key, value, 0, step) for key, value, step in points],
            params=[Param(key, value) for key, value in (DEFAULTS | CHANGES[name]).items()],
        )
        client.set_terminated(run.info.run_id)
        runs[name] = run.info.run_id
    search = client.create_run(experiment, tags={"hw1.kind": "sweep"}, run_name="sweep-widths")
    client.log_metric(search.info.run_id, "sweep/best", 1.0)
    return database, runs, experiment, set_view(client, experiment)


@pytest.fixture(scope="module")
def server(store):
    with serving(store[0]) as address:
        yield address


def test_the_table_shows_the_best_variant_first_and_no_search(browser, store, server):
    page = open_page(browser, f"{server}/{store[3]}", "lasso")
    shown = [
        (row["attributes.`Run Name`"], row["metrics.`error/mse`"], row["tags.`split`"])
        for row in page.rows
    ]
    assert shown == [
        ("lasso", "1.125", "forward"),
        ("default", "1.25", "forward"),
        ("features.k=16", "1.375", "forward"),
    ]
    columns = list(page.rows[0])
    first = columns.index("metrics.`error/mse`")
    assert columns[first : first + 7] == [
        "metrics.`error/mse`",
        "metrics.`error/mse_low`",
        "metrics.`error/mse_high`",
        "metrics.`error/skill`",
        "metrics.`error/test_mse`",
        "metrics.`error/test_mse_expected`",
        "tags.`split`",
    ]
    assert page.rows[0]["params.`train.model`"] == "lasso"
    assert page.rows[2]["params.`features.selection`"] == "f_regression"


def test_the_comparison_starts_with_the_main_metric(browser, store, server):
    _, runs, experiment, _ = store
    ids, experiments = (
        json.dumps(words, separators=(",", ":")) for words in (list(runs.values()), [experiment])
    )
    address = f"{server}/#/compare-runs?runs={ids}&experiments={experiments}"
    page = open_page(browser, address, "1.375")
    assert page.after("Run Name:")[:3] == list(ERRORS)

    metrics = page.after("Metrics", "Show diff only")
    names = metrics[: metrics.index("1.25")]
    assert names[:6] == [
        "error/mse",
        "error/mse_high",
        "error/mse_low",
        "error/skill",
        "error/test_mse",
        "error/test_mse_expected",
    ]
    assert metrics[len(names) :][:3] == ["1.25", "1.125", "1.375"]

    parameters = page.after("Parameters", "Show diff only")
    place = parameters.index("train.model")
    assert parameters[place + 1 : place + 4] == ["mlp", "lasso", "mlp"]
