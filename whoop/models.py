"""What WHOOP measures. Everything that hangs on a score is NULL until WHOOP has given one, and
again when it takes it back."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from lifetracker.days import local_date
from lifetracker.models import SourceRecord, SourceRecordQuerySet
from workouts.models import Workout, WorkoutQuerySet

WHOOP = "Whoop"

KILOJOULES_PER_KILOCALORIE = 4.184

NOT_NEGATIVE = [MinValueValidator(0)]
PERCENT = [MinValueValidator(0), MaxValueValidator(100)]


class ScoreState(models.TextChoices):
    SCORED = "SCORED", "scored"
    PENDING = "PENDING_SCORE", "pending"
    UNSCORABLE = "UNSCORABLE", "not scorable"


def score_state() -> models.CharField[str, str]:
    """Without `choices`: WHOOP may add a state, which is kept as it is and counts as not scored."""
    return models.CharField(max_length=100)


def measure(**options: Any) -> models.FloatField[Any, Any]:
    return models.FloatField(null=True, blank=True, **options)


def band_of(score: float) -> str:
    """WHOOP's colours: red to 33, yellow from 34 to 66, green from 67, of the score as it is shown,
    without decimals."""
    return "red" if score < 33.5 else "yellow" if score < 66.5 else "green"


def kilocalories(kilojoules: float) -> float:
    return round(kilojoules / KILOJOULES_PER_KILOCALORIE, 2)


class WhoopRecoveryQuerySet(SourceRecordQuerySet):
    def move_days(self, zone: tzinfo, before: tzinfo | None) -> None:
        """Of those whose sleep is not stored: the others have the day of waking where that was."""
        now = timezone.now()
        for row in self.filter(start_time=None, raw__created_at__isnull=False):
            made_at = datetime.fromisoformat(row.raw["created_at"])
            if row.date != (day := local_date(made_at)):
                self.filter(pk=row.pk).update(date=day, updated_at=now)


class WhoopRecovery(SourceRecord):
    """How ready the body was after a night. Known by its cycle: WHOOP gives recoveries no id."""

    cycle_id = models.BigIntegerField()
    sleep_id = models.CharField(max_length=36)
    date = models.DateField(help_text="The local date of waking.")
    # The start of its sleep: the time by which WHOOP lists recoveries. NULL while that sleep is not
    # stored.
    start_time = models.DateTimeField(null=True, blank=True, db_index=True)
    recovery_score = measure(validators=PERCENT, help_text="%")
    resting_heart_rate = measure(validators=NOT_NEGATIVE, help_text="bpm")
    hrv_rmssd = measure(verbose_name="HRV", validators=NOT_NEGATIVE, help_text="ms (RMSSD)")
    spo2_percentage = measure(verbose_name="SpO2", validators=PERCENT, help_text="%")
    skin_temp_celsius = measure(verbose_name="skin temperature", help_text="°C")
    user_calibrating = models.BooleanField(null=True, blank=True)
    score_state = score_state()

    moments = ("start_time",)

    objects = WhoopRecoveryQuerySet.as_manager()  # type: ignore[misc]  # as any model may

    class Meta(SourceRecord.Meta):
        verbose_name = "recovery"
        verbose_name_plural = "recoveries"
        ordering = ["-date", "-cycle_id"]
        indexes = [
            # The latest one: the home page and the API ask for it all the time.
            models.Index(fields=["-date", "-cycle_id"], name="whoop_recovery_newest"),
        ]

    def __str__(self) -> str:
        return f"recovery of {self.date}"

    @property
    def band(self) -> str:
        """WHOOP's colour; empty without a score."""
        return "" if self.recovery_score is None else band_of(self.recovery_score)


class WhoopSleepQuerySet(SourceRecordQuerySet):
    def nights(self) -> Self:
        """Main sleeps, without naps."""
        return self.live().filter(nap=False)


