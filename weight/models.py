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
from django.db.models import Avg, F

from lifetracker.days import is_future, local_date
from lifetracker.measures import refuse_zero
from lifetracker.models import SourceRecord, SourceRecordQuerySet

WITHINGS = "Withings"

# Withings' word for a measure that may be somebody else's, who stood on the same scale.
AMBIGUOUS = 1

# How much of the distance to a new weight the trend goes in one day.
SMOOTHING = 0.1


class TrendPoint(NamedTuple):
    """`kg`: the mean of the day's weigh-ins. `trend`: the smoothed weight of that day, in kg."""

    date: date
    kg: float
    trend: float


def smooth(days: Iterable[tuple[date, float]]) -> list[TrendPoint]:
    """The trend through weights in order of their days, however far apart those are.

    John Walker's Hacker's Diet («Signal and Noise») moves the trend each day by a tenth of its
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
    """kg a week in the `span` before `until`: between the last point and where the trend stood
    `span` before it. None where that last point is older than `span`, and where the points reach
    over less than a week."""
    if not points or until - points[-1].date >= span:
        return None
    last = points[-1]
    earlier = max(points[0].date, last.date - span)
    weeks = (last.date - earlier) / timedelta(weeks=1)
    return (last.trend - trend_on(points, earlier)) / weeks if weeks >= 1 else None


def trend_on(points: list[TrendPoint], day: date) -> float:
    """Between two points on the straight line through them. Raises ValueError for a day outside."""
    for before, after in pairwise(points):
        if before.date <= day <= after.date:
            part = (day - before.date) / (after.date - before.date)
            return before.trend + part * (after.trend - before.trend)
    raise ValueError(f"{day} is not between the first and the last weigh-in")


class WeighInQuerySet(SourceRecordQuerySet):
    def certain(self) -> Self:
        """The living ones of the past that are surely this person's: what every figure is made of."""
        return self.happened().exclude(attribution=AMBIGUOUS)

    def move_days(self, zone: tzinfo, before: tzinfo | None) -> None:
        self.date_by(F("measured_at"), zone)

    def per_day(self) -> models.QuerySet[Any, Any]:
        """In order of days: date, kg (the mean of the day's weigh-ins), fat_ratio."""
        days = self.certain().values("date").order_by("date")
        return days.annotate(kg=Avg("weight_kg"), fat=Avg("fat_ratio"))  # type: ignore[no-any-return]

    def trend(self) -> list[TrendPoint]:
        """One point for each day with a weigh-in, oldest first. To be asked of all weigh-ins: each
        point rests on those before it."""
        days = self.per_day().values_list("date", "kg")
        return smooth((day, float(kg)) for day, kg in days)


def measure(unit: str, highest: int, **options: Any) -> models.DecimalField[Any, Any]:
    return models.DecimalField(
        max_digits=7,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[
            refuse_zero,
            MinValueValidator(Decimal(0)),
            MaxValueValidator(Decimal(highest)),
        ],
        help_text=unit,
        **options,
    )


class Measures(models.Model):
    """What a scale measures beside the weight. NULL is what it did not measure."""

    fat_ratio = measure("%", 100)
    fat_mass_kg = measure("kg", 999, verbose_name="fat mass")
    lean_mass_kg = measure("kg, without the fat", 999, verbose_name="lean mass")
    muscle_mass_kg = measure("kg", 999, verbose_name="muscle mass")
    bone_mass_kg = measure("kg", 999, verbose_name="bone mass")
    hydration_kg = measure("kg", 999, verbose_name="water")
    heart_pulse = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[refuse_zero, MaxValueValidator(400)], help_text="bpm"
    )
    # Withings may add codes, so no code is refused.
    attribution = models.BigIntegerField(
        null=True,
        blank=True,
        editable=False,
        help_text="Withings' attrib: 1 is ambiguous, 2 and 4 were typed in at Withings, others come from a device.",
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

    measured_at = models.DateTimeField(db_index=True)
    weight_kg = measure("kg", 999, verbose_name="weight")

    moments = ("measured_at",)

    class Meta(SourceRecord.Meta):
        ordering = ["-measured_at", "-id"]

    def __str__(self) -> str:
        return f"Group {self.source_id}"


class WeighIn(SourceRecord, Measures):
    """A weight at a moment."""

    date = models.DateField(
        db_index=True, editable=False, help_text="The local date of the moment."
    )
    measured_at = models.DateTimeField("when", db_index=True)
    weight_kg = models.DecimalField(
        "weight",
        max_digits=7,
        decimal_places=4,
        validators=[MinValueValidator(Decimal("0.5")), MaxValueValidator(Decimal(999))],
        help_text="kg",
    )

    moments = ("measured_at",)

    objects = WeighInQuerySet.as_manager()  # type: ignore[misc]  # as any model may

    class Meta(SourceRecord.Meta):
        ordering = ["-measured_at", "-id"]
        verbose_name = "weigh-in"

    def __str__(self) -> str:
        return f"{self.weight_kg:.1f} kg on {self.date}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.date = local_date(self.measured_at)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        if self.measured_at and is_future(self.measured_at):
            raise ValidationError({"measured_at": "This lies in the future."})
