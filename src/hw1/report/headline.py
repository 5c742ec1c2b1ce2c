"""The top of a page: what the variant is, and the few numbers that decide."""

from __future__ import annotations

from collections.abc import Iterator

from hw1.board.cells import deviation_text, skill_text
from hw1.board.marks import is_transductive
from hw1.evaluation.labels import interval, number
from hw1.report.blocks import Tile
from hw1.report.files import Files

PARTS = ("public", "private")


def facts(files: Files) -> tuple[tuple[str, str], ...]:
    """Edition, model and split."""
    evaluated = files.evaluate
    pairs = [("edition", str(evaluated.get("edition", "")))]
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
    """The numbers that decide, the edition's own metric first."""
    yield _validation(files)
    valid = files.evaluate.get("valid", {})
    if "skill" in valid:
        tone = "good" if valid["skill"] > 0 else "bad"
        if files.evaluate["split"].get("leaks"):  # nothing to be proud of
            tone = ""
        persistence = files.evaluate.get("persistence", {}).get(files.metric)
        note = "of persistence's MSE saved"
        if persistence is not None:
            note = f"against persistence, {files.metric.upper()} {number(persistence)}"
        yield Tile("Skill", skill_text(valid["skill"]), note, tone)
    yield from _expected(files)
    yield from _score(files)
    yield from _extrapolation(files)
    seeds = files.evaluate.get("seeds", {})
    if "ensemble_deviation" in seeds:
        shown = deviation_text(seeds["ensemble_deviation"])
        yield Tile("Moved by seeds", f"± {shown}", f"MSE of the mean of {seeds['members']} members")


def _validation(files: Files) -> Tile:
    main = files.evaluate["main"]
    note = ""
    if "low" in main:
        share = files.evaluate.get("bootstrap", {}).get("confidence")
        title = "interval" if share is None else f"{share * 100:g} % interval"
        note = f"{title} {interval(main['low'], main['high'])}"
    tone = "bad" if files.evaluate["split"].get("leaks") else ""
    return Tile(f"Validation {files.metric.upper()}", number(main["value"]), note, tone)


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
    yield Tile(f"Test {metric.upper()}", number(score["all"][metric]), ", ".join(parts))


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
