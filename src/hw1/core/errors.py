"""The project's own errors: each message names the place and what to do."""


class Hw1Error(Exception):
    """Something a person can mend; shown as one message, without a traceback."""


class DataError(Hw1Error):
    """A data file that is missing, damaged or does not have the homework's structure."""


class ParamsError(Hw1Error):
    """A key, type or value in params.yaml (or given with `-S`) that is not valid."""


def visible(text: str) -> str:
    r"""A text that cannot steer a terminal: `\x1b` and its like as escapes, lines as they are."""
    return "".join(
        each if each.isprintable() or each in "\n\t" else each.encode("unicode_escape").decode()
        for each in text
    )
