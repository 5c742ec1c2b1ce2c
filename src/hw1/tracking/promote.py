"""The registered model of an edition: only what beats its champion takes the champion's place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hw1.compare.paired import PairedDifference, paired_difference
from hw1.compare.words import within_seeds
from hw1.core.errors import Hw1Error
from hw1.core.survey import Task
from hw1.evaluation.errors import pooled_errors
from hw1.evaluation.labels import interval, leaks, number
from hw1.task_words import CLASSIFICATION, REGRESSION
from hw1.tracking.registry import ALIAS, find_champion, model_name, registered_version

if TYPE_CHECKING:
    import pandas as pd
    from mlflow import MlflowClient
    from mlflow.entities.model_registry import ModelVersion

NUMBERS = {
    "promoted.mse": "loss_b",
    "promoted.opponent_mse": "loss_a",
    "promoted.difference": "difference",
    "promoted.difference_low": "low",
    "promoted.difference_high": "high",
    "promoted.confidence": "confidence",
    "promoted.rows": "rows",
}
"""Tags of a version and what they hold of a `PairedDifference` whose A is the opponent."""


@dataclass(frozen=True)
class Candidate:
    """A run that may become champion.

    Attributes:
        run_id: the run.
        model_id: its logged model, see `logged_model_id`.
        split: method of the split that it was validated on.
        predictions: its validation rows with `id`, `fold`, `state`, `weight`, `target`, `known`
            and `predicted` (percent).
        transductive: whether it looks at days of other windows.
        extrapolates: whether it holds on levels above those it was trained on.
        task: what it learns.
    """

    run_id: str
    model_id: str
    split: str
    predictions: pd.DataFrame
    transductive: bool = False
    extrapolates: bool = True
    task: Task = REGRESSION


@dataclass(frozen=True)
class Promotion:
    """What `promote` did.

    Attributes:
        name: the registered model.
        version: the version that is champion now.
        changed: False where it had been champion before.
        opponent: the version that was champion before; None where there was none.
        difference: the new champion's errors minus the opponent's; None where there was no
            opponent, or none on the same rows.
        overruled: why it would have been refused without `force`; None where nothing was against.
    """

    name: str
    version: str
    changed: bool
    opponent: str | None = None
    difference: PairedDifference | None = None
    overruled: str | None = None

    def __str__(self) -> str:
        """One line for a person."""
        if not self.changed:
            return f"{self.name}: version {self.version} is champion already; nothing changed"
        after = f" after version {self.opponent}" if self.opponent else ""
        line = f"{self.name}: version {self.version} is champion now{after}"
        if self.overruled:
            return f"{line}, by force: {self.overruled}"
        return f"{line}: {_told(self.difference)}" if self.difference else line


def promote(
    client: MlflowClient,
    edition: str,
    challenger: Candidate,
    champion_predictions: Callable[[str], pd.DataFrame],
    noise: Callable[[str], float | None] = lambda _: None,
    *,
    force: bool = False,
) -> Promotion:
    """Register a run's model and make it the edition's champion, if it beats the present one.

    It beats the present one if its MSE is lower on the same validation rows by more than noise: the
    interval of the paired difference excludes 0. Else two variants that differ in their seeds alone
    would take the title from each other. The difference is kept in the version's tags.

    Args:
        client: of the tracking server.
        edition: the edition that the run was trained on.
        challenger: the run.
        champion_predictions: gives the validation rows of a run, by its id, as in `Candidate`.
        noise: gives the deviation of the MSEs' difference to a run that other seeds alone would
            give, by the run's id; None where it is not known.
        force: promote it whatever there is against it, and note that in the version's tags; but
            whoever asks the champion gets a percentage, never a probability.

    Raises:
        Hw1Error: it answers with probabilities, it was validated on a split that leaks, on other
            rows than the champion, is no forecast, or is not better by more than noise. Nothing has
            changed then.
    """
    name = model_name(edition)
    if challenger.task == CLASSIFICATION:
        raise Hw1Error(
            f"{name} is not changed: the champion predicts positivity in percent, and this variant "
            "is a classification, which predicts a probability. It is served by its run's id"
        )
    champion = find_champion(client, edition)
    if champion is not None and champion.run_id == challenger.run_id:
        return Promotion(name, str(champion.version), changed=False)
    objections, difference = _judge(challenger, champion, champion_predictions, noise)
    against = "; ".join(objections) or None
    if against and not force:
        raise Hw1Error(f"{name} is not changed: {against}. `--force` promotes it all the same")
    version = registered_version(client, name, challenger.run_id, challenger.model_id)
    opponent = None if champion is None else str(champion.version)
    promotion = Promotion(name, version, True, opponent, difference, against)
    _set_tags(client, promotion)
    client.set_registered_model_alias(name, ALIAS, version)
    return promotion


def _judge(
    challenger: Candidate,
    champion: ModelVersion | None,
    champion_predictions: Callable[[str], pd.DataFrame],
    noise: Callable[[str], float | None],
) -> tuple[list[str], PairedDifference | None]:
    """What speaks against the challenger, and how it compares with the champion."""
    objections = []
    if leaks(challenger.split):
        objections.append(f"its split `{challenger.split}` leaks, so its errors mean little")
    if challenger.transductive:
        objections.append(
            "it is transductive: its errors need days of other windows, which a served row lacks"
        )
    if not challenger.extrapolates:
        objections.append("it fails to extrapolate: it breaks on levels that it has not seen")
    if champion is None:
        return objections, None
    title = f"the champion (version {champion.version})"
    try:
        rows = champion_predictions(str(champion.run_id))
        difference = paired_difference(rows, challenger.predictions)
    except Hw1Error as problem:
        return [*objections, f"it cannot be compared with {title}: {problem}"], None
    if difference is None:
        own, other = _mse(challenger.predictions), _mse(rows)
        objections.append(
            f"it was not validated on the same rows as {title}: its MSE of {own} and the "
            f"champion's {other} cannot be compared"
        )
    elif difference.winner != "b" or within_seeds(difference, noise(str(champion.run_id))):
        ahead = "is ahead of" if difference.difference < 0 else "does not beat"
        much = " by no more than noise" if difference.difference < 0 else ""
        objections.append(f"it {ahead} {title}{much}: {_told(difference)}")
    return objections, difference


def _mse(rows: pd.DataFrame) -> str:
    errors = pooled_errors(rows["target"], rows["predicted"], rows["known"], rows["weight"])
    return f"{number(errors['mse'])} on {len(rows):,} rows"


def _told(difference: PairedDifference) -> str:
    text = f"MSE {number(difference.loss_b)} against {number(difference.loss_a)}"
    text += f" on the same {difference.rows:,} rows, a difference of {difference.difference:+.2g}"
    if difference.low is None or difference.high is None:
        return text
    return f"{text} {interval(difference.low, difference.high)}"


def _set_tags(client: MlflowClient, promotion: Promotion) -> None:
    """Tell in the version's tags how it became champion, this time and no other."""
    found = {tag: getattr(promotion.difference, name, None) for tag, name in NUMBERS.items()}
    texts = {tag: None if value is None else f"{value:.6g}" for tag, value in found.items()}
    texts["promoted.opponent"] = promotion.opponent or "none"
    texts["promoted.forced"] = "true" if promotion.overruled else "false"
    texts["promoted.forced_against"] = promotion.overruled
    present = client.get_model_version(promotion.name, promotion.version).tags
    for tag, text in texts.items():
        if text is not None:
            client.set_model_version_tag(promotion.name, promotion.version, tag, text)
        elif tag in present:
            client.delete_model_version_tag(promotion.name, promotion.version, tag)
