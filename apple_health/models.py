"""What Apple Health knows of days and of nights. Its weigh-ins and workouts are rows of `weight` and `workouts`."""

from __future__ import annotations

from datetime import timedelta, tzinfo
from typing import Any, ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from apple_health.names import APPLE_HEALTH
from lifetracker.models import SourceRecord, SourceRecordQuerySet, fields
from lifetracker.sync.measures import refuse_zero
from whoop.models import WHOOP, WhoopSleep

NOT_NEGATIVE = [MinValueValidator(0)]
#: No night of either source is longer.
LONGEST_NIGHT = timedelta(hours=48)
# There is one row, or none as long as everything is as it comes.
ONLY = 1


def measure(unit: str, most: float, **options: Any) -> fields.FloatField[Any, Any]:
    validators = [*NOT_NEGATIVE, MaxValueValidator(most)]
    return fields.FloatField(unit=unit, null=True, blank=True, validators=validators, **options)


def above_zero(unit: str, most: float, **options: Any) -> fields.FloatField[Any, Any]:
    validators = [refuse_zero, *NOT_NEGATIVE, MaxValueValidator(most)]
    return fields.FloatField(unit=unit, null=True, blank=True, validators=validators, **options)


class Reported(SourceRecord):
    """What a later export may know better."""

    reported_at = models.DateTimeField(
        editable=False, help_text="When the export was made, or the data were sent."
    )

    no_values: ClassVar[frozenset[str]] = frozenset({"reported_at"})

    class Meta(SourceRecord.Meta):
        abstract = True


class AppleDay(Reported):
    """What Apple Health comes to on a day. NULL is what nothing was recorded of."""

    date = models.DateField(
        db_index=True, help_text="By the clock where you were, if that is known."
    )
    steps = fields.PositiveIntegerField(unit="", null=True, blank=True)
    active_energy_kcal = measure("kcal", 100_000, verbose_name="active energy")
    resting_heart_rate = above_zero("bpm", 400)
    hrv_sdnn = above_zero(
        "ms",
        10_000,
        verbose_name="HRV (SDNN)",
        help_text="Measured as SDNN, which is another measure than RMSSD.",
    )
    wrist_temperature = measure("°C", 60, verbose_name="wrist temperature while asleep")
    mindful_min = measure("min", 1_500, verbose_name="mindful minutes")
    dietary_energy_kcal = measure(
        "kcal",
        100_000,
        verbose_name="dietary energy",
        help_text="As another app wrote it. It is not part of the diary here.",
    )
    protein_g = measure("g", 10_000, verbose_name="protein")
    carbs_g = measure("g", 10_000, verbose_name="carbs")
    fat_g = measure("g", 10_000, verbose_name="fat")
    fiber_g = measure("g", 10_000, verbose_name="fiber")

    class Meta(Reported.Meta):
        verbose_name = "day"
        ordering = ["-date"]

    def __str__(self) -> str:
        return f"Apple Health on {self.date}"


class AppleNightQuerySet(SourceRecordQuerySet):
    def move_days(self, zone: tzinfo, before: tzinfo | None) -> None:
        self.filter(utc_offset_min=None).date_by(F("end_time"), zone)

    def nights(self) -> Self:
        """Return the main sleeps, without naps."""
        return self.happened().filter(nap=False)

    def counted(self) -> Self:
        """Return the sleeps that count: those that WHOOP has too do only where the owner prefers Apple Health."""
        # Asked within the statement, so that a page costs none more.
        chosen = SourceOrder.objects.filter(pk=ONLY, nights=SourceOrder.Nights.APPLE_HEALTH)
        whoop = WhoopSleep.objects.live().filter(
            start_time__lt=OuterRef("end_time"),
            # By an index that ends where a night begins, so that not all before it are looked at.
            start_time__gt=OuterRef("start_time") - LONGEST_NIGHT,
            end_time__gt=OuterRef("start_time"),
        )
        return self.happened().filter(Q(Exists(chosen)) | ~Exists(whoop))


