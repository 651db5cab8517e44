"""The card of the tracked time on the home page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from lifetracker import days
from lifetracker.web.cards import Card, Visit, last_days, register_card, since_monday, visible_count
from lifetracker.web.source_status import SourceStatus
from time_logs.models import TOGGL, TimeEntry


class ProjectTime(NamedTuple):
    client: str
    project: str
    seconds: float


class Running(NamedTuple):
    entry: TimeEntry
    seconds: float


@dataclass(frozen=True, kw_only=True)
class TimeCard:
    """Seconds of `day`, of its week since Monday, and of each of the last days. A running entry is
    in no sum."""

    day: date
    total: float
    week: float
    per_day: dict[date, float]
    projects: list[ProjectTime]
    others: list[ProjectTime]
    running: list[Running]
    latest: TimeEntry | None
    toggl: SourceStatus

    @property
    def most(self) -> float:
        """The longest, against which the others are drawn."""
        return max((one.seconds for one in self.projects), default=0)

    @property
    def other_seconds(self) -> float:
        return sum(one.seconds for one in self.others)

    @property
    def is_unread(self) -> bool:
        return self.toggl.is_unread(self.day)


def time_card(now: datetime, toggl: SourceStatus) -> TimeCard:
    day = days.today()
    drawn = last_days(day)
    entries = TimeEntry.objects.all()
    per_day = entries.per_day(drawn[0], day)
    projects = [
        ProjectTime(client, project, seconds)
        for (client, project), seconds in entries.per("project", day, day).items()
    ]
    top = visible_count(len(projects))
    return TimeCard(
        day=day,
        total=per_day.get(day, 0.0),
        week=sum(per_day.get(one, 0.0) for one in since_monday(drawn)),
        per_day={one: per_day.get(one, 0.0) for one in drawn},
        projects=projects[:top],
        others=projects[top:],
        running=[
            # What a clock that is fast began has lasted no time.
            Running(entry, max(entry.elapsed(now).total_seconds(), 0.0))
            for entry in entries.running().defer("raw")
        ],
        latest=entries.ended().defer("raw").first(),
        toggl=toggl,
    )


def make(visit: Visit) -> TimeCard:
    return time_card(visit.now, visit.sources[TOGGL])


register_card(
    Card(
        "time",
        "time_logs/card.html",
        make,
        order=30,
        has_records=lambda card: bool(card.latest or card.running),
    )
)
