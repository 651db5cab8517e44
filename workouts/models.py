"""Bouts of exercise, from whichever source."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta, tzinfo
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import TruncDate

from lifetracker.days import elapsed, is_future
from lifetracker.models import SourceRecord, SourceRecordQuerySet, fields
from lifetracker.sync.measures import refuse_zero

NOT_NEGATIVE = [MinValueValidator(0)]
#: What a service sends is looked for within so long a time; a person types in no longer one than the other.
LONGEST, LONGEST_TYPED_IN = timedelta(days=31), timedelta(hours=48)
MOST_MINUTES = LONGEST // timedelta(minutes=1)
MOST_METERS = 10_000_000
BEATS: list[Callable[[float], None]] = [refuse_zero, MaxValueValidator(400)]


class WorkoutQuerySet(SourceRecordQuerySet):
    def move_days(self, zone: tzinfo, before: tzinfo | None) -> None:
        """Leave a day that a person has typed in beside the times as it is."""
        if before:
            by_start = self.filter(utc_offset_min=None, date=TruncDate("start", tzinfo=before))
            by_start.date_by(F("start"), zone)


def zone(number: int) -> fields.FloatField[Any, Any]:
    return fields.FloatField(
        f"zone {number}",
        unit="min",
        typed_in=(None, MOST_MINUTES),
        null=True,
        blank=True,
        validators=NOT_NEGATIVE,
        help_text=f"Time in heart rate zone {number}.",
    )


class Workout(SourceRecord):
    """A bout of exercise. What a service has not scored (yet) is NULL."""

    date = models.DateField(help_text="The local date on which the workout started.")
    start = models.DateTimeField(db_index=True)
    end = models.DateTimeField()
    utc_offset_min = fields.utc_offset("Such as 120 for UTC+2.")
    # Services may add sports, so neither an id nor a slug is refused.
    sport_id = models.BigIntegerField("sport id", null=True, blank=True)
    sport_name = models.CharField("sport", max_length=100)
    strain = fields.FloatField(
        unit="0 to 21",
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(21)],
        help_text="WHOOP's scale.",
    )
    average_heart_rate = fields.PositiveSmallIntegerField(
        unit="bpm", null=True, blank=True, validators=BEATS
    )
    max_heart_rate = fields.PositiveSmallIntegerField(
        unit="bpm", null=True, blank=True, validators=BEATS
    )
    calories = fields.FloatField(
        unit="kcal",
        null=True,
        blank=True,
        validators=[refuse_zero, *NOT_NEGATIVE, MaxValueValidator(100_000)],
    )
    distance_meters = fields.FloatField(
        "distance",
        unit="m",
        typed_in=(None, MOST_METERS),
        null=True,
        blank=True,
        validators=[refuse_zero, *NOT_NEGATIVE],
        help_text="Leave empty if there was no GPS.",
    )
    altitude_gain_meters = fields.FloatField(
        "altitude gain", unit="m", typed_in=(0, 100_000), null=True, blank=True
    )
    altitude_change_meters = fields.FloatField(
        "altitude change", unit="m", typed_in=(-20_000, 20_000), null=True, blank=True
    )
    duration_min = fields.FloatField("duration", unit="min", validators=NOT_NEGATIVE)
    percent_recorded = fields.FloatField(
        "recorded",
        unit="%",
        null=True,
        blank=True,
        validators=[*NOT_NEGATIVE, MaxValueValidator(100)],
        help_text="Share of the workout with heart rate data.",
    )
    zone_0_min = zone(0)
    zone_1_min = zone(1)
    zone_2_min = zone(2)
    zone_3_min = zone(3)
    zone_4_min = zone(4)
    zone_5_min = zone(5)
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
            # The workouts of some days; and the sums by day, sport and source, of however many years, which come in its
            # order and read these columns alone. With a condition SQLite would take it for the newest workouts, too.
            models.Index(
                fields=[
                    *("date", "sport_name", "source", "end", "duration_min", "strain"),
                    *(f"zone_{number}_min" for number in range(6)),
                    "deleted_at",
                ],
                name="workout_days",
            ),
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
                raise ValidationError({name: "This time must not be in the future."})
        length = elapsed(self.start, self.end) if self.start and self.end else timedelta(0)
        if length < timedelta(0):
            raise ValidationError({"end": "The end must not be before the start."})
        if length > LONGEST_TYPED_IN:
            raise ValidationError({"end": "A workout cannot be longer than 48 hours."})
        mean, most = self.average_heart_rate, self.max_heart_rate
        if mean is not None and most is not None and mean > most:
            text = "The average heart rate must not be higher than the max heart rate."
            raise ValidationError({"average_heart_rate": text})
