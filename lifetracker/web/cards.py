"""The cards of the home page. An app declares its own in `cards.py`, where they are found as its streams are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple

from lifetracker.web.source_status import SourceStatus

# Two weeks: this one, and one to compare it with.
CHART_DAYS = 14
# So many projects or repositories are named, the others are summed.
TOP_N = 4


class Visit(NamedTuple):
    """What the home page knows before its cards are made."""

    now: datetime
    sources: dict[str, SourceStatus]


@dataclass(frozen=True)
class Card:
    """A card of the home page."""

    #: Under this name the template finds what `make` returns.
    name: str
    template: str
    #: Asks the database for what the template shows.
    make: Callable[[Visit], Any]
    #: Those of lower numbers stand before the others.
    order: int
    #: Returns whether there is anything to show.
    has_records: Callable[[Any], bool] = bool
    #: Whether it stands in the first row, which is of this day alone and missing while it is empty.
    of_the_day: bool = False
    #: Returns the owner's present offset from UTC in minutes, where the records tell it.
    offset_of: Callable[[Any], int | None] | None = None


cards: dict[str, Card] = {}


def register_card(card: Card) -> None:
    cards[card.name] = card


def cards_in_order() -> list[Card]:
    return sorted(cards.values(), key=attrgetter("order", "name"))


def last_days(day: date) -> list[date]:
    """Return the days that are drawn, the last of which is `day`."""
    return [day - timedelta(days=back) for back in reversed(range(CHART_DAYS))]


def since_monday(ended: list[date]) -> list[date]:
    """Return, of days in their order, those of the last one's week."""
    return ended[-1 - ended[-1].weekday() :]


def visible_count(found: int) -> int:
    """Return how many of so many are named. One that is left over is shown rather than summed as "others"."""
    return TOP_N if found > TOP_N + 1 else TOP_N + 1
