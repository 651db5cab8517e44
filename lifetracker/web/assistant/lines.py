"""What happened on days, line by line. An app declares what of its own in `day_lines.py`, where it is found as its cards
are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import NamedTuple

from django.utils.dateformat import format as format_date

from lifetracker.web.assistant.markdown import plain, quoted
from lifetracker.words import counted

#: Of a text that somebody wrote, so many characters are quoted; of a name, so many.
LONGEST_QUOTE, LONGEST_NAME = 400, 120
#: A section has at most so many characters, and of a day and a week at most so many lines.
SECTION_CHARACTERS = 8_000
MOST_OF_DAY, MOST_OF_WEEK = 60, 120


class Line(NamedTuple):
    """Something that happened. `words` are the program's own, names in them by `name_words`; `quoted` is what a person or a
    service wrote."""

    day: date
    words: str
    quoted: str = ""


@dataclass(frozen=True)
class LinesOfDays:
    """A kind of thing that happens."""

    title: str
    #: Those of lower numbers stand above the others.
    order: int
    #: Returns what happened from the first day to the second, both included, oldest first and at most so many lines.
    read: Callable[[date, date, int], Sequence[Line]]
    #: What the reader must know about these lines; empty where they say it all.
    remark: str = ""


kinds: dict[str, LinesOfDays] = {}


def register_lines(kind: LinesOfDays) -> None:
    kinds[kind.title] = kind


def kinds_in_order() -> list[LinesOfDays]:
    return sorted(kinds.values(), key=attrgetter("order", "title"))


def name_words(name: str) -> str:
    """Return a name that a person or a service gave to something, for `Line.words`."""
    return f'"{plain(name, LONGEST_NAME)}"'


def sections(first: date, last: date) -> list[str]:
    """Return what happened, as Markdown; a kind of which there is nothing is left out."""
    most = MOST_OF_DAY if first == last else MOST_OF_WEEK
    found = ((kind, kind.read(first, last, most + 1)) for kind in kinds_in_order())
    return [
        line
        for kind, lines in found
        if lines
        for line in section(kind, lines, most, has_days=first < last)
    ]


def section(kind: LinesOfDays, lines: Sequence[Line], most: int, *, has_days: bool) -> list[str]:
    made = [written(line, has_days=has_days) for line in lines[:most]]
    fitting = within(SECTION_CHARACTERS, map(len, made))
    left_out = len(lines) - fitting
    # One more than `most` was asked for, so that nobody knows how many there are behind it.
    more = f"{'At least ' if len(lines) > most else ''}{counted(left_out, 'more line')} left out."
    remark = [kind.remark, ""] if kind.remark else []
    return [
        f"## {kind.title}",
        "",
        *remark,
        *made[:fitting],
        *([f"- {more}"] if left_out else []),
        "",
    ]


def written(line: Line, *, has_days: bool) -> str:
    day = f"{format_date(line.day, 'D j M')}: " if has_days else ""
    quote = f"\n  {quoted(line.quoted, LONGEST_QUOTE)}" if line.quoted.strip() else ""
    return f"- {day}{line.words}{quote}"


def within(most: int, lengths: Iterable[int]) -> int:
    """Return how many of the first ones come to at most so much."""
    total = count = 0
    for length in lengths:
        total += length
        if total > most:
            break
        count += 1
    return count
