"""What of a store's address, and of what is said by a store, may be shown to others."""

from __future__ import annotations

import os
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import SplitResult, quote, unquote, urlsplit

from hw1.core.errors import Hw1Error, visible

USERNAME, PASSWORD = "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"
TOKEN = "MLFLOW_TRACKING_TOKEN"
SHORTEST_TOKEN = 8  # a shorter user's name is a word that messages are full of
# behind Authorization, or what no word of a sentence looks like
HEADER = re.compile(
    r"(Authorization\W{1,4}(?:Basic|Bearer)) +[\w.~+/=-]+"
    r"|\b(Basic|Bearer) +(?=[\w.~+/-]*(?:[\d=]|\.\w|(?-i:[a-z][A-Z])))[\w.~+/=-]{8,}",
    re.IGNORECASE,
)
HIDDEN = "***"


def split_address(address: str) -> SplitResult:
    """The parts of a store's address.

    Raises:
        Hw1Error: it is none, so that nobody can tell what of it is a password.
    """
    parts = None
    with suppress(ValueError):
        parsed = urlsplit(address)
        parts = parsed if parsed.port != 0 else None  # asking for it raises where it is no number
    # an unmasked `/`, `?` or `#` in a password ends what is taken for the host
    if parts is None or (parts.netloc and "@" in f"{parts.path}{parts.query}{parts.fragment}"):
        raise Hw1Error(
            "MLFLOW_TRACKING_URI is no address; percent-encode what a password has beside letters "
            "and digits, or give it as MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"
        )
    return parts


def public_address(address: str) -> str:
    """An address without what may be secret: user, password, and options.

    Raises:
        Hw1Error: it is none.
    """
    parts = split_address(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def without_secrets(text: str, address: str) -> str:
    """A message without the credentials for a store, which libraries and servers quote.

    Raises:
        Hw1Error: the address is none.
    """
    parts = split_address(address)
    if "@" in parts.netloc:
        text = text.replace(f"{parts.netloc.rpartition('@')[0]}@", "")
    forms = {form for secret in _secrets(parts) for form in _forms(secret)}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, HIDDEN)
    return visible(HEADER.sub(rf"\1\2 {HIDDEN}", text))


def _secrets(parts: SplitResult) -> Iterator[str]:
    yield parts.query
    yield os.environ.get(TOKEN, "")
    alone = parts.username or ""
    if parts.scheme.startswith("http") and not parts.password and len(alone) >= SHORTEST_TOKEN:
        yield from (alone, unquote(alone), f"{unquote(alone)}:")  # a token, given as a name alone
    users = (parts.username, os.environ.get(USERNAME))
    passwords = (parts.password, os.environ.get(PASSWORD))
    for user, password in zip(users, passwords, strict=True):
        if password:
            for own in (password, unquote(password)):
                yield own
                yield f"{unquote(user or '')}:{own}"


def _forms(secret: str) -> Iterator[str]:
    if secret:
        content = secret.encode("utf-8", "surrogateescape")
        yield secret
        yield quote(secret, safe="")
        yield b64encode(content).decode().rstrip("=")
        yield urlsafe_b64encode(content).decode().rstrip("=")
