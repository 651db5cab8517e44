"""Weighing: what the scale sent, the weigh-ins that it makes, and what they say over time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta, tzinfo
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Avg, F, Q, Subquery, Value
from django.db.models.functions import Coalesce

from lifetracker.days import is_future, local_date
from lifetracker.models import SourceRecord, SourceRecordQuerySet, fields
from lifetracker.models.expressions import DaysBefore
from lifetracker.sync.measures import refuse_zero
from weight.source import SOURCE

WITHINGS = SOURCE.name

# Withings' word for a measure that may be somebody else's, who stood on the same scale.
AMBIGUOUS = 1

# How much of the distance to a new weight the trend goes in one day.
SMOOTHING = 0.1
# After so many days a weight is in no trend any more: of 999 kg less than a billionth of a gram is left
# (999 kg * 0.9 ** 400 = 5e-16 kg), which is less than a float of 64 bits tells apart.
FADED = 400


class TrendPoint(NamedTuple):
    """`kg`: the mean of the day's weigh-ins. `trend`: the smoothed weight of that day, in kg."""

    date: date
    kg: float
    trend: float


def smooth(days: Iterable[tuple[date, float]]) -> list[TrendPoint]:
    """Return the trend through weights in order of their days, however far apart those are.

    John Walker's Hacker's Diet ("Signal and Noise") moves the trend each day by a tenth of its
    distance to the day's weight. After `n` days that is `1 - 0.9 ** n` of the distance: so a
    weight after a gap counts for the days that it stands for, and a weight every day gives
    Walker's own figures. The first weight is the first trend.
    """
    points: list[TrendPoint] = []
    for day, kg in days:
        trend = kg
        if points:
            last = points[-1]
            share = 1 - (1 - SMOOTHING) ** (day - last.date).days
            trend = last.trend + share * (kg - last.trend)
        points.append(TrendPoint(day, kg, trend))
    return points


def slope_per_week(points: list[TrendPoint], span: timedelta, until: date) -> float | None:
    """Return the slope in kg a week in the `span` before `until`: between the last point and where the trend stood
    `span` before it. None where that last point is older than `span`, and where the points reach
    over less than a week."""
    if not points or until - points[-1].date >= span:
        return None
    last = points[-1]
    earlier = max(points[0].date, last.date - span)
    weeks = (last.date - earlier) / timedelta(weeks=1)
    return (last.trend - trend_on(points, earlier)) / weeks if weeks >= 1 else None


def trend_on(points: list[TrendPoint], day: date) -> float:
    """Return the trend of a day between two points, on the straight line through them. Raises ValueError for a day outside."""
    for before, after in pairwise(points):
        if before.date <= day <= after.date:
            part = (day - before.date) / (after.date - before.date)
            return before.trend + part * (after.trend - before.trend)
    raise ValueError(f"{day} is not between the first and the last weigh-in")


class WeighInQuerySet(SourceRecordQuerySet):
    def certain(self) -> Self:
        """Return the live ones of the past that are surely this person's: what every figure is made of."""
        return self.happened().exclude(attribution=AMBIGUOUS)

    def move_days(self, zone: tzinfo, before: tzinfo | None) -> None:
        self.date_by(F("measured_at"), zone)

    def per_day(self) -> models.QuerySet[Any, dict[str, object]]:
        """Return, in order of days: date, kg (the mean of the day's weigh-ins), fat_ratio."""
        days = self.certain().values("date").order_by("date")
        return days.annotate(kg=Avg("weight_kg"), fat=Avg("fat_ratio"))  # type: ignore[no-any-return]

    def trend_of(self, first: date, last: date) -> list[TrendPoint]:
        """Return a point for each day with a weigh-in, oldest first, from the newest one that is not after
        `first` (the very first one, where there is none) to `last`. To be asked of all weigh-ins: each point
        rests on those before it, of which those are read that still count, however long the history is."""
        known = self.certain().filter(date__lte=first).order_by("-date").values("date")[:1]
        begin = DaysBefore(Coalesce(Subquery(known), Value(first)), FADED)
        days = self.weights().filter(date__gte=begin, date__lte=last)
        points = smooth((day, float(kg)) for day, kg in days)
        before = [number for number, point in enumerate(points) if point.date <= first]
        return points[before[-1] if before else 0 :]

    def first_of_days(self, first: date, last: date) -> dict[date, float]:
        """Return the first weight of each day that has one: that of the morning."""
        rows = self.certain().filter(date__range=(first, last)).order_by("-measured_at", "-pk")
        return {day: float(kg) for day, kg in rows.values_list("date", "weight_kg")}

    def weights(self) -> models.QuerySet[Any, tuple[date, Decimal | float]]:
        """Return, in order of days: date and kg."""
        return self.per_day().values_list("date", "kg")


