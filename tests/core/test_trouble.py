"""A place that is full or cannot be written to is told from all other trouble."""

import errno
import os

import pytest

from hw1.core.trouble import ALLOW, FREE, FREE_OR_LOOK, file_trouble, place_hint, words_hint


def error(number, *names):
    return OSError(number, os.strerror(number), *names)


@pytest.mark.parametrize(
    ("number", "hint"),
    [
        (errno.ENOSPC, FREE),
        (errno.EDQUOT, FREE),
        (errno.EFBIG, FREE),
        (errno.EROFS, ALLOW),
        (errno.EACCES, ALLOW),
        (errno.EISDIR, ""),
    ],
)
def test_what_to_do_depends_on_what_is_wrong(number, hint):
    assert place_hint(error(number)) == hint
    said = file_trouble(error(number, "data/x"))
    assert said.startswith(f"data/x: {os.strerror(number)}")
    assert (hint in said) == (";" in said or hint == "")


def test_of_two_files_the_one_that_lacks_room_is_named():
    assert file_trouble(error(errno.ENOSPC, "from", None, "to")).startswith("to: ")
    assert file_trouble(error(errno.ENOENT, "from", None, "to")).startswith("from: ")


def test_nothing_is_made_up_where_nothing_is_known():
    assert file_trouble(error(errno.EIO)) is None
    assert file_trouble(OSError("no number")) is None


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("database or disk is full", FREE),
        ("could not extend file: No space left on device", FREE),
        ("disk I/O error", FREE_OR_LOOK),
        ("attempt to write a readonly database", ALLOW),
        ("unable to open database file", ALLOW),
        ("no such table: runs", ""),
    ],
)
def test_databases_say_it_in_their_own_words(said, hint):
    assert words_hint(said) == hint
