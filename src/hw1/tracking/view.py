"""How MLflow shows an experiment: its table's columns and its charts.

MLflow keeps a saved view as a tag of the experiment: an envelope (`name`, `createdAt`, `updatedAt`)
around a `state` that belongs to its browser code. That state is no public interface: a version that
does not know it shows its own default table, and nothing is lost.
"""

import json
from collections.abc import Mapping
from typing import Any

from hw1.references import own_metric
from hw1.task_words import CLASSIFICATION
from hw1.tracking.metrics import (
    HEADLINE,
    LEAKING,
    LEARNING,
    PROBABILITIES,
    SECONDS,
    TRANSDUCTIVE,
    headline_names,
    main_metric,
    probability_names,
)
from hw1.tracking.notes import NOTE_TAG, experiment_note
from hw1.tracking.store import PREFIX

VIEW_PREFIX = "mlflow.sharedViewState."
VIEW_KEY = "hw1"
VIEW_TAG = f"{VIEW_PREFIX}{VIEW_KEY}"
PROBABILITIES_KEY = "hw1-classification"
PROBABILITIES_TAG = f"{VIEW_PREFIX}{PROBABILITIES_KEY}"

WIDTHS = {  # pixels, of the columns after the headline's; MLflow's own would cut these
    "tags.`task`": 120,
    "tags.`split`": 120,
    "tags.`extrapolation`": 120,
    "params.`train.model`": 120,
    "params.`features.selection`": 150,
    "params.`features.k`": 100,
    "params.`train.optimizer.name`": 170,
    "params.`train.optimizer.learning_rate`": 220,
    "params.`train.seeds`": 110,
    "tags.`dvc.experiment`": 160,
}
PROBABILITIES_WIDTH = 200  # pixels, for `classification/cross_entropy`
DIFFERENCES = "what differs"
SECTIONS = {  # of the chart page, from the top; whether they are open
    HEADLINE: True,
    PROBABILITIES: False,
    LEAKING: False,
    TRANSDUCTIVE: False,
    DIFFERENCES: True,
    LEARNING: True,
    "evaluate": False,
    "submit": False,
    "train": False,
    SECONDS: False,
    "features": False,
    "ingest": False,
    "x_score": False,
    "x_shift": False,
    "x_signal": False,
}


def set_view(client: Any, experiment_id: str, *, probabilities: bool = False) -> str:
    """Store an experiment's views, and a note where it has none that a person may have edited.

    What is there already is not written again.

    Args:
        client: MLflow's client.
        experiment_id: of an experiment named `hw1-<edition>`.
        probabilities: whether to open the table of classifications.

    Returns:
        What follows the server's `http://host:port/` in the address of the table.
    """
    experiment = client.get_experiment(experiment_id)
    edition = experiment.name.removeprefix(PREFIX)
    created = experiment.creation_time
    views = {
        VIEW_TAG: view_tag(edition, created),
        PROBABILITIES_TAG: probabilities_tag(edition, created),
    }
    for tag, view in views.items():
        if experiment.tags.get(tag) != view:
            client.set_experiment_tag(experiment_id, tag, view)
    if NOTE_TAG not in experiment.tags:
        client.set_experiment_tag(experiment_id, NOTE_TAG, experiment_note(edition))
    return view_address(experiment_id, PROBABILITIES_KEY if probabilities else VIEW_KEY)


def view_address(experiment_id: str, key: str) -> str:
    """What follows the server's address in that of a table as a saved view shows it."""
    query = f"workflowType=machine_learning&viewStateShareKey={key}"
    return f"#/experiments/{experiment_id}/runs?{query}"


def view_tag(edition: str, created: int) -> str:
    """The saved view of an edition's experiment, as MLflow's browser code reads it.

    Args:
        edition: name of the data, which decides the metric that runs are ordered by.
        created: milliseconds since 1970; a fixed time, so that the tag stays the same.
    """
    metric = own_metric(edition)
    linked = headline_names(metric, transductive=True)
    apart = [headline_names(metric, leaks=True)[0], linked[0], *linked[-2:]]
    numbers = [*headline_names(metric), *apart, probability_names()[0]]
    columns = [*(f"metrics.`{name}`" for name in numbers), *WIDTHS]
    state = {
        # a search's runs are no variants, and have no such parameter
        "searchFilter": f"params.`ingest.edition` = '{edition}'",
        "orderByKey": f"metrics.`{main_metric(edition)}`",
        "orderByAsc": True,
        "selectedColumns": columns,
        "columnOrder": columns,
        "columnWidths": WIDTHS,
        "compareRunSections": [_section(name, shown) for name, shown in SECTIONS.items()],
        "compareRunCharts": _charts(edition),
        "isAccordionReordered": True,  # keeps the order of the sections
    }
    return saved_view("Best first", created, state)


def probabilities_tag(edition: str, created: int) -> str:
    """The saved view of an edition's classifications alone; arguments as of `view_tag`."""
    numbers = [*probability_names(), probability_names(leaks=True)[0]]
    widths = {f"metrics.`{name}`": PROBABILITIES_WIDTH for name in numbers} | WIDTHS
    columns = list(widths)
    state = {
        "searchFilter": f"params.`ingest.edition` = '{edition}' and tags.task = '{CLASSIFICATION}'",
        "orderByKey": f"metrics.`{numbers[0]}`",
        "orderByAsc": True,
        "selectedColumns": columns,
        "columnOrder": columns,
        "columnWidths": widths,
    }
    return saved_view("Classification", created, state)


def saved_view(name: str, created: int, state: Mapping[str, Any]) -> str:
    """A view as MLflow's browser code reads it from a tag.

    Args:
        name: what MLflow calls it.
        created: milliseconds since 1970; a fixed time, so that the tag stays the same.
        state: what the table shows.
    """
    envelope = {"name": name, "createdAt": created, "updatedAt": created}
    return _compact({**envelope, "state": _compact(state)})


def _compact(content: Any) -> str:
    return json.dumps(content, separators=(",", ":"))


def _section(name: str, shown: bool) -> dict[str, Any]:
    section = {"uuid": name, "name": name, "display": shown, "isGenerated": True}
    return section | ({"columns": 1, "cardHeight": 400} if name == DIFFERENCES else {})


def _charts(edition: str) -> list[dict[str, Any]]:
    """The charts whose place matters; MLflow adds one for every other metric."""
    names = headline_names(own_metric(edition))
    bars = [
        _chart("BAR", HEADLINE, name, deleted="low" in name or "high" in name) for name in names
    ]
    table = _chart("DIFFERENCE", DIFFERENCES, "") | {
        "chartName": "What differs",
        "compareGroups": ["Parameters"],
        "showDifferencesOnly": True,
        "showChangeFromBaseline": False,
        "baselineColumnUuid": "",
    }
    # MLflow puts a new chart before the first that sorts after it, and misplaces one without any
    last = _chart("BAR", [*SECTIONS][-1], "zzz", deleted=True)
    return [*bars, table, last]


def _chart(kind: str, section: str, metric: str, *, deleted: bool = False) -> dict[str, Any]:
    return {
        "type": kind,
        "uuid": metric or kind,
        "metricSectionId": section,
        "metricKey": metric,
        "runsCountToCompare": 10,
        "isGenerated": True,
        "deleted": deleted,
    }
