"""Metrics that no service has, such as a blood value: what they are, and their values. A day without a value is unknown."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce

from lifetracker.days import is_future, local_date, today
from lifetracker.models import SourceRecord, SourceRecordQuerySet, fields
from lifetracker.models.records import BEGINNING

#: No value is higher, and none lower than its negative, in whatever unit.
MOST = 1_000_000_000
MOST_DECIMALS = 4
LONGEST_NAME = 200
SAME_NAME = "There is already a metric with this name. Rename that one, or choose another name."
#: Values that a file without another source brought.
CSV = "CSV"


def plain_name(text: str) -> str:
    """Return a name with single spaces, and none around it."""
    return " ".join(text.split())


def folded_name(text: str) -> str:
    """Return a name by which two that differ in capitals or spaces are the same."""
    return plain_name(text).casefold()


class OwnMetricQuerySet(SourceRecordQuerySet):
    def in_order(self) -> OwnMetricQuerySet:
        """Return the live ones by name."""
        return self.live().order_by("folded_name", "pk")


class OwnMetric(SourceRecord):
    """What is measured. Its values are added by hand, or by a file."""

    class PerDay(models.TextChoices):
        MEAN = "mean", "Their mean"
        SUM = "sum", "Their sum"
        LAST = "last", "The last one"

    class Better(models.TextChoices):
        HIGHER = "higher", "Higher is better"
        LOWER = "lower", "Lower is better"
        NEITHER = "neither", "Neither"

    name = models.CharField(max_length=LONGEST_NAME, help_text="Such as: Ferritin.")
    folded_name = models.CharField(max_length=600, editable=False)
    unit = models.CharField(
        max_length=40, blank=True, default="", help_text="Such as µg/l. Empty for a plain number."
    )
    decimals = fields.PositiveSmallIntegerField(
        unit="digits",
        default=0,
        validators=[MaxValueValidator(MOST_DECIMALS)],
        help_text="How many digits are shown behind the point. What is stored is not rounded.",
    )
    per_day = models.CharField(
        "several values of one day come to", max_length=4, choices=PerDay, default=PerDay.MEAN
    )
    better = models.CharField(
        "what is better", max_length=7, choices=Better, default=Better.NEITHER
    )

    objects = OwnMetricQuerySet.as_manager()  # type: ignore[misc]  # as any model may

    #: Made from the name.
    no_values = frozenset({"folded_name"})

    class Meta(SourceRecord.Meta):
        verbose_name = "own metric"
        ordering = ["folded_name", "pk"]
        constraints = [
            *SourceRecord.Meta.constraints,
            models.UniqueConstraint(
                fields=["folded_name"],
                condition=Q(deleted_at__isnull=True),
                name="own_metric_named_once",
                violation_error_message=SAME_NAME,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **options: Any) -> None:
        self.name = plain_name(self.name)
        self.folded_name = folded_name(self.name)
        super().save(*args, **options)

    def clean(self) -> None:
        """Raise ValidationError for a name that is empty, or that another one has."""
        if self.name and not plain_name(self.name):
            raise ValidationError({"name": "Enter a name."})
        same = OwnMetric.objects.live().filter(folded_name=folded_name(self.name))
        if same.exclude(pk=self.pk).exists():
            raise ValidationError({"name": SAME_NAME})


class OwnValueQuerySet(SourceRecordQuerySet):
    def of(self, metric: int) -> OwnValueQuerySet:
        """Return the live ones of a metric, by its id."""
        return self.live().filter(metric=metric)

    def newest_first(self) -> OwnValueQuerySet:
        """Return them by day and time, those of a day without a time last."""
        return self.order_by("-date", F("measured_at").desc(nulls_last=True), "-pk")

    def last_of_days(self, metric: int) -> OwnValueQuerySet:
        """Return the last one of each day: that with the latest time, one without a time before all others, and of equals the
        one that was added last."""
        at = Coalesce("measured_at", Value(BEGINNING, models.DateTimeField()))
        mine = Coalesce(OuterRef("measured_at"), Value(BEGINNING, models.DateTimeField()))
        others = self.model._default_manager.all().of(metric).filter(date=OuterRef("date"))
        later = others.annotate(at=at).filter(Q(at__gt=mine) | Q(at=mine, pk__gt=OuterRef("pk")))
        return self.of(metric).filter(~Exists(later))

    def move_days(self, zone: tzinfo, before: tzinfo | None) -> None:
        self.filter(measured_at__isnull=False).date_by(F("measured_at"), zone)


class OwnValue(SourceRecord):
    """What a metric was on a day, or at a moment of it."""

    metric = models.ForeignKey(OwnMetric, on_delete=models.CASCADE, related_name="values")
    date = models.DateField("day")
    measured_at = models.DateTimeField(
        "time", null=True, blank=True, help_text="When it was measured, if that is known."
    )
    value = fields.FloatField(unit="", typed_in=(-MOST, MOST))
    note = models.TextField(blank=True, default="", max_length=10_000)
    file_name = models.CharField(
        "file",
        max_length=100,
        blank=True,
        default="",
        editable=False,
        help_text="The file that brought it; empty where it was typed in.",
    )

    moments = ("measured_at",)

    objects = OwnValueQuerySet.as_manager()  # type: ignore[misc]  # as any model may

    class Meta(SourceRecord.Meta):
        verbose_name = "value of an own metric"
        verbose_name_plural = "values of own metrics"
        ordering = ["-date", "-pk"]
        indexes = [
            models.Index(fields=["-date", "-id"], name="own_value_newest"),
            # For the days of one metric.
            models.Index(
                fields=["metric", "date"],
                condition=Q(deleted_at__isnull=True),
                name="own_value_of_metric",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} on {self.date}"

    def clean(self) -> None:
        """Raise ValidationError for a day or a moment that has not come, and for a moment of another day."""
        errors: dict[str, str] = {}
        if self.date and self.date > today():
            errors["date"] = "The day must not be in the future."
        if self.measured_at and is_future(self.measured_at):
            errors["measured_at"] = "The time must not be in the future."
        elif self.measured_at and self.date and local_date(self.measured_at) != self.date:
            errors["measured_at"] = f"This time is on {local_date(self.measured_at)}, another day."
        if errors:
            raise ValidationError(errors)
