"""Words for numbers: how errors are named wherever they are shown."""

from hw1.core.survey import TRANSDUCTIVE
from hw1.params.ingest import LEAKING

BASE_RATE = "the base rate"
LABELS = {"cross_entropy": "cross-entropy", "brier": "Brier score", "accuracy": "accuracy"}


def leaks(method: str) -> bool:
    """Whether a split's validation error is too good to be compared with a test error."""
    return method in LEAKING


def is_transductive(link: str) -> bool:
    """Whether predictions look at days of other windows, later ones too, and are no forecasts."""
    return link != "none"


def split_label(method: str, link: str = "none") -> str:
    """A split's name, marked where its error means something else than a forecast's.

    Args:
        method: how rows were held out: `forward`, `random (leaks)`.
        link: `ingest.link`; linked windows make it `forward, transductive`.
    """
    label = f"{method} (leaks)" if leaks(method) else method
    return f"{label}, {TRANSDUCTIVE}" if is_transductive(link) else label


def split_facts(method: str, link: str = "none") -> dict[str, str | bool]:
    """The group `split` of the metrics: the method, what its error means, and its label."""
    return {
        "method": method,
        "leaks": leaks(method),
        "transductive": is_transductive(link),
        "label": split_label(method, link),
    }


def metric_label(metric: str) -> str:
    """A metric's name as a person reads it: `MSE`, `cross-entropy`."""
    return LABELS.get(metric, metric.upper())


def yardstick(task: str) -> str:
    """What the skill of a task's predictions is measured against."""
    return BASE_RATE if task == "classification" else "persistence"


def skill_label(skill: float) -> str:
    """Skill in words: `8.1 % better`, `3.0 % worse`.

    Args:
        skill: 1 - error / that of the yardstick.
    """
    percent = round(abs(skill) * 100, 1)
    return f"{percent:,.1f} % {'worse' if skill < 0 and percent else 'better'}"


def skill_percent(skill: float) -> str:
    """Skill as a signed percentage: `+6.4 %`, negative where persistence is better."""
    percent = skill * 100
    return f"{percent:+,.1f} %" if abs(percent) < 1000 else f"{percent:+,.0f} %"


def sentence(text: str) -> str:
    """Text with a capital at its beginning and a full stop at its end."""
    return f"{text[:1].upper()}{text[1:]}."


def number(value: float) -> str:
    """An error with four significant digits, without an exponent below a billion."""
    if value != 0 and abs(value) >= 1e9:
        return f"{value:.3e}"
    digits = max(0, 3 - _magnitude(value))
    return f"{value:,.{digits}f}"


def interval(low: float, high: float) -> str:
    """An interval with three significant digits: `[1.11, 1.52]`."""
    return f"[{_short(low)}, {_short(high)}]"


def _short(value: float) -> str:
    return f"{value:.{max(0, 2 - _magnitude(value))}f}" if abs(value) < 1e9 else f"{value:.2e}"


def _magnitude(value: float) -> int:
    """Power of ten of the first digit, kept within what a table can show."""
    text = f"{abs(value):e}"
    return max(-3, int(text.rsplit("e", 1)[1])) if value else 0
