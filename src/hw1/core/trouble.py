"""What is wrong with a place that a file cannot be written to, and what to do about it."""

import errno

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}

FREE = "free some space"
ALLOW = "make the place readable and writable"
FREE_OR_LOOK = f"{FREE}, or look whether the disk is at fault"
AGAIN = ", then run the same command again"
UNNAMED = "what is printed, or a file that the system does not name"

# what databases say, in small letters
FULL_WORDS = ("disk is full", "no space left", "file too large", "quota exceeded")
FULL_OR_BROKEN = "disk i/o error"
NOT_ALLOWED_WORDS = ("readonly database", "read-only file system", "unable to open database file")


def file_trouble(problem: OSError) -> str | None:
    """The place, what is wrong with it and what to do.

    Returns:
        None where the system tells of no place and nothing is known that would help.
    """
    todo = place_hint(problem)
    # of two files, one was to become the other, and there was no room for that
    name = problem.filename2 if todo and problem.filename2 is not None else problem.filename
    if name is None and not todo:
        return None
    said = f"{UNNAMED if name is None else name}: {problem.strerror}"
    return f"{said}; {todo}{AGAIN}" if todo else said


def place_hint(problem: OSError) -> str:
    """What to do about a place that is full or cannot be written to; empty for all else."""
    if problem.errno in FULL:
        return FREE
    return ALLOW if problem.errno in NOT_ALLOWED else ""


def words_hint(said: str) -> str:
    """What to do about a full disk or a read-only place that a database tells of; else empty."""
    said = said.lower()
    if any(words in said for words in FULL_WORDS):
        return FREE
    if FULL_OR_BROKEN in said:
        return FREE_OR_LOOK
    return ALLOW if any(words in said for words in NOT_ALLOWED_WORDS) else ""
