"""What a simulated edition looks like: size, names and spelling of its files."""

from dataclasses import dataclass, replace
from typing import Literal

from hw1.core.errors import ParamsError
from hw1.core.survey import TARGET

SIGNALS_2022 = (
    "cli",
    "ili",
    "hh_cmnty_cli",
    "nohh_cmnty_cli",
    "wearing_mask",
    "travel_outside_state",
    "work_outside_home",
    "shop",
    "restaurant",
    "spent_time",
    "large_event",
    "public_transit",
    "anxious",
    "depressed",
    "worried_finances",
    "tested_positive",
)

_POSTAL_CODES = (
    *("AL", "AK", "AZ", "AR", "CA", "CO", "CT", "FL", "GA", "ID", "IL", "IN", "IA", "KS", "KY"),
    *("LA", "MD", "MA", "MI", "MN", "MS", "MO", "NE", "NV", "NJ", "NM", "NY", "NC", "OH", "OK"),
    *("OR", "PA", "RI", "SC", "TX", "UT", "VA", "WA", "WV", "WI", "DE", "HI", "ME", "MT", "NH"),
    *("ND", "SD", "TN", "VT", "WY"),
)

FEWEST_TRAIN_ROWS_A_STATE = 4


def state_names(count: int) -> tuple[str, ...]:
    """Names for `count` states: postal codes first, then S51, S52 and so on."""
    beyond = [f"S{number}" for number in range(len(_POSTAL_CODES) + 1, count + 1)]
    return (*_POSTAL_CODES, *beyond)[:count]


@dataclass(frozen=True)
class SimulationConfig:
    """One simulated edition; the defaults give the sample in data/raw/sample.

    Attributes:
        seed: the only source of randomness.
        states: names of the one-hot columns, in file order.
        signals: one day's signals, in file order; the last is `tested_positive`. Names that the
            homework never used are welcome and behave like some habit of the respondents.
        days: days in a window (D).
        train_rows: rows of the training file: overlapping windows.
        test_rows: rows of the test file: later windows without overlap.
        shuffled: rows in random order (2022) or state by state and day by day (2021).
        header: `repeated` names a signal alike on every day; `numbered` as pandas would
            (`cli`, `cli.1`, ...).
        one_hot: `integer` writes 0 and 1, `decimal` writes 0.0 and 1.0.
        separator: what stands between the words of a file's name: covid.train.csv, covid_train.csv.
    """

    seed: int = 0
    states: tuple[str, ...] = state_names(40)
    signals: tuple[str, ...] = SIGNALS_2022
    days: int = 5
    train_rows: int = 2700
    test_rows: int = 1080
    shuffled: bool = True
    header: Literal["repeated", "numbered"] = "repeated"
    one_hot: Literal["integer", "decimal"] = "integer"
    separator: Literal[".", "_"] = "."

    def __post_init__(self) -> None:
        """Refuse what cannot be simulated."""
        for wrong, message in self._complaints():
            if wrong:
                raise ParamsError(f"cannot simulate this edition: {message}")

    def scaled(self, factor: int) -> "SimulationConfig":
        """The same edition with `factor` times the rows: the chains of days grow longer."""
        return replace(self, train_rows=self.train_rows * factor, test_rows=self.test_rows * factor)

    def _complaints(self) -> list[tuple[bool, str]]:
        least = FEWEST_TRAIN_ROWS_A_STATE
        return [
            (self.seed < 0, f"seed must be 0 or more, got {self.seed}"),
            (self.days < 2, f"days must be 2 or more, got {self.days}"),
            (not self.states, "states must name at least one state"),
            (len(set(self.states)) < len(self.states), "states must differ"),
            (not self.signals or self.signals[-1] != TARGET, f"the last signal must be {TARGET}"),
            (len(set(self.signals)) < len(self.signals), "signals must differ"),
            (
                self.train_rows < least * len(self.states),
                f"train_rows must be at least {least} a state, got {self.train_rows}",
            ),
            (
                self.test_rows < len(self.states),
                f"test_rows must be at least 1 a state, got {self.test_rows}",
            ),
        ]