def measure(unit: str, highest: int, **options: Any) -> fields.DecimalField[Any, Any]:
    return fields.DecimalField(
        unit=unit,
        max_digits=7,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[
            refuse_zero,
            MinValueValidator(Decimal(0)),
            MaxValueValidator(Decimal(highest)),
        ],
        **options,
    )


class Measures(models.Model):
    """What a scale measures beside the weight. NULL is what it did not measure."""

    fat_ratio = measure("%", 100, verbose_name="body fat")
    fat_mass_kg = measure("kg", 999, verbose_name="fat mass")
    lean_mass_kg = measure("kg", 999, verbose_name="lean mass", help_text="Without the fat.")
    muscle_mass_kg = measure("kg", 999, verbose_name="muscle mass")
    bone_mass_kg = measure("kg", 999, verbose_name="bone mass")
    hydration_kg = measure("kg", 999, verbose_name="water")
    heart_pulse = fields.PositiveSmallIntegerField(
        "heart rate",
        unit="bpm",
        null=True,
        blank=True,
        validators=[refuse_zero, MaxValueValidator(400)],
    )
    # Withings may add codes, so no code is refused.
    attribution = fields.BigIntegerField(
        unit="code",
        null=True,
        blank=True,
        editable=False,
        help_text="Withings' code: 1 is ambiguous, 2 and 4 were entered by hand at Withings, others come from a device.",
    )
    device = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        abstract = True

    @property
    def is_ambiguous(self) -> bool:
        return self.attribution == AMBIGUOUS


# What a group and a weigh-in have in common.
MEASURES = (
    "fat_ratio",
    "fat_mass_kg",
    "lean_mass_kg",
    "muscle_mass_kg",
    "bone_mass_kg",
    "hydration_kg",
    "heart_pulse",
)


class MeasureGroup(SourceRecord, Measures):
    """A group of measures as Withings sends it. One weigh-in comes as several groups of one moment;
    some groups, such as one with a pulse only, belong to none."""

    measured_at = models.DateTimeField("measured at", db_index=True)
    weight_kg = measure("kg", 999, verbose_name="weight")

    moments = ("measured_at",)

    class Meta(SourceRecord.Meta):
        ordering = ["-measured_at", "-id"]

    def __str__(self) -> str:
        return f"Group {self.source_id}"


class WeighIn(SourceRecord, Measures):
    """A weight at a moment."""

    date = models.DateField(
        db_index=True, editable=False, help_text="The local date of the weigh-in."
    )
    measured_at = models.DateTimeField("weighed at", db_index=True)
    weight_kg = fields.DecimalField(
        "weight",
        unit="kg",
        max_digits=7,
        decimal_places=4,
        validators=[MinValueValidator(Decimal("0.5")), MaxValueValidator(Decimal(999))],
    )

    moments = ("measured_at",)

    objects = WeighInQuerySet.as_manager()  # type: ignore[misc]  # as any model may

    class Meta(SourceRecord.Meta):
        ordering = ["-measured_at", "-id"]
        verbose_name = "weigh-in"
        indexes = [
            # All that a trend reads of a weigh-in: of a year and a quarter, for each look at the home page.
            models.Index(
                fields=["date", "measured_at", "attribution", "weight_kg"],
                condition=Q(deleted_at__isnull=True),
                name="weigh_in_trend",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weight_kg:.1f} kg on {self.date}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.date = local_date(self.measured_at)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        if self.measured_at and is_future(self.measured_at):
            raise ValidationError({"measured_at": "This time must not be in the future."})
