"""The sections of a review. An app declares its own in `review.py`, where they are found as its cards are. The page and
the mail show them from one shape."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from operator import attrgetter
from typing import NamedTuple

from lifetracker.metrics.verified import Verified
from lifetracker.words import counted
from review.periods import Period


class Scale(NamedTuple):
    """That the values of a row are drawn as dots, because none of them comes near zero, from the lowest to the highest of
    them and of what is usual. In the unit of the values.

    `words`: from where to where they lie, as a sentence. `least`: no smaller difference fills the chart."""

    words: str
    least: float
    usual: tuple[float, float] | None = None


class Row(NamedTuple):
    """A line of a table: `Recovery | 63 % | a little below the usual 68 % | 6 of 7 days`."""

    name: str
    value: str
    #: How it lies to what is usual, or what came of it, in words.
    words: str = ""
    #: Of how many days it is known, where that is not all of them.
    known: str = ""
    url: str = ""
    #: What the days, weeks or months of the period came to; None where that is not known. For a small chart beside it.
    values: Sequence[float | None] = ()
    #: How the values are drawn; None for columns from zero up.
    scale: Scale | None = None
    #: Whether it is about as usual, so that a word in a line says enough of it.
    is_usual: bool = False


def known_words(known: int, days: int) -> str:
    """Return `5 of 7 days`; empty where all are known."""
    return f"{known} of {counted(days, 'day')}" if known < days else ""


class Line(NamedTuple):
    """A sentence, and the page that has more."""

    text: str
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a section says of a period. `lead`: a sentence above all."""

    lead: str = ""
    #: The title of this period, where that of the section would be wrong.
    title: str = ""
    rows: Sequence[Row] = ()
    lines: Sequence[Line] = ()
    #: What the reader must know about it.
    note: str = ""
    #: What one might intend for the next period because of it, as its owner would write it: `Reach 25 h of Client A`.
    #: Things to do with goals, experiments and records; never advice on health. The most urgent first.
    suggestions: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.lead or self.rows or self.lines)


@dataclass(frozen=True)
class Look:
    """What sections are asked about. `today`: the day that has come where the owner is."""

    period: Period
    today: date
    verified: Verified = field(default_factory=Verified, compare=False)

    @property
    def last(self) -> date:
        """Return the last day of the period that has come."""
        return self.period.until(self.today)


@dataclass(frozen=True)
class Section:
    """A part of the review."""

    #: Under this name it is known in addresses and to programs.
    name: str
    title: str
    #: Those of lower numbers stand above the others.
    order: int
    #: By a bounded number of statements, however long the period.
    read: Callable[[Look], Content]


sections: dict[str, Section] = {}


def register_section(section: Section) -> None:
    sections[section.name] = section


def sections_in_order() -> list[Section]:
    return sorted(sections.values(), key=attrgetter("order", "name"))


def read_sections(look: Look, without: Collection[str] = ()) -> list[tuple[Section, Content]]:
    """Return what each section says, without those that have nothing to say, and without those of these names."""
    asked = (section for section in sections_in_order() if section.name not in without)
    found = ((section, section.read(look)) for section in asked)
    return [(titled(section, content), content) for section, content in found if content]


def titled(section: Section, content: Content) -> Section:
    return replace(section, title=content.title) if content.title else section
