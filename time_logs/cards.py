"""The card of the tracked time on Today."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.dateformat import format as format_date
from django.utils.safestring import SafeString

from lifetracker.web.cards import Card, Visit, register_card
from lifetracker.web.cards import Place as PlaceOnPage
from lifetracker.web.charts.frame import Place
from lifetracker.web.charts.sparkline import day_columns
from lifetracker.web.lanes import Lane, register_lane
from lifetracker.web.sentences import hours_and_minutes, unbroken
from lifetracker.web.source_status import SourceStatus
from time_logs.day_data import DayEntries, entries_of_day
from time_logs.day_lane import work_lane
from time_logs.models import TOGGL
from time_logs.names import entries_url

HOUR = 3600


@dataclass(frozen=True, kw_only=True)
class TimeCard:
    """What was tracked on the day, with what is running up to now, and in its week."""

    entries: DayEntries
    columns: SafeString
    toggl: SourceStatus
    #: The page of the day's entries.
    href: str

    @property
    def hours(self) -> float:
        return self.entries.seconds / HOUR

    @property
    def is_tracked(self) -> bool:
        return bool(self.entries.seconds or self.entries.running)

    @property
    def has_any(self) -> bool:
        """Return whether time is tracked at all, as far as the last days and the syncs tell."""
        return bool(self.entries.entries or self.toggl.configured or self.toggl.runs.last_success)

    @property
    def is_unread(self) -> bool:
        return self.toggl.is_unread(self.entries.day)

    @property
    def runs(self) -> str:
        """Return what is running, of several the newest: `Audio guide runs, 52 min so far.`"""
        running = self.entries.running
        if not running:
            return ""
        seconds = max((self.entries.until - running[0].start).total_seconds(), 0.0)
        return f"{running[0].name} runs, {unbroken(hours_and_minutes(seconds / HOUR))} so far."

    @property
    def week(self) -> str:
        """Return what the week since Monday comes to without what is running, as the page of time counts it; empty where
        nothing has ended."""
        seconds = self.entries.week_seconds
        if not seconds:
            return ""
        before = " before it" if self.entries.running else ""
        return f"Week {unbroken(hours_and_minutes(seconds / HOUR))}{before}."


def time_card(visit: Visit) -> TimeCard:
    entries = visit.once(entries_of_day)
    return TimeCard(
        entries=entries,
        columns=columns_of(entries),
        toggl=visit.sources[TOGGL],
        href=entries_url(visit.day, visit.day),
    )


def columns_of(entries: DayEntries) -> SafeString:
    seconds = entries.per_day | {entries.day: entries.seconds}
    if not any(seconds.values()):
        return SafeString()
    places = [
        Place(
            entries_url(day, day),
            f"{format_date(day, 'l j F')}: {hours_and_minutes(length / HOUR)}",
        )
        for day, length in seconds.items()
    ]
    return day_columns(
        list(seconds.values()),
        list(seconds),
        fill="work",
        sentence="; ".join(place.words for place in places),
        places=places,
    )


def in_short(card: TimeCard) -> str:
    return f"{hours_and_minutes(card.hours)} tracked" if card.is_tracked else ""


register_card(
    Card(
        "time",
        "time_logs/card.html",
        time_card,
        PlaceOnPage.SMALL,
        order=30,
        has_records=lambda card: card.has_any,
        in_short=in_short,
    )
)
register_lane(Lane("work", order=30, make=work_lane))
