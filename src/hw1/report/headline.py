"""The top of a page: what the variant is, and the few numbers that decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hw1.board.cells import deviation_text, share_text, skill_text
from hw1.board.marks import is_transductive
from hw1.evaluation.labels import interval, metric_label, number, yardstick
from hw1.report.blocks import Tile
from hw1.report.files import Files
from hw1.task_words import CLASSIFICATION, REGRESSION

PARTS = ("public", "private")


def facts(files: Files) -> tuple[tuple[str, str], ...]:
    """Edition, task, model and split."""
    evaluated = files.evaluate
    pairs = [("edition", str(evaluated.get("edition", "")))]
    if files.task != REGRESSION:
        pairs.append(("task", files.task))
    pairs.append(("model", str(files.train.get("model", ""))))
    pairs.append(("split", str(evaluated["split"]["label"])))
    return tuple(pair for pair in pairs if pair[1])


def warnings(files: Files) -> Iterator[str]:
    """Why the validation error is not to be compared with an honest forecast's."""
    split = files.evaluate["split"]
    if split.get("leaks"):
        yield (
            "This split leaks: held-out days also stand in training rows. The validation error "
            "is too good to trust, and says nothing of later days."
        )
    if is_transductive(split):
        yield (
            "Transductive: it looks at the days of other windows, linked by their surveys. That is "
            "no forecast, and not to be ranked among forecasts."
        )
    if files.evaluate.get("extrapolation", {}).get("verdict") == "fails":
        yield (
            "It fails to extrapolate: on rows of a higher level than it was fitted on, it is "
            "clearly worse than repeating the last known day."
        )


def tiles(files: Files) -> Iterator[Tile]:
    """The numbers that decide, the metric that the variant is judged by first."""
    yield _validation(files)
    yield from _skill(files)
    yield from _probabilities(files)
    yield from _signals(files)
    yield from _expected(files)
    yield from _score(files)
    yield from _extrapolation(files)
    seeds = files.evaluate.get("seeds", {})
    if "ensemble_deviation" in seeds:
        shown = deviation_text(seeds["ensemble_deviation"])
        moved = metric_label("mse" if files.metric == "rmse" else files.metric)
        note = f"{moved} of the mean of {seeds['members']} members"
        yield Tile("Moved by seeds", f"± {shown}", note)


def _skill(files: Files) -> Iterator[Tile]:
    valid = files.evaluate.get("valid", {})
    if "skill" not in valid:
        return
    tone = "good" if valid["skill"] > 0 else "bad"
    if files.evaluate["split"].get("leaks"):  # nothing to be proud of
        tone = ""
    against = "base_rate" if files.task == CLASSIFICATION else "persistence"
    error = files.evaluate.get(against, {}).get(files.metric)
    note = f"against {yardstick(files.task)}"
    if error is not None:
        note += f", {metric_label(files.metric)} {number(error)}"
    yield Tile("Skill", skill_text(valid["skill"]), note, tone)


def _probabilities(files: Files) -> Iterator[Tile]:
    """What else tells of probabilities; nothing where percentages are predicted."""
    if files.task != CLASSIFICATION:
        return
    valid, base = files.evaluate["valid"], files.evaluate["base_rate"]
    if "auc" in valid:
        yield Tile("AUC", share_text(valid["auc"]), _bounds(files, valid, "auc_"))
    note = f"the base rate is right in {base['accuracy'] * 100:.1f} %"
    yield Tile("Accuracy", f"{valid['accuracy'] * 100:.1f} %", note)
    if "calibration" in files.evaluate:
        error = files.evaluate["calibration"]["error"]
        yield Tile("Calibration error", f"{error:.3f}", "from predicted to observed, on average")


def _signals(files: Files) -> Iterator[Tile]:
    """How well the other signals are predicted, where they are."""
    group = files.evaluate.get("structured")
    if group and "mean_skill" in group:
        skills = [each.get("skill", 0.0) for each in group["signals"].values()]
        note = f"{sum(skill > 0 for skill in skills)} of {len(skills)} better than persistence"
        tone = "good" if group["mean_skill"] > 0 else "bad"
        yield Tile("Skill, all signals", skill_text(group["mean_skill"]), note, tone)


def _validation(files: Files) -> Tile:
    main = files.evaluate["main"]
    tone = "bad" if files.evaluate["split"].get("leaks") else ""
    label = f"Validation {metric_label(files.metric)}"
    return Tile(label, number(main["value"]), _bounds(files, main), tone)


def _bounds(files: Files, errors: Mapping[str, float], prefix: str = "") -> str:
    """An error's interval, where it has one."""
    if f"{prefix}low" not in errors:
        return ""
    share = files.evaluate.get("bootstrap", {}).get("confidence")
    title = "interval" if share is None else f"{share * 100:g} % interval"
    return f"{title} {interval(errors[f'{prefix}low'], errors[f'{prefix}high'])}"


def _expected(files: Files) -> Iterator[Tile]:
    expected = files.submit.get("expected")
    if not expected:
        return
    note = ""
    if "low" in expected:
        note = f"{expected.get('confidence', 0.9) * 100:g} % "
        note += f"interval {interval(expected['low'], expected['high'])}"
    if "persistence" in expected:
        note += f"; persistence {number(expected['persistence'])}"
    metric = str(expected.get("metric", files.metric)).upper()
    yield Tile(f"Expected test {metric}", number(expected["value"]), note.removeprefix("; "))


def _score(files: Files) -> Iterator[Tile]:
    score, metric = files.submit.get("score", {}), files.metric
    if metric not in score.get("all", {}):
        return
    parts = [f"{part} {number(score[part][metric])}" for part in PARTS if part in score]
    yield Tile(f"Test {metric_label(metric)}", number(score["all"][metric]), ", ".join(parts))


def _extrapolation(files: Files) -> Iterator[Tile]:
    tried = files.evaluate.get("extrapolation", {})
    if "verdict" not in tried:
        return
    note = ""
    if "ratio" in tried:
        note = f"{tried['ratio']:.2f} times persistence's MSE"
        if "fraction" in tried:
            note += f" on the highest {tried['fraction'] * 100:g} %"
    passes = tried["verdict"] == "passes"
    yield Tile("Extrapolation", str(tried["verdict"]), note, "good" if passes else "bad")
