"""Days that are unlike others: their owner was ill, away, or had them off."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from lifetracker import days
from lifetracker.models.conflicts import ConstraintsInWords
from lifetracker.models.kept import KeepsRevisions, KeepsRevisionsQuerySet


class DayMarkQuerySet(KeepsRevisionsQuerySet["DayMark"]):
    def confirmed(self) -> Self:
        return self.filter(state=DayMark.State.CONFIRMED)

    def proposed(self) -> Self:
        return self.filter(state=DayMark.State.PROPOSED)

    def refused(self) -> Self:
        return self.filter(state=DayMark.State.REFUSED)

    def between(self, first: date, last: date) -> Self:
        """Return the marks of the days from `first` to `last`, both included."""
        return self.filter(date__range=(first, last))

    def answer(self, state: DayMark.State) -> int:
        """Store what the owner says of these days; return how many. What is confirmed again was confirmed before."""
        now = timezone.now()
        confirmed_at = None if state != DayMark.State.CONFIRMED else Coalesce("confirmed_at", now)
        return self.update(state=state, confirmed_at=confirmed_at, updated_at=now)

    def unusual_between(self, first: date, last: date) -> Self:
        """Return the confirmed days of illness, travel and holiday."""
        return self.confirmed().between(first, last).filter(kind__in=UNUSUAL).order_by()

    def kinds_by_day(self, first: date, last: date) -> dict[date, str]:
        """Return what each unusual day is, such as `holiday`, or `sick, travel`."""
        found: dict[date, list[str]] = {}
        for day, kind in self.unusual_between(first, last).values_list("date", "kind"):
            found.setdefault(day, []).append(kind)
        return {day: ", ".join(sorted(kinds)) for day, kinds in found.items()}

    def excluded_days(self, first: date, last: date) -> set[date]:
        """Return the days that say nothing about what is usual: the confirmed days of illness, travel and holiday."""
        return set(self.unusual_between(first, last).values_list("date", flat=True))


class DayMark(ConstraintsInWords, KeepsRevisions):
    """A day that its owner marked, or that a rule proposes to be marked, as one of illness, travel, holiday or
    something else."""

    exported = True
    export_name = "day-marks"

    class Kind(models.TextChoices):
        SICK = "sick", "sick"
        TRAVEL = "travel", "travel"
        HOLIDAY = "holiday", "holiday"
        OTHER = "other", "other"

    class State(models.TextChoices):
        PROPOSED = "proposed", "proposed"
        CONFIRMED = "confirmed", "confirmed"
        REFUSED = "refused", "refused"

    date = models.DateField(help_text="The day that is marked.")
    kind = models.CharField(max_length=7, choices=Kind)
    state = models.CharField(
        max_length=9,
        choices=State,
        default=State.CONFIRMED,
        help_text="A rule proposes; you confirm or refuse. Only confirmed days count.",
    )
    note = models.TextField(blank=True, default="")
    reasons = models.JSONField(
        default=list,
        blank=True,
        editable=False,
        help_text="What a proposal is based on: a list of objects with a text and its numbers. "
        "Empty for what you marked yourself.",
    )
    spell = models.DateField(
        null=True,
        blank=True,
        editable=False,
        help_text="The first day of the illness, the trip or the stay that a proposal belongs to.",
    )
    confirmed_at = models.DateTimeField(
        "confirmed",
        null=True,
        blank=True,
        editable=False,
        help_text="When you marked the day or confirmed that it is so. Empty: you have not.",
    )
    created_at = models.DateTimeField("added", auto_now_add=True)
    updated_at = models.DateTimeField("last changed", auto_now=True)

    objects = DayMarkQuerySet.as_manager()

    #: What the database held of it when it was read.
    _stored: tuple[object, ...] | None = None

    class Meta:
        ordering = ["-date", "kind"]
        verbose_name = "marked day"
        constraints = [
            models.UniqueConstraint(
                fields=["date", "kind"],
                name="day_marked_once_per_kind",
                violation_error_message="This day already has a mark of this kind.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.date}: {self.kind}"

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any
    ) -> Self:
        found = super().from_db(db, field_names, values, **options)
        if {"date", "kind", "state"} <= set(field_names):
            found._stored = found.said
        return found

    @property
    def said(self) -> tuple[object, ...]:
        """Return what is said of which day."""
        return self.date, self.kind, self.state

    def save(self, *args: Any, **options: Any) -> None:
        """Store it, with the moment at which it was confirmed: a mark of another day or of another kind is a new one."""
        if self.state != self.State.CONFIRMED:
            self.confirmed_at = None
        elif not self.confirmed_at or (self._stored and self._stored != self.said):
            self.confirmed_at = timezone.now()
        super().save(*args, **options)
        self._stored = self.said

    def clean(self) -> None:
        # A date that could not be read has its message already.
        if self.date and not days.FIRST_DAY <= self.date <= days.LAST_DAY:
            raise ValidationError({"date": days.OUT_OF_RANGE})

    def reason_texts(self) -> list[str]:
        """Return the reasons in words. A backup may hold any JSON."""
        reasons = self.reasons if isinstance(self.reasons, list) else []
        return [str(one["text"]) for one in reasons if isinstance(one, dict) and "text" in one]

    def with_spell(self) -> DayMarkQuerySet:
        """Return this mark and the days of the same illness, trip or stay that still wait for an answer."""
        waiting = Q(kind=self.kind, spell=self.spell, state=DayMark.State.PROPOSED)
        return DayMark.objects.filter(Q(pk=self.pk) | waiting if self.spell else Q(pk=self.pk))


#: The kinds of days that say nothing about what is usual.
UNUSUAL = (DayMark.Kind.SICK, DayMark.Kind.TRAVEL, DayMark.Kind.HOLIDAY)


def excluded_days(first: date, last: date) -> set[date]:
    """Return the days from `first` to `last`, both included, that stay out of the usual, in one statement."""
    return DayMark.objects.excluded_days(first, last)
