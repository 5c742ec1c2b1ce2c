"""The structure of a survey file: states, signals and days, and how their columns are named."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

TARGET = "tested_positive"
Link = Literal["none", "past", "both"]
Task = Literal["regression", "classification", "structured"]
LINKED_WINDOWS = 3
"""How many windows on either side a linked window sees: signals are means of 7 days, so that a
day's own value still shows in the change 7 days later, three windows of 3 days away."""
TRANSDUCTIVE = "transductive"
"""What is said of every score of linked windows: other test inputs helped (Vapnik 1998)."""
LINKED_PREFIXES = ("previous:", "next:")
"""How names of features begin that need the window before or the window after."""
LEADERBOARD_PARTS = ("public", "private")


@dataclass(frozen=True)
class Structure:
    """What a header says: one-hot states, then `days` equal blocks of `signals`.

    Attributes:
        states: names of the one-hot state columns, in file order.
        signals: names of one day's signals, in file order; the last is `tested_positive`.
        days: number of days in a window; day 1 is the oldest, day `days` holds the target.
        link: whose days a window sees beside its own: nobody's, those of the windows before it
            (day 0 and earlier), or also those of the windows after it (day `days` + 1 and later).
    """

    states: tuple[str, ...]
    signals: tuple[str, ...]
    days: int
    link: Link = "none"

    @property
    def target_column(self) -> str:
        """The last day's positivity (percent): what is to be predicted."""
        return column_name(TARGET, self.days)

    @property
    def known_column(self) -> str:
        """The last positivity (percent) that a test row shows: the day before the target's."""
        return column_name(TARGET, self.days - 1)

    def columns_of(self, day: int) -> list[str]:
        """Names of one day's columns, positivity last."""
        return [column_name(signal, day) for signal in self.signals]

    @property
    def day_columns(self) -> list[str]:
        """Names of all day columns, days in order, target included."""
        return [
            column_name(signal, day) for day in range(1, self.days + 1) for signal in self.signals
        ]

    @property
    def visible_columns(self) -> list[str]:
        """Names of the day columns that a test row has: all but the target."""
        return self.day_columns[:-1]

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready form, read back by `from_dict`."""
        content = {"states": list(self.states), "signals": list(self.signals), "days": self.days}
        return content if self.link == "none" else {**content, "link": self.link}

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> "Structure":
        """Rebuild what `to_dict` wrote."""
        link = value.get("link", "none")
        if link not in get_args(Link):
            raise ValueError(f"unknown link {link!r}")
        return cls(tuple(value["states"]), tuple(value["signals"]), int(value["days"]), link)


WHOLE_DAY_PREFIXES = ("true:", "known:")
"""How columns of a design table begin that hold a signal's last day and the day before."""


def column_name(signal: str, day: int) -> str:
    """Name of one signal on one day of the window, such as `cli_day5`."""
    return f"{signal}_day{day}"
