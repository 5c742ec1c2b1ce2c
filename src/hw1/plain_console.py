"""The terminal for words from the data: brackets, colons and numbers in them are no markup."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from rich.console import Console


def plain_console(**options: Any) -> Console:
    """A console that shows words as they are.

    Args:
        options: further ones of `rich.console.Console`.
    """
    return Console(highlight=False, markup=False, emoji=False, **options)


def plain_text(show: Callable[[Console], None], width: int) -> str:
    """What is shown on a console, as text without colours, at most `width` columns wide."""
    console = plain_console(file=io.StringIO(), width=width, color_system=None)
    with console.capture() as captured:
        show(console)
    return captured.get()
