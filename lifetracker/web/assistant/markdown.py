"""Markdown of which no part can be broken by what somebody wrote."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

#: What Markdown, or the HTML in it, could take for more than a letter.
SIGNS = re.compile(r"([\\`*_\[\]<>#|~!])")
#: Control characters, and those that turn the direction of what follows.
REMOVED = {"Cc", "Cf", "Co", "Cs"}
MORE = "…"


def plain(text: str, most: int | None = None) -> str:
    """Return a text as one line that means nothing to Markdown, of at most so many of its own characters."""
    seen = "".join(" " if char.isspace() else char for char in text if is_shown(char))
    line = " ".join(seen.split())
    if most is not None and len(line) > most:
        line = line[:most].rstrip() + MORE
    return SIGNS.sub(r"\\\1", line)


def is_shown(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) not in REMOVED


def quoted(text: str, most: int) -> str:
    """Return a text as a block quotation, which has one line."""
    return f"> {plain(text, most)}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table, whose cells are texts that are `plain` already."""
    return [row(head), row(["---"] * len(head)), *map(row, rows)]


def row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