class AppleNight(Reported):
    """A night or a nap, of the one source in Apple Health that knows most of it."""

    date = models.DateField(db_index=True, help_text="The local date on which you woke up.")
    start_time = models.DateTimeField(db_index=True)
    end_time = models.DateTimeField()
    utc_offset_min = fields.utc_offset("Where the export says in which zone you were.")
    nap = models.BooleanField(default=False)
    device = models.CharField("recorded by", max_length=200, blank=True, default="")
    asleep_min = measure(
        "min", 2_880, verbose_name="asleep", help_text="Unknown if only the time in bed is known."
    )
    in_bed_min = measure("min", 2_880, verbose_name="in bed")
    core_min = measure("min", 2_880, verbose_name="core sleep")
    deep_min = measure("min", 2_880, verbose_name="deep sleep")
    rem_min = measure("min", 2_880, verbose_name="REM sleep")
    awake_min = measure("min", 2_880, verbose_name="awake")

    moments = ("end_time",)

    objects = AppleNightQuerySet.as_manager()  # type: ignore[misc]  # as any model may

    class Meta(Reported.Meta):
        verbose_name = "night"
        ordering = ["-start_time"]
        constraints = [
            *SourceRecord.Meta.constraints,
            models.CheckConstraint(
                condition=Q(end_time__gte=F("start_time")), name="apple_night_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{'nap' if self.nap else 'night'} of {self.date}"


class SentDay(models.Model):
    """What the phone sent of a day, hour by hour, of which the figures of `AppleDay` are made: a post may hold a part of a day."""

    not_exported = "the hours behind days"

    date = models.DateField(unique=True)
    #: By the name of a column of `AppleDay` and by the time in UTC, such as `{"steps": {"2026-01-15T13:00:00Z": 812}}`.
    values = models.JSONField(default=dict)
    reached_at = models.DateTimeField(help_text="Up to when it reaches.")

    class Meta:
        verbose_name = "day as it was sent"
        verbose_name_plural = "days as they were sent"
        ordering = ["-date"]

    def __str__(self) -> str:
        return f"What was sent of {self.date}"


class SourceOrder(models.Model):
    """Which source counts where several have the same: one row, or none as long as everything is as declared."""

    not_exported = "which of several sources counts"

    class Steps(models.TextChoices):
        WATCH_PHONE_OTHER = "watch,phone,other", "Apple Watch, then iPhone, then others"
        WATCH_OTHER_PHONE = "watch,other,phone", "Apple Watch, then others, then iPhone"
        PHONE_WATCH_OTHER = "phone,watch,other", "iPhone, then Apple Watch, then others"
        PHONE_OTHER_WATCH = "phone,other,watch", "iPhone, then others, then Apple Watch"
        OTHER_WATCH_PHONE = "other,watch,phone", "Others, then Apple Watch, then iPhone"
        OTHER_PHONE_WATCH = "other,phone,watch", "Others, then iPhone, then Apple Watch"

    class Nights(models.TextChoices):
        WHOOP = WHOOP, "WHOOP"
        APPLE_HEALTH = APPLE_HEALTH, "Apple Health"

    steps = models.CharField(
        "steps and active energy",
        max_length=20,
        choices=Steps,
        default=Steps.WATCH_PHONE_OTHER,
        help_text="Of each minute, the first device counts that recorded any. Holds for what is imported from now on.",
    )
    nights = models.CharField(
        "nights that both have", max_length=20, choices=Nights, default=Nights.WHOOP
    )

    class Meta:
        verbose_name = verbose_name_plural = "order of sources"
        constraints = [models.CheckConstraint(condition=Q(pk=ONLY), name="source_order_is_one_row")]

    def __str__(self) -> str:
        return "Order of sources"

    @classmethod
    def current(cls) -> SourceOrder:
        """Return what holds: what the owner chose, else what is declared here."""
        return SourceOrder.objects.filter(pk=ONLY).first() or SourceOrder(pk=ONLY)

    @property
    def ranks(self) -> dict[str, int]:
        """Return the rank of each kind of device, the one that counts first being 0."""
        return {kind: place for place, kind in enumerate(self.steps.split(","))}
