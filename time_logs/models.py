"""Tracked time, from whichever source, and the names that Toggl keeps apart from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from lifetracker.days import elapsed, is_future, latest, local_date, midnight, split_by_day
from lifetracker.models import SourceRecord, SourceRecordQuerySet

TOGGL = "Toggl"
LONGEST = timedelta(days=366)


class Share(NamedTuple):
    """The part of an entry that lies in one local day."""

    entry: TimeEntry
    date: date
    seconds: float


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

    def touching(self, first: date, last: date) -> Self:
        """Ended ones with a part in the local days from `first` to `last`, both included."""
        return self.ended().filter(
            start__lt=midnight(last + timedelta(days=1)), end__gt=midnight(first)
        )

    def shares(self, first: date, last: date) -> Iterator[Share]:
        """The entries of those days, split at local midnight. A running entry has none: nobody
        knows yet how long it is."""
        begin, end = midnight(first), midnight(last + timedelta(days=1))
        for entry in self.touching(first, last).defer("raw").order_by("start"):
            for day, seconds in split_by_day(max(entry.start, begin), min(entry.end, end)):
                yield Share(entry, day, seconds)

    def per_day(self, first: date, last: date) -> dict[date, float]:
        """Seconds by local day, in order; a day without an entry is missing."""
        totals: dict[date, float] = defaultdict(float)
        for share in self.shares(first, last):
            totals[share.date] += share.seconds
        return dict(sorted(totals.items()))

    def per(self, group: str, first: date, last: date) -> dict[Any, float]:
        """Seconds by `project` (as a pair of client and project), `client` or `tag`, the most
        first; an empty name is what has none."""
        totals: dict[Any, float] = defaultdict(float)
        for share in self.shares(first, last):
            for key in GROUPS[group](share.entry):
                totals[key] += share.seconds
        return dict(sorted(totals.items(), key=lambda total: (-total[1], total[0])))

    def overlaps(self, first: date, last: date) -> Iterator[Overlap]:
        """The pairs of entries that are on at the same time, by their start; a running one is on
        until now."""
        now = timezone.now()
        open_entries: list[tuple[datetime, TimeEntry]] = []
        begun = self.live().filter(
            Q(end__gt=midnight(first)) | Q(end__isnull=True),
            start__lt=min(midnight(last + timedelta(days=1)), latest()),
        )
        for entry in begun.defer("raw").order_by("start", "id"):
            end = entry.end or max(now, entry.start)
            open_entries = [(until, other) for until, other in open_entries if until > entry.start]
            for until, other in open_entries:
                seconds = (min(until, end) - entry.start).total_seconds()
                if seconds > 0:
                    yield Overlap(other, entry, seconds)
            open_entries.append((end, entry))


class TimeEntry(SourceRecord):
    """A stretch of time that was spent on something."""

    date = models.DateField(db_index=True, editable=False, help_text="The local date of the start.")
    project = models.CharField(max_length=255, blank=True, default="")
    client = models.CharField(max_length=255, blank=True, default="")
    description = models.TextField(blank=True, default="")
    tags = models.JSONField(default=list, blank=True, help_text="Names, with commas between them.")
    billable = models.BooleanField(default=False)
    start = models.DateTimeField(db_index=True)
    end = models.DateTimeField(null=True, blank=True, help_text="Left out while it is running.")
    duration = models.PositiveIntegerField(
        null=True, editable=False, help_text="Seconds; NULL while it is running."
    )
    # Toggl's id of the project, under which its name may change.
    project_ref = models.CharField(
        max_length=64, blank=True, default="", editable=False, db_index=True
    )

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
            raise ValidationError({"start": "This lies in the future."})
        if self.end and is_future(self.end):
            raise ValidationError(
                {"end": "This lies in the future. Leave it out while the entry is running."}
            )
        length = elapsed(self.start, self.end) if self.end else timedelta(0)
        if length < timedelta(0):
            raise ValidationError({"end": "An entry cannot end before it starts."})
        if length > LONGEST:
            raise ValidationError({"end": "An entry of more than a year cannot be meant."})

    def elapsed(self, now: datetime) -> timedelta:
        """How long it has lasted at `now`, or in all."""
        return elapsed(self.start, self.end or now)


# What time can be added up by, beside the day.
GROUPS: dict[str, Callable[[TimeEntry], Iterable[Any]]] = {
    "project": lambda entry: [(entry.client, entry.project)],
    "client": lambda entry: [entry.client],
    # An entry counts wholly for each of its tags.
    "tag": lambda entry: dict.fromkeys(entry.tags) or [""],
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
