"""Which records of WHOOP's export and of its API are the same: that of the API counts, and the other one is hidden.

The export has no ids, whole seconds, and one offset for a whole cycle. So two records of one kind are the same where they begin
or end in the same second, by the clock of the world or by that on the wall; or where they overlap by more than half, because WHOOP
lets one edit when a sleep began. A recovery follows its night.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery

from apple_health.same_workouts import hide_of_apple_health
from lifetracker.models import SourceRecord
from lifetracker.sync.upsert import mark_deleted
from lifetracker.sync.writer import batches_of
from whoop.models import WHOOP, WHOOP_EXPORT, WhoopCycle, WhoopRecovery, WhoopSleep
from workouts.models import Workout

#: How much earlier something may begin that overlaps.
LONGEST = timedelta(hours=48)
#: How long a night is taken to be that is not stored. No two recoveries are of nights that begin within half of this.
NOMINAL = timedelta(hours=3)
#: Some programs leave the seconds of a time out.
NEAR = timedelta(minutes=2)
#: By how much clocks change.
ONE_HOUR = timedelta(hours=1)


class Moved(NamedTuple):
    """When something would begin, and how long it lasts, in whole seconds."""

    start: datetime
    length: timedelta


class Span(NamedTuple):
    """When a record began and ended. `end`: None for a cycle that is still running. `offset`: in minutes east of UTC."""

    start: datetime
    end: datetime | None
    offset: int | None = None

    @property
    def second(self) -> datetime:
        return self.start.replace(microsecond=0)

    @property
    def wall(self) -> datetime | None:
        """Return the time on the wall, as if it were UTC; None where its zone is not known."""
        return None if self.offset is None else self.second + timedelta(minutes=self.offset)

    @property
    def wall_of_end(self) -> datetime | None:
        """Return the same of its end. The offset of a night is that of waking up, also where the clocks changed in it."""
        if self.end is None or self.offset is None:
            return None
        return self.end.replace(microsecond=0) + timedelta(minutes=self.offset)

    @property
    def moved_by_an_hour(self) -> list[Moved]:
        """Return when it would be if the clocks changed in its cycle, of which the file has one offset."""
        if self.end is None or self.offset is None:
            return []
        length = self.end.replace(microsecond=0) - self.second
        return [Moved(self.second + hour, length) for hour in (-ONE_HOUR, ONE_HOUR)]

    def is_mostly(self, other: Span) -> bool:
        """Return whether more than half of the shorter one is in both."""
        if self.end is None or other.end is None:
            return False
        common = min(self.end, other.end) - max(self.start, other.start)
        return common > min(self.end - self.start, other.end - other.start) / 2


def has_near(sorted_moments: Sequence[datetime], moment: datetime) -> bool:
    place = bisect_left(sorted_moments, moment - NEAR)
    return place < len(sorted_moments) and sorted_moments[place] <= moment + NEAR


class Spans:
    """Records of one kind, in which the same ones are looked for."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._spans = sorted(spans, key=lambda one: one.start)
        self._starts = [one.start for one in self._spans]
        self._seconds = {one.second for one in self._spans}
        self._walls = {wall for one in self._spans if (wall := one.wall)}
        self._sorted_walls = sorted(self._walls)
        self._ends = {wall for one in self._spans if (wall := one.wall_of_end)}
        self._moved = {moved: one.offset for one in self._spans for moved in one.moved_by_an_hour}

    def has(self, span: Span) -> bool:
        """Return whether one of them is the same record as this one."""
        if span.second in self._seconds or span.wall in self._walls:
            return True
        if span.end is None:
            return False
        if span.wall_of_end in self._ends or self._has_moved(span):
            return True
        first, last = (
            bisect_left(self._starts, moment) for moment in (span.start - LONGEST, span.end)
        )
        return any(span.is_mostly(one) for one in self._spans[first:last])

    def _has_moved(self, span: Span) -> bool:
        """Return whether one of them is as long to the second and begins an hour earlier or later, by another offset."""
        if span.end is None or span.offset is None:
            return False
        here = Moved(span.second, span.end.replace(microsecond=0) - span.second)
        return self._moved.get(here, span.offset) != span.offset

    def begins_like(self, span: Span) -> bool:
        """Return whether one of them begins when this one does, give or take two minutes."""
        wall = span.wall
        return has_near(self._starts, span.second) or (
            wall is not None and has_near(self._sorted_walls, wall)
        )


