"""Words that are not ours inside Markdown: shown as they are, whatever marks they hold."""

import re


def code(text: str, *, cell: bool = False) -> str:
    """A text as code, in which Markdown sees neither marks nor HTML.

    Args:
        text: any; its lines become one.
        cell: it stands in a table, where a bar would end it even inside code.

    Source: CommonMark 0.31, section 6.1, and GitHub's extension for tables.
    """
    line = " ".join(text.split("\n"))
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", line)), default=0))
    room = " " if line.startswith(("`", " ")) or line.endswith(("`", " ")) or not line else ""
    line = f"{fence}{room}{line}{room}{fence}"
    return line.replace("|", r"\|") if cell else line
