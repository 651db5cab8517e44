"""The cards of Today. An app declares its own in `cards.py`, where they are found as its streams are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cached_property
from operator import attrgetter
from typing import Any, TypeVar, cast

from lifetracker.metrics.verified import Verified
from lifetracker.models.together import Few, read_together
from lifetracker.web.source_status import SourceStatus

T = TypeVar("T")

# Two weeks: this one, and one to compare it with.
CHART_DAYS = 14


class Place(Enum):
    """Where on the page a card stands, from the top."""

    #: Without a frame: what the day comes to, in a sentence.
    HEAD = "head"
    #: As wide as the page: the chart of the day.
    WIDE = "wide"
    #: The larger and the smaller part of a row.
    MAIN = "main"
    SIDE = "side"
    #: A row of figures.
    SMALL = "small"


@dataclass(frozen=True)
class Visit:
    """What the page knows before its cards are made. `day` is the one that is shown, `today` the one that has come
    where the owner is."""

    now: datetime
    today: date
    day: date
    sources: dict[str, SourceStatus]
    _shared: dict[Callable[[Visit], object], object] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def is_past(self) -> bool:
        """Return whether the day is over: then there is nothing to start or stop, and its numbers are final."""
        return self.day < self.today

    @cached_property
    def verified(self) -> Verified:
        """Return what the syncs have read, for metrics, by what was read with the sources."""
        return Verified(
            (state for status in self.sources.values() for state in status.runs.known),
            {name: status.runs.last_success for name, status in self.sources.items()},
            {name: status.configured for name, status in self.sources.items()},
        )

    @cached_property
    def few(self) -> dict[str, list[Any]]:
        """Return what cards ask for by their `few`, under their names: one statement for all of them."""
        return read_together({name: card.few(self) for name, card in cards.items() if card.few})

    def once(self, read: Callable[[Visit], T]) -> T:
        """Return what `read` makes of this visit. It is called for the first card alone, for cards of the same records."""
        if read not in self._shared:
            self._shared[read] = read(self)
        return cast(T, self._shared[read])


@dataclass(frozen=True)
class Card:
    """A card of Today, about the day of the visit."""

    #: Under this name the template finds what `make` returns.
    name: str
    template: str
    #: Asks the database for what the template shows.
    make: Callable[[Visit], Any]
    place: Place
    #: Within its place, those of lower numbers stand before the others.
    order: int
    #: Returns whether there is anything to show.
    has_records: Callable[[Any], bool] = bool
    #: Whether it is missing from the page while there is nothing to show.
    is_optional: bool = False
    #: Whether it stands there all the same on the day that has come, once any card has something to show.
    is_kept_today: bool = False
    #: Returns what it knows of the day in a few words, such as `72.4 kg`, for pages without a card that begins them; empty
    #: where nothing is known.
    in_short: Callable[[Any], str] | None = None
    #: Returns the few rows that `make` finds as `visit.few` under this card's name. Whatever fits in here costs the page
    #: no statement of its own.
    few: Callable[[Visit], Few] | None = None


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
