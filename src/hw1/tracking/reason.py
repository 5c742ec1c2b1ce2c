"""What an error of MLflow comes from, in one line."""

from __future__ import annotations

from collections.abc import Iterator


def plain_reason(problem: BaseException) -> str:
    """What is at the bottom of an error: a file's or a database's own words, or its first line.

    MLflow's own error for a database that cannot be written to begins with advice on sessions.
    """
    for cause in _causes(problem):
        if isinstance(cause, OSError) and cause.filename is not None:
            name = cause.filename if cause.filename2 is None else cause.filename2
            return f"{name}: {cause.strerror}"
        driver = getattr(cause, "orig", None)  # SQLAlchemy's name of the error beneath its own
        if isinstance(driver, BaseException):
            return _first_line(driver)
    return _first_line(problem)


def _causes(problem: BaseException | None) -> Iterator[BaseException]:
    while problem is not None:
        yield problem
        problem = problem.__cause__


def _first_line(problem: BaseException) -> str:
    lines = str(problem).strip().splitlines()
    return lines[0] if lines else type(problem).__name__
