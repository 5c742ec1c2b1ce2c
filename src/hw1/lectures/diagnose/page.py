"""The page: what the metrics say, in words."""

from __future__ import annotations

from hw1.lectures.diagnose.ladder import PERSISTENCE, VARIANT
from hw1.lectures.frame.experiment import Metrics
from hw1.lectures.frame.page import render_page

VERDICTS = {
    "model_bias": "model bias",
    "optimisation": "a problem of optimisation",
    "overfitting": "overfitting",
    "mismatch": "a mismatch of training and test",
    "fine": "nothing wrong that this can find",
}
QUESTIONS = {
    "diverges": "Does the loss of any seed stop being a number?",
    "held_out_worse": "Is its held-out loss higher than that of the ladder's best?",
    "training_large": "Is its training loss higher than that model's, too?",
    "penalised": "Do its penalties raise its training loss?",
    "easier_fits_better": "Does a model that it contains fit the training windows better?",
    "easier_predicts_better": "Does that model predict held-out windows better, too?",
    "later_days_worse": "Does it lose skill on later days?",
    "test_like_worse": "Does it lose skill on held-out windows that look like test windows?",
    "inputs_apart": "Do training and test windows have next to nothing in common?",
}


def render(metrics: Metrics) -> str:
    """The page as Markdown.

    Args:
        metrics: as `report.summarise` makes them; every number on the page is one of them.
    """
    return render_page(
        "diagnose",
        metrics,
        sentences=sentences(metrics),
        words=VERDICTS[metrics["verdict"]],
        questions=questions(metrics),
        depths=_depths(metrics),
    )


def sentences(metrics: Metrics) -> list[str]:
    """The verdict in three sentences: what was seen, what follows, and what about the test rows."""
    return [_seen(metrics), _follows(metrics), _test_rows(metrics)]


def questions(metrics: Metrics) -> list[dict[str, str]]:
    """The questions on the way to the verdict, with answers and numbers."""
    lines = []
    for name in metrics["asked"]:
        finding = metrics["findings"][name]
        lines.append(
            {
                "question": QUESTIONS[name],
                "answer": "yes" if finding["holds"] else "no",
                "value": _amount(finding["value"], finding["unit"]),
                "threshold": _amount(finding["threshold"], finding["unit"]),
                "against": f"`{finding['against']}`" if "against" in finding else "",
            }
        )
    return lines


def _seen(metrics: Metrics) -> str:
    own, models = metrics["models"][VARIANT], metrics["models"]
    if "train" not in own:
        return "The loss stops being a number with every seed."
    reference = metrics["reference"]
    best = models[reference]
    return (
        f"The variant has a loss of {_loss(own['train']['mse'])} on the windows that it learns "
        f"from and {_loss(own['held_out']['mse'])} on held-out ones; the ladder's best on "
        f"held-out windows, `{reference}`, has {_loss(best['train']['mse'])} and "
        f"{_loss(best['held_out']['mse'])}, and persistence "
        f"{_loss(models[PERSISTENCE]['train']['mse'])} and "
        f"{_loss(models[PERSISTENCE]['held_out']['mse'])}."
    )


def _follows(metrics: Metrics) -> str:
    findings = metrics["findings"]
    verdict = metrics["verdict"]
    if verdict == "optimisation" and findings["diverges"]["holds"]:
        share = _amount(findings["diverges"]["value"], "percent")
        return f"Training runs away with {share} of the seeds: optimisation fails."
    if verdict == "optimisation":
        easier = findings["easier_fits_better"]["against"]
        predicts = findings["easier_predicts_better"]["holds"]
        others = "and predicts better" if predicts else "though it predicts others no better"
        return (
            f"It could compute whatever `{easier}` computes, and yet that fits the training "
            f"windows better, {others}: training does not find what the model could do."
        )
    if verdict == "model_bias":
        bound = findings.get("penalised", {}).get("holds", False)
        return (
            "It fits even the windows that it learns from worse than a model that also predicts "
            "better, and no model inside it fits them better, either: what it may compute is too "
            "little" + (", and its penalties are part of that." if bound else ".")
        )
    if verdict == "overfitting":
        return (
            "It fits the windows that it learns from as well as the ladder's best or better, and "
            "predicts others worse: what it has learnt there does not hold elsewhere."
        )
    closeness = "as well as the ladder's best, but for what may be noise"
    if verdict == "mismatch":
        return f"It predicts held-out blocks {closeness}; that does not carry over."
    return f"It predicts held-out blocks {closeness}, so there is nothing to mend in its training."


def _test_rows(metrics: Metrics) -> str:
    apart, findings = metrics["apart"], metrics["findings"]
    told = told_apart(metrics)
    if findings["inputs_apart"]["holds"]:
        return f"{told}, so that no held-out window can stand for them."
    lost = [
        (words, findings[name])
        for name, words in (
            ("later_days_worse", "on later days"),
            ("test_like_worse", "where held-out windows look like test windows"),
        )
        if name in findings
    ]
    worse = [
        f"{words} it saves {_amount(one['value'], 'percent')} less of persistence's error"
        for words, one in lost
        if one["holds"]
    ]
    if worse:
        return f"{told}, and {' and '.join(worse)}."
    asked = " or ".join(words for words, _ in lost)
    if not lost:
        return f"{told}."
    joined = "but" if apart["found"] else "and"
    return f"{told}, {joined} it does not lose skill {asked} by more than noise."


def told_apart(metrics: Metrics) -> str:
    """Whether test windows can be told from training windows."""
    apart = metrics["apart"]
    area = f"{apart['auc'][apart['best']]:.2f}"
    if apart["found"]:
        return f"Test windows can be told from training windows with an AUC of {area}"
    return f"No classifier tells test windows from training windows (AUC {area}, as by guessing)"


def _depths(metrics: Metrics) -> str:
    """What the ladder's networks show about depth, all pairs of them compared."""
    depth, models = metrics["depth"], metrics["models"]
    lowest = models[depth["lowest"]]["train"]["mse"]
    told = f"Here the training loss is lowest with `{depth['lowest']}`, {_loss(lowest)}"
    if not depth["holds"]:
        return f"{told}, and no network lies above a shallower one by more than noise."
    deeper = models[depth["deeper"]]["train"]["mse"]
    return (
        f"{told}; with `{depth['deeper']}` it is {_loss(deeper)}, {_loss(depth['value'])} above "
        f"`{depth['against']}`, where no more than {_loss(depth['threshold'])} counts as noise: "
        "depth makes training harder."
    )


def _amount(value: float, unit: str) -> str:
    """A number in its unit: losses and areas under a curve have none."""
    return {"percent": f"{value:.1f} %", "auc": f"{value:.2f}", "mse": f"{value:.3f}"}[unit]


def _loss(value: float) -> str:
    return f"{value:.3f}"
