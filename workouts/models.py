"""Bouts of exercise, from whichever source."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta, tzinfo
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import TruncDate, TruncWeek

from lifetracker.days import elapsed, is_future
from lifetracker.measures import refuse_zero
from lifetracker.models import SourceRecord, SourceRecordQuerySet

NOT_NEGATIVE = [MinValueValidator(0)]
BEATS: list[Callable[[Any], None]] = [refuse_zero, MaxValueValidator(400)]


class WorkoutQuerySet(SourceRecordQuerySet):
    def move_days(self, zone: tzinfo, before: tzinfo | None) -> None:
        """Leave a day that a person has typed in beside the times as it is."""
        if before:
            by_start = self.filter(utc_offset_min=None, date=TruncDate("start", tzinfo=before))
            by_start.date_by(F("start"), zone)

    def per_week(self) -> models.QuerySet[Any, Any]:
        """Weekly totals, newest first: week (its Monday), count, strain, duration_min, calories."""
        return (  # type: ignore[no-any-return]
            self.happened()
            .values(week=TruncWeek("date"))
            .annotate(
                count=models.Count("id"),
                strain=models.Sum("strain"),
                duration_min=models.Sum("duration_min"),
                calories=models.Sum("calories"),
            )
            .order_by("-week")
        )


class Workout(SourceRecord):
    """A bout of exercise. What a service has not scored (yet) is NULL."""

    date = models.DateField(db_index=True, help_text="The local date of the start.")
    start = models.DateTimeField(db_index=True)
    end = models.DateTimeField()
    utc_offset_min = models.SmallIntegerField(
        "UTC offset",
        null=True,
        blank=True,
        validators=[MinValueValidator(-14 * 60), MaxValueValidator(14 * 60)],
        help_text="Minutes, where the service gives it.",
    )
    # Services may add sports, so neither an id nor a slug is refused.
    sport_id = models.BigIntegerField(null=True, blank=True)
    sport_name = models.CharField(
        "sport", max_length=100, help_text="A service's slug, as received."
    )
    strain = models.FloatField(
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(21)],
        help_text="WHOOP's scale, 0 to 21.",
    )
    average_heart_rate = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=BEATS, help_text="bpm"
    )
    max_heart_rate = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=BEATS, help_text="bpm"
    )
    calories = models.FloatField(
        null=True,
        blank=True,
        validators=[refuse_zero, *NOT_NEGATIVE, MaxValueValidator(100_000)],
        help_text="kcal",
    )
    distance_meters = models.FloatField(
        null=True,
        blank=True,
        validators=[refuse_zero, *NOT_NEGATIVE],
        help_text="NULL without GPS, never 0.",
    )
    altitude_gain_meters = models.FloatField(null=True, blank=True)
    altitude_change_meters = models.FloatField(null=True, blank=True)
    duration_min = models.FloatField("duration", validators=NOT_NEGATIVE, help_text="Minutes.")
    percent_recorded = models.FloatField(
        null=True,
        blank=True,
        validators=[*NOT_NEGATIVE, MaxValueValidator(100)],
        help_text="Share of the time with heart rate data, 0 to 100.",
    )
    zone_0_min = models.FloatField(
        null=True, blank=True, validators=NOT_NEGATIVE, help_text="Minutes in heart rate zone 0."
    )
    zone_1_min = models.FloatField(null=True, blank=True, validators=NOT_NEGATIVE)
    zone_2_min = models.FloatField(null=True, blank=True, validators=NOT_NEGATIVE)
    zone_3_min = models.FloatField(null=True, blank=True, validators=NOT_NEGATIVE)
    zone_4_min = models.FloatField(null=True, blank=True, validators=NOT_NEGATIVE)
    zone_5_min = models.FloatField(null=True, blank=True, validators=NOT_NEGATIVE)
    score_state = models.CharField(max_length=100, blank=True, default="")

    moments = ("end",)

    objects = WorkoutQuerySet.as_manager()  # type: ignore[misc]  # as any model may

    class Meta(SourceRecord.Meta):
        ordering = ["-start"]
        indexes = [
            # The newest of one source: WHOOP's list, and what a sync calls deleted.
            models.Index(fields=["source", "-start"], name="workout_newest_of_source"),
            # The days of one source: WHOOP's list and its metrics. Without it SQLite reads all rows
            # of the source for a week.
            models.Index(fields=["source", "date"], name="workout_days_of_source"),
        ]
        constraints = [
            *SourceRecord.Meta.constraints,
            models.CheckConstraint(
                condition=Q(end__gte=F("start")), name="workout_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sport_name} on {self.date}"

    def clean(self) -> None:
        for name in ("start", "end"):
            if (moment := getattr(self, name)) and is_future(moment):
                raise ValidationError({name: "This lies in the future."})
        if self.start and self.end and elapsed(self.start, self.end) < timedelta(0):
            raise ValidationError({"end": "A workout cannot end before it starts."})
