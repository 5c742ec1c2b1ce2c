"""All that an MLflow store shows, in a form in which two stores can be compared."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from tracking_support import all_runs, history_of

ONCE = ("utc_time_created",)  # lines of files that differ from one publication to the next


def shown(client: Any) -> list[dict[str, Any]]:
    """Everything that a person sees of the runs of a store.

    Ids are left out, as are the moments of publishing. What a publisher has begun and not finished
    is seen as well: a run that goes on, a model that belongs to none.
    """
    experiments = [each for each in client.search_experiments() if each.name != "Default"]
    return [
        {
            "experiment": experiment.name,
            "tags": sorted(experiment.tags),
            "runs": sorted(_runs(client, experiment.experiment_id), key=str),
            "models": len(client.search_logged_models([experiment.experiment_id])),
        }
        for experiment in experiments
    ]


def _runs(client: Any, experiment: str) -> list[dict[str, Any]]:
    return [_run(client, run) for run in all_runs(client) if run.info.experiment_id == experiment]


def _run(client: Any, run: Any) -> dict[str, Any]:
    run_id = run.info.run_id
    outputs = run.outputs.model_outputs if run.outputs else []
    models = [client.get_logged_model(output.model_id) for output in outputs]
    ids = {run.info.experiment_id: "EXPERIMENT", run_id: "RUN"}
    ids |= {model.model_id: f"MODEL{place}" for place, model in enumerate(models)}
    ids |= dict.fromkeys([run.data.tags.get("mlflow.parentRunId", run_id)], "RUN")
    return {
        "name": run.info.run_name,
        "status": run.info.status,
        "time": (run.info.start_time, run.info.end_time),
        "params": run.data.params,
        "metrics": {name: history_of(client, run_id, name) for name in run.data.metrics},
        "tags": {name: _without(ids, text) for name, text in run.data.tags.items()},
        "data": [each.to_dictionary() for each in run.inputs.dataset_inputs],
        "files": _files(ids, run.info.artifact_uri),
        "models": [
            (model.name, str(model.status), model.params, _files(ids, model.artifact_location))
            for model in models
        ],
    }


def _files(ids: Mapping[str, str], uri: str) -> dict[str, bytes]:
    folder = Path(unquote(urlsplit(uri).path))
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): _content(ids, path) for path in paths}


def _content(ids: Mapping[str, str], path: Path) -> bytes:
    content = path.read_bytes()
    if path.name != "MLmodel":
        return content
    lines = [line for line in content.decode().splitlines() if not line.startswith(ONCE)]
    return _without(ids, "\n".join(lines)).encode()


def _without(ids: Mapping[str, str], text: str) -> str:
    for each, name in ids.items():
        text = text.replace(each, name) if len(each) > 1 else text.replace(f"/{each}/", f"/{name}/")
    return text
