"""The experiment as its stage runs it."""

from __future__ import annotations

from typing import Any

from hw1.core import layout
from hw1.core.sections import read_params
from hw1.evaluation.labels import split_facts
from hw1.evaluation.report import evaluation_metrics
from hw1.ingest.reading import read_edition
from hw1.lectures.frame.data import edition_in_use
from hw1.lectures.frame.experiment import Experiment, Findings
from hw1.lectures.tasks.chance import Draws, span_of
from hw1.lectures.tasks.classes import calibration_of, classification_numbers, curves_of
from hw1.lectures.tasks.day import seeds_table, signals_table, structured_numbers
from hw1.lectures.tasks.page import make_page
from hw1.lectures.tasks.params import ModelName, TasksParams
from hw1.lectures.tasks.pictures import draw
from hw1.lectures.tasks.recipe import Recipe, make_recipe
from hw1.lectures.tasks.running import Ground, Ran
from hw1.params.project import check_params
from hw1.target import Rise

CLASSIFIERS: tuple[ModelName, ...] = ("linear", "mlp")
VECTORS: tuple[ModelName, ...] = ("linear", "ridge", "mlp")


def compute(params: TasksParams) -> Findings:
    """Fit every model to every task, and judge all by the same held-out rows.

    Raises:
        DataError: the edition is missing or damaged, or its held-out rows are of one state or one
            class.
        ParamsError: the pipeline refuses params.yaml, or an override is not valid.
    """
    check_params()
    edition = edition_in_use()
    plan = recipes(params, read_params(), edition)
    usual = plan["regression"]["mlp"]
    ground = Ground(read_edition(layout.RAW / edition), usual.ingest)
    ran: dict[str, dict[str, Ran]] = {
        task: {name: ground.run(recipe) for name, recipe in of_task.items()}
        for task, of_task in plan.items()
    }
    rise, network = Rise(params.rise), ran["regression"]["mlp"]
    draws = Draws(network.validation.scored, usual.evaluate)
    classes = ran["classification"], ran["regression"], rise
    structured = structured_numbers(ran["structured"], ran["forecast"], network, draws)
    metrics = {
        **_about(network, params),
        "commands": {task: of_task["mlp"].command for task, of_task in plan.items()},
        "regression": _regression(network),
        "classification": classification_numbers(*classes, draws),
        "structured": structured,
    }
    tables = {
        "calibration": calibration_of(ran["classification"]),
        "roc": curves_of(*classes),
        "signals": signals_table(structured),
        "seeds": seeds_table(ran["structured"], ran["forecast"]),
    }
    return Findings(metrics, tables)


def recipes(
    params: TasksParams, content: dict[str, Any], edition: str
) -> dict[str, dict[ModelName, Recipe]]:
    """What is asked of the main pipeline, by task and model.

    Args:
        params: section `tasks:`.
        content: params.yaml's content.
        edition: which data.

    Returns:
        `regression` and `classification` see the last day's other signals, as the homework hands
        them out; `structured` and `forecast`, a regression, see the days before it alone.

    Raises:
        ParamsError: an override is not valid.
    """
    classification = {"train.task": "classification", "train.rise": params.rise}
    asked: dict[str, tuple[tuple[ModelName, ...], dict[str, Any]]] = {
        "regression": (CLASSIFIERS, {"train.task": "regression", "features.last_day": True}),
        "classification": (CLASSIFIERS, {**classification, "features.last_day": True}),
        "structured": (VECTORS, {"train.task": "structured", "features.last_day": False}),
        "forecast": (VECTORS, {"train.task": "regression", "features.last_day": False}),
    }
    return {
        task: {name: make_recipe(content, own | params.overrides(name, edition)) for name in models}
        for task, (models, own) in asked.items()
    }


def _about(ran: Ran, params: TasksParams) -> dict[str, Any]:
    scored, recipe = ran.validation.scored, ran.recipe
    return {
        "edition": recipe.ingest.edition,
        "split": split_facts(recipe.ingest.split.method),
        "rows": len(scored),
        "states": int(scored["state"].nunique()),
        "seeds": params.seeds,
        "confidence": 100 * recipe.evaluate.confidence,
        "hidden": list(recipe.train.hidden),
    }


def _regression(ran: Ran) -> dict[str, Any]:
    """The homework's own task, as the evaluate stage has it; skill in percent."""
    recipe = ran.recipe
    method = recipe.ingest.split.method
    metrics = evaluation_metrics(ran.validation, recipe.evaluate, recipe.ingest.edition, method)
    seeds = metrics["seeds"]
    return {
        "mse": span_of(metrics["valid"], "mse")
        | {"mean": seeds["mse_mean"], "deviation": seeds["mse_deviation"]},
        "skill": span_of(metrics["valid"], "skill", 100),
        "persistence": metrics["persistence"]["mse"],
    }


EXPERIMENT = Experiment("tasks", TasksParams, compute, draw, make_page)
