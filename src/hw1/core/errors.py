"""The project's own errors: each message names the place and what to do."""


class Hw1Error(Exception):
    """Something a person can mend; shown as one message, without a traceback."""


class DataError(Hw1Error):
    """A data file that is missing, damaged or does not have the homework's structure."""


class ParamsError(Hw1Error):
    """A key, type or value in params.yaml (or given with `-S`) that is not valid."""


class DivergedError(Hw1Error):
    """Training that has run away: a loss, an error or a prediction is no finite number any more.

    Attributes:
        place: what was fitted, such as "fold 0".
        epoch: when, from 1; None for a model that is not fitted in epochs.
        step: within the epoch, from 1; None where only the finished model tells.
        learning_rate: at that step; None for a model that has none.
    """

    def __init__(
        self,
        message: str,
        *,
        place: str = "",
        epoch: int | None = None,
        step: int | None = None,
        learning_rate: float | None = None,
    ) -> None:
        super().__init__(message)
        self.place, self.epoch, self.step = place, epoch, step
        self.learning_rate = learning_rate

    def within(self, place: str) -> "DivergedError":
        """The same with a place around its own, such as "split `random`"."""
        return DivergedError(
            f"{place}, {self}",
            place=f"{place}, {self.place}",
            epoch=self.epoch,
            step=self.step,
            learning_rate=self.learning_rate,
        )


def visible(text: str) -> str:
    r"""A text that cannot steer a terminal: `\x1b` and its like as escapes, lines as they are."""
    return "".join(
        each if each.isprintable() or each in "\n\t" else each.encode("unicode_escape").decode()
        for each in text
    )