class WhoopSleep(SourceRecord):
    """A night or a nap."""

    sleep_id = models.CharField(max_length=36)
    cycle_id = models.BigIntegerField()
    date = models.DateField(db_index=True, help_text="The local date of waking.")
    start_time = models.DateTimeField(db_index=True)
    end_time = models.DateTimeField()
    utc_offset_min = models.SmallIntegerField("UTC offset", help_text="Minutes.")
    nap = models.BooleanField()
    total_sleep_hours = measure(validators=NOT_NEGATIVE, help_text="Asleep: light, deep and REM.")
    sleep_performance = measure(validators=NOT_NEGATIVE, help_text="% of the sleep needed")
    sleep_efficiency = measure(validators=NOT_NEGATIVE, help_text="% of the time in bed")
    sleep_consistency = measure(validators=NOT_NEGATIVE, help_text="%")
    in_bed_min = measure(validators=NOT_NEGATIVE)
    rem_sleep_min = measure(verbose_name="REM sleep min", validators=NOT_NEGATIVE)
    deep_sleep_min = measure(validators=NOT_NEGATIVE)
    light_sleep_min = measure(validators=NOT_NEGATIVE)
    awake_min = measure(validators=NOT_NEGATIVE)
    no_data_min = measure(validators=NOT_NEGATIVE)
    sleep_cycle_count = models.PositiveSmallIntegerField(null=True, blank=True)
    disturbance_count = models.PositiveSmallIntegerField(null=True, blank=True)
    respiratory_rate = measure(validators=NOT_NEGATIVE, help_text="breaths per minute")
    need_baseline_min = measure(help_text="The sleep needed is the sum of the four parts.")
    need_from_debt_min = measure()
    need_from_strain_min = measure()
    need_from_nap_min = measure(help_text="Zero or negative.")
    score_state = score_state()

    moments = ("end_time",)

    objects = WhoopSleepQuerySet.as_manager()  # type: ignore[misc]  # as any model may

    class Meta(SourceRecord.Meta):
        verbose_name = "sleep"
        ordering = ["-start_time"]
        constraints = [
            *SourceRecord.Meta.constraints,
            models.CheckConstraint(
                condition=Q(end_time__gte=F("start_time")), name="whoop_sleep_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{'nap' if self.nap else 'night'} of {self.date}"


class WhoopCycle(SourceRecord):
    """From falling asleep to falling asleep again: WHOOP's day. `end_time` is NULL while it is
    still running, and its values then grow through the day."""

    cycle_id = models.BigIntegerField()
    date = models.DateField(db_index=True, help_text="The local date of its middle.")
    start_time = models.DateTimeField(db_index=True)
    end_time = models.DateTimeField(null=True, blank=True)
    utc_offset_min = models.SmallIntegerField("UTC offset", help_text="Minutes.")
    strain = measure(validators=[MinValueValidator(0), MaxValueValidator(21)], help_text="0 to 21")
    kilojoules = measure(validators=NOT_NEGATIVE, help_text="kJ, all energy of the cycle")
    average_heart_rate = models.PositiveSmallIntegerField(null=True, blank=True, help_text="bpm")
    max_heart_rate = models.PositiveSmallIntegerField(null=True, blank=True, help_text="bpm")
    step_count = models.PositiveIntegerField(null=True, blank=True)
    score_state = score_state()

    moments = ("end_time", "start_time")

    class Meta(SourceRecord.Meta):
        verbose_name = "cycle"
        ordering = ["-start_time"]
        constraints = [
            *SourceRecord.Meta.constraints,
            models.CheckConstraint(
                condition=Q(end_time__isnull=True) | Q(end_time__gte=F("start_time")),
                name="whoop_cycle_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"cycle of {self.date}"


class WhoopProfile(SourceRecord):
    """The member, and the body measures in force now."""

    user_id = models.BigIntegerField()
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    email = models.CharField(max_length=254)
    height_meter = measure(validators=NOT_NEGATIVE)
    weight_kilogram = measure(validators=NOT_NEGATIVE)
    max_heart_rate = models.PositiveSmallIntegerField(null=True, blank=True, help_text="bpm")

    class Meta(SourceRecord.Meta):
        verbose_name = "profile"

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"


def member() -> int | None:
    """WHOOP's number of the member whose records are stored here: by the profile or, where the consent
    does not open it, by the newest record that says so."""
    profile = WhoopProfile.objects.live().first()
    if profile:
        return int(profile.user_id)
    newest = WhoopCycle.objects.live().filter(source=WHOOP).order_by("-start_time").first()
    number = (newest.raw or {}).get("user_id") if newest else None
    return number if type(number) is int else None


class WhoopWorkoutManager(models.Manager.from_queryset(WorkoutQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> Any:
        return super().get_queryset().filter(source=WHOOP)


class WhoopWorkout(Workout):
    """The workouts that came from WHOOP: rows of `workouts.Workout`, stored once."""

    objects = WhoopWorkoutManager()  # type: ignore[misc]

    class Meta:
        proxy = True
        verbose_name = "workout"