class SpanColumns(NamedTuple):
    """The columns of a model that tell when a record was. `looked_up`: those of them that stand in another model. `nominal`:
    how long it is taken to be where its end is not known."""

    start: str
    end: str
    offset: str
    looked_up: Mapping[str, Subquery] = {}
    nominal: timedelta | None = None

    @property
    def names(self) -> list[str]:
        return [self.start, self.end, self.offset]

    def span(self, values: Mapping[str, Any]) -> Span | None:
        """Return when a record was; None where its start is not known."""
        start, end = values[self.start], values[self.end]
        if start is None:
            return None
        if end is None and self.nominal:
            end = start + self.nominal
        return Span(start, end, values[self.offset])

    def spans_of(self, rows: QuerySet[SourceRecord]) -> dict[str, Span]:
        """Return the spans of records by their ids, by one statement; none of one whose start is not known."""
        names = self.names
        listed = rows.order_by().annotate(**self.looked_up).values_list("source_id", *names)
        found = {
            source_id: self.span(dict(zip(names, values, strict=True)))
            for source_id, *values in listed
        }
        return {source_id: span for source_id, span in found.items() if span}


def of_night(column: str) -> Subquery:
    """Return a column of the night that a recovery belongs to, also of one that is hidden."""
    night = WhoopSleep.objects.filter(source=OuterRef("source"), source_id=OuterRef("sleep_id"))
    return Subquery(night.values(column)[:1])


SPAN_COLUMNS: dict[type[SourceRecord], SpanColumns] = {
    WhoopCycle: SpanColumns("start_time", "end_time", "utc_offset_min"),
    WhoopSleep: SpanColumns("start_time", "end_time", "utc_offset_min"),
    # A recovery has neither an end nor an offset: it is the same as another one where their nights are.
    WhoopRecovery: SpanColumns(
        "start_time",
        "night_end",
        "night_offset",
        {"night_end": of_night("end_time"), "night_offset": of_night("utc_offset_min")},
        NOMINAL,
    ),
    Workout: SpanColumns("start", "end", "utc_offset_min"),
}


def hide_exported(
    model: type[SourceRecord], columns: Sequence[str], rows: Sequence[Sequence[object]]
) -> None:
    """Hide the records of the export, and the workouts of Apple Health, that are the same as rows which the API has just brought,
    by at most three statements, and one more for workouts."""
    where = SPAN_COLUMNS[model]
    spans = spans_in(model, columns, rows)
    if not spans:
        return
    first = min(span.start for span in spans) - LONGEST
    last = max(span.end or span.start for span in spans) + LONGEST
    stored = exported(model).filter(**{f"{where.start}__range": (first, last)})
    api = Spans(spans)
    same = [source_id for source_id, span in where.spans_of(stored).items() if api.has(span)]
    hide_records(model, same)
    if model is Workout:
        hide_of_apple_health(first, last)


def spans_in(
    model: type[SourceRecord], columns: Sequence[str], rows: Sequence[Sequence[object]]
) -> list[Span]:
    """Return the spans of rows that the API has brought and that are stored."""
    where = SPAN_COLUMNS[model]
    if where.looked_up:
        ids = [row[columns.index("source_id")] for row in rows]
        stored = model._default_manager.filter(source=WHOOP, source_id__in=ids)
        return list(where.spans_of(stored).values())
    places = {name: columns.index(name) for name in where.names}
    values = ({name: row[place] for name, place in places.items()} for row in rows)
    return [span for one in values if (span := where.span(one))]


def exported(model: type[SourceRecord]) -> QuerySet[SourceRecord]:
    """Return the live records of the export."""
    return model._default_manager.filter(source=WHOOP_EXPORT, deleted_at=None)


def hide_records(model: type[SourceRecord], source_ids: Iterable[str]) -> None:
    """Mark records of the export as deleted."""
    for some in batches_of(sorted(source_ids)):
        mark_deleted(model._default_manager.filter(source=WHOOP_EXPORT), some)
