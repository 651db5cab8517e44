"""What the page of workouts is asked for by its address: a range, a sport, a source."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from lifetracker.web.ranges import Link, Range, Steps, range_links, range_or_default, range_steps
from workouts.models import Workout
from workouts.sports import sport_key


class Asked(NamedTuple):
    """`sport` and `source` are empty for all of them."""

    shown: Range
    sport: str = ""
    source: str = ""
    #: What stands in the records of the sport.
    names: tuple[str, ...] = ()

    @property
    def kept(self) -> dict[str, str]:
        """Return what an address keeps beside the range."""
        both = {"sport": self.sport, "source": self.source}
        return {name: value for name, value in both.items() if value}

    @property
    def is_filtered(self) -> bool:
        return bool(self.kept)

    @property
    def behind(self) -> str:
        return f"&{urlencode(self.kept)}" if self.kept else ""

    @property
    def query(self) -> str:
        return self.shown.query + self.behind

    def rows(self) -> Any:
        """Return the workouts that are asked for and have happened, in no order."""
        return self.chosen(Workout.objects.happened()).filter(
            date__range=(self.shown.first, self.shown.last)
        )

    def chosen(self, rows: Any) -> Any:
        """Return the rows of the sport and the source."""
        if self.sport:
            rows = rows.filter(sport_name__in=self.names)
        return (rows.filter(source=self.source) if self.source else rows).order_by()


def asked_for(query: Mapping[str, str], today: date) -> tuple[Asked, str]:
    """Return what is asked for, and why that cannot be shown: then something near to it."""
    shown, refused = range_or_default(query, today, first_day)
    sport, source = (query.get(name, "").replace("\x00", "")[:100] for name in ("sport", "source"))
    return Asked(shown, sport, source, called_alike(sport) if sport else ()), refused


def called_alike(sport: str) -> tuple[str, ...]:
    """Return what stands in the records of sports that are called like this one, by one statement."""
    rows = Workout.objects.live().order_by().values_list("sport_name", flat=True).distinct()
    return tuple(name for name in rows if sport_key(name) == sport_key(sport))


def first_day() -> date | None:
    """Return the day of the first workout."""
    rows = Workout.objects.happened().order_by("date")
    found: date | None = rows.values_list("date", flat=True).first()
    return found


def choices(asked: Asked) -> dict[str, Any]:
    """Return the ways to other ranges, each of which keeps sport and source."""

    def keeping(link: Link | None) -> Link | None:
        return link and link._replace(url=link.url + asked.behind)

    steps = range_steps(asked.shown)
    return {
        "ranges": [keeping(link) for link in range_links(asked.shown)],
        "steps": Steps(keeping(steps.before), keeping(steps.after)),
        "kept": asked.kept,
    }
