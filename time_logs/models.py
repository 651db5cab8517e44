"""Tracked time, from whichever source, and the names that Toggl keeps apart from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta, tzinfo
from operator import attrgetter
from typing import Any, NamedTuple, Self

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import Case, F, Max, Min, Q, Sum, When
from django.db.models.expressions import RawSQL
from django.utils import timezone

from lifetracker.days import ONE_DAY, elapsed, is_future, latest, local_date, midnight, split_by_day
from lifetracker.models import SourceRecord, SourceRecordQuerySet, fields
from lifetracker.models.pending_imports import PreviewedFile
from time_logs.group_sums import Days, Seconds, group_sums
from time_logs.source import SOURCE
from time_logs.sums import (
    EVERY_ENTRY,
    MICROSECONDS,
    Microseconds,
    Only,
    day_sums,
    microseconds,
)

TOGGL = SOURCE.name
#: The entries that only a report has which Toggl exports as a file. Where the API has the same, they are hidden.
TOGGL_EXPORT = SOURCE.export_name
LONGEST = timedelta(days=366)
# Seconds, as `duration` has them, from which on an entry may have begun more than a day before its end.
LONG = 24 * 3600 - 1


class Overlap(NamedTuple):
    """Two entries at the same time: the second begins before the first has ended."""

    first: TimeEntry
    second: TimeEntry
    seconds: float


class TimeEntryQuerySet(SourceRecordQuerySet):
    def move_days(self, zone: tzinfo, before: tzinfo | None) -> None:
        self.date_by(F("start"), zone)

    def running(self) -> Self:
        return self.happened().filter(end__isnull=True)

    def ended(self) -> Self:
        return self.happened().filter(end__isnull=False)

    def reaching(self, begin: datetime, end: datetime) -> Self:
        """Return those with a part in `[begin, end)`, and those that run, found by the indexes: what is short
        began within the day before."""
        day_before = begin - ONE_DAY
        recent = Q(start__gte=day_before, start__lt=end) & (Q(end__gt=begin) | Q(end__isnull=True))
        long = Q(duration__gte=LONG, end__gt=begin, start__lt=day_before)
        return self.filter(recent | long | Q(end__isnull=True, start__lt=day_before))

    def meeting(self, only: Only) -> Self:
        """Return those that meet a condition of `sums.py`."""
        if not only.sql:
            return self
        table = connection.ops.quote_name(self.model._meta.db_table)
        meets = RawSQL(  # noqa: S611 - all of it is ours
            f"({only.sql.replace('entry.', f'{table}.')})", only.values, models.BooleanField()
        )
        return self.alias(meets=meets).filter(meets=True)

    def per_day(self, first: date, last: date) -> dict[date, float]:
        """Return seconds by local day, in order; a day without an entry is missing. A running entry has none:
        nobody knows yet how long it is. Of all entries, and not of those of a filter."""
        return self.per_day_and_running(first, last)[0]

    def per_day_and_running(
        self, first: date, last: date, only: Only = EVERY_ENTRY
    ) -> tuple[dict[date, float], datetime | None]:
        """Return the same of the entries that meet a condition, and since when one of them is running."""
        begin, finish = midnight(first), midnight(last + ONE_DAY)
        totals: dict[date, int] = defaultdict(int)
        running: list[datetime] = []
        for day, start, end, length in day_sums(self.model._meta.db_table, LONG, first, last, only):
            if day:
                totals[day] += length
            elif start and end is None:
                running.append(start)
            elif start and end:
                for touched, seconds in split_by_day(max(start, begin), min(end, finish)):
                    totals[touched] += round(seconds * MICROSECONDS)
        sums = {day: total / MICROSECONDS for day, total in sorted(totals.items())}
        return sums, min(running, default=None)

    def per(self, group: str, first: date, last: date) -> dict[Any, float]:
        """Return seconds by `project` (as a pair of client and project), `client`, `ref` (a project's id at its source)
        or `tag`, the most first; an empty name is what has none."""
        begin, end = midnight(first), midnight(last + ONE_DAY)
        columns, keys_of = GROUPS[group]
        reaches_out = Q(start__lt=begin) | Q(end__gt=end)
        found = (
            self.ended()
            .reaching(begin, end)
            .order_by()
            .annotate(alone=Case(When(reaches_out, then="pk")))
            .values_list(*columns, "alone")
            .annotate(Min("start"), Max("end"), length=Sum(Microseconds("start", "end")))
        )
        totals: dict[Any, int] = defaultdict(int)
        for *values, alone, start, until, length in found:
            cut = microseconds(min(until, end) - max(start, begin)) if alone else int(length)
            for key in keys_of(*values) if cut else ():
                totals[key] += cut
        by_length = sorted(totals.items(), key=lambda total: (-total[1], total[0]))
        return {key: total / MICROSECONDS for key, total in by_length}

    def per_stretch(
        self, by: str, stretches: Sequence[Days], refs: Collection[str] | None = None
    ) -> Seconds:
        """Return the seconds of all entries in each of the stretches, which follow each other, by `project` (as a pair of
        client and project), `ref` (a project's id at its source), `client`, `tag` or `description`. A running entry has none.
        `refs`: by `ref`, which of them alone are asked for."""
        return group_sums(self.model._meta.db_table, LONG, stretches, by, refs)

    def overlaps(self, first: date, last: date) -> Iterator[Overlap]:
        """Yield the pairs of entries that are on at the same time, by their start; a running one is on
        until now."""
        now = timezone.now()
        until = min(midnight(last + ONE_DAY), latest())
        begun = self.live().reaching(midnight(first), until)
        # In order only now: asked for an order, SQLite would follow its index from the first entry on.
        yield from overlapping(begun.defer("raw").order_by(), now)


def overlapping(entries: Iterable[TimeEntry], now: datetime) -> Iterator[Overlap]:
    """Yield the pairs of these that are on at the same time, by their start; a running one is on until now."""
    open_entries: list[tuple[datetime, TimeEntry]] = []
    for entry in sorted(entries, key=attrgetter("start", "pk")):
        end = entry.end or max(now, entry.start)
        open_entries = [(until, other) for until, other in open_entries if until > entry.start]
        for until, other in open_entries:
            seconds = (min(until, end) - entry.start).total_seconds()
            if seconds > 0:
                yield Overlap(other, entry, seconds)
        open_entries.append((end, entry))


class TimeEntry(SourceRecord):
    """A stretch of time that was spent on something."""

    date = models.DateField(
        db_index=True, editable=False, help_text="The local date on which the entry started."
    )
    project = models.CharField(max_length=255, blank=True, default="")
    client = models.CharField(max_length=255, blank=True, default="")
    description = models.TextField(blank=True, default="")
    tags = models.JSONField(default=list, blank=True, help_text="Separate tags with commas.")
    billable = models.BooleanField(default=False)
    start = models.DateTimeField(db_index=True)
    end = models.DateTimeField(null=True, blank=True, help_text="Left out while it is running.")
    duration = fields.PositiveIntegerField(
        unit="s", null=True, editable=False, help_text="Empty while the entry is running."
    )
    # Toggl's id of the project, under which its name may change.
    project_ref = models.CharField(
        max_length=64, blank=True, default="", editable=False, db_index=True
    )
    # Toggl's ids of the tags, likewise; empty where nobody can tell which name goes with which id.
    tag_refs = models.JSONField(default=list, blank=True, editable=False)

    moments = ("end", "start")

    objects = TimeEntryQuerySet.as_manager()  # type: ignore[misc]  # as any model may

    class Meta(SourceRecord.Meta):
        ordering = ["-start", "-id"]
        verbose_name_plural = "time entries"
        constraints = [
            *SourceRecord.Meta.constraints,
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__gte=F("start")),
                name="time_entry_ends_after_start",
            ),
        ]
        indexes = [
            # All that the sums by day read, of however many years.
            models.Index(
                fields=["start", "end"],
                condition=Q(deleted_at__isnull=True),
                name="time_entry_live_spans",
            ),
            # The sums by project, of however many years (`group_sums.py`, which names the condition). Without the second
            # half SQLite would read all of it for the few entries of a week, only because they are grouped by project. With
            # all columns that the statement names, also those that are the same everywhere, it leaves the entries alone.
            models.Index(
                fields=["client", "project", "start", "end", "duration", "deleted_at"],
                condition=Q(deleted_at__isnull=True, duration__isnull=False),
                name="time_entry_projects",
            ),
            # The same by Toggl's id of the project, and which entry of it is the last.
            models.Index(
                fields=["project_ref", "start", "end"],
                condition=Q(deleted_at__isnull=True, duration__isnull=False),
                name="time_entry_project_refs",
            ),
            # What is running: the home page, and the totals.
            models.Index(
                fields=["start"], condition=Q(end__isnull=True), name="time_entry_running"
            ),
            # Of `reaching`: the few that may have begun long before a range of days.
            models.Index(fields=["end"], condition=Q(duration__gte=LONG), name="time_entry_long"),
        ]

    def __str__(self) -> str:
        return f"{self.project or self.description or 'Time'} on {self.date}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.date = local_date(self.start)
        self.duration = int(elapsed(self.start, self.end).total_seconds()) if self.end else None
        super().save(*args, **kwargs)

    def clean(self) -> None:
        if not self.start:
            return
        if is_future(self.start):
            raise ValidationError({"start": "This time must not be in the future."})
        if self.end and is_future(self.end):
            raise ValidationError(
                {
                    "end": "This time must not be in the future. Leave it empty while the entry is running."
                }
            )
        length = elapsed(self.start, self.end) if self.end else timedelta(0)
        if length < timedelta(0):
            raise ValidationError({"end": "The end must not be before the start."})
        if length > LONGEST:
            raise ValidationError({"end": "An entry cannot be longer than a year."})

    def elapsed(self, now: datetime) -> timedelta:
        """Return how long it has lasted at `now`, or in all."""
        return elapsed(self.start, self.end or now)


# What time can be added up by, beside the day: the columns, and the keys under which an entry counts wholly.
GROUPS: dict[str, tuple[tuple[str, ...], Callable[..., Iterable[Any]]]] = {
    "project": (("client", "project"), lambda client, project: [(client, project)]),
    "client": (("client",), lambda client: [client]),
    "ref": (("project_ref",), lambda ref: [ref]),
    "tag": (("tags",), lambda tags: dict.fromkeys(tags) or [""]),
}


class TogglProject(SourceRecord):
    """A project at Toggl, with its client's name."""

    name = models.CharField(max_length=255)
    client = models.CharField(max_length=255, blank=True, default="")
    color = models.CharField(max_length=20, blank=True, default="")
    active = models.BooleanField(default=True)

    class Meta(SourceRecord.Meta):
        ordering = ["client", "name"]
        verbose_name = "Toggl project"

    def __str__(self) -> str:
        return self.name


class TogglTag(SourceRecord):
    name = models.CharField(max_length=255)

    class Meta(SourceRecord.Meta):
        ordering = ["name"]
        verbose_name = "Toggl tag"

    def __str__(self) -> str:
        return self.name


class PendingTogglExport(PreviewedFile):
    """A report of Toggl that was read and previewed, and is imported once it is confirmed."""
