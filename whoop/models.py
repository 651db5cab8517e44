"""What WHOOP measures. Everything that hangs on a score is NULL until WHOOP has given one, and
again when it takes it back."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import In
from django.utils import timezone

from lifetracker.days import local_date, register_offset
from lifetracker.models import SourceRecord, SourceRecordQuerySet, fields
from lifetracker.models.pending_imports import PreviewedFile
from whoop.source import SOURCE
from workouts.models import Workout, WorkoutQuerySet

WHOOP = SOURCE.name
#: The records that only the file has which WHOOP's app exports. Where the API has the same, they are hidden.
WHOOP_EXPORT = SOURCE.export_name

KILOJOULES_PER_KILOCALORIE = 4.184

NOT_NEGATIVE = [MinValueValidator(0)]
PERCENT = [MinValueValidator(0), MaxValueValidator(100)]


class ScoreState(models.TextChoices):
    SCORED = "SCORED", "scored"
    PENDING = "PENDING_SCORE", "pending"
    UNSCORABLE = "UNSCORABLE", "not scorable"


def score_state() -> models.CharField[str, str]:
    """Make a column without `choices`: WHOOP may add a state, which is kept and counts as not scored."""
    return models.CharField(max_length=100)


def cycle_id() -> models.BigIntegerField[int | None, int | None]:
    """Make a column that is NULL in what comes from WHOOP's export, which has no ids."""
    return models.BigIntegerField("cycle id", null=True, blank=True)


def measure(unit: str, **options: Any) -> fields.FloatField[Any, Any]:
    return fields.FloatField(unit=unit, null=True, blank=True, **options)


def band_of(score: float) -> str:
    """Return WHOOP's colour: red to 33, yellow from 34 to 66, green from 67, of the score as it is shown,
    without decimals."""
    return "red" if score < 33.5 else "yellow" if score < 66.5 else "green"


def kilocalories(kilojoules: float) -> float:
    return round(kilojoules / KILOJOULES_PER_KILOCALORIE, 2)


class WhoopRecoveryQuerySet(SourceRecordQuerySet):
    def move_days(self, zone: tzinfo, before: tzinfo | None) -> None:
        """Move recoveries whose sleep is not stored: the others have the day of waking where that was."""
        now = timezone.now()
        for row in self.filter(start_time=None, raw__created_at__isnull=False):
            made_at = datetime.fromisoformat(row.raw["created_at"])
            if row.date != (day := local_date(made_at)):
                self.filter(pk=row.pk).update(date=day, updated_at=now)


class WhoopRecovery(SourceRecord):
    """How ready the body was after a night. Known by its cycle: WHOOP gives recoveries no id."""

    cycle_id = cycle_id()
    sleep_id = models.CharField("sleep id", max_length=36)
    date = models.DateField(help_text="The local date on which you woke up.")
    # The start of its sleep: the time by which WHOOP lists recoveries. NULL while that sleep is not
    # stored.
    start_time = models.DateTimeField(null=True, blank=True, db_index=True)
    recovery_score = measure("%", validators=PERCENT)
    resting_heart_rate = measure("bpm", validators=NOT_NEGATIVE)
    hrv_rmssd = measure(
        "ms", verbose_name="HRV", validators=NOT_NEGATIVE, help_text="Measured as RMSSD."
    )
    spo2_percentage = measure("%", verbose_name="blood oxygen", validators=PERCENT)
    skin_temp_celsius = measure("°C", verbose_name="skin temperature")
    user_calibrating = models.BooleanField("WHOOP is calibrating", null=True, blank=True)
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
        """Return WHOOP's colour; empty without a score."""
        return "" if self.recovery_score is None else band_of(self.recovery_score)


class WhoopSleepQuerySet(SourceRecordQuerySet):
    def nights(self) -> Self:
        """Return the main sleeps, without naps."""
        return self.live().filter(nap=False)

    def offsets(self, last: date) -> list[tuple[date, datetime, int]]:
        """Return of each day up to `last` that has a night, oldest first: the day, when its last night ended, and at
        how many minutes east of UTC."""
        rows = self.nights().happened().filter(date__lte=last).order_by("end_time")
        found = rows.values_list("date", "end_time", "utc_offset_min")
        return sorted({day: (day, end, offset) for day, end, offset in found}.values())


class WhoopSleep(SourceRecord):
    """A night or a nap."""

    sleep_id = models.CharField("sleep id", max_length=36)
    cycle_id = cycle_id()
    date = models.DateField(db_index=True, help_text="The local date on which you woke up.")
    start_time = models.DateTimeField(db_index=True)
    end_time = models.DateTimeField()
    utc_offset_min = fields.SmallIntegerField("UTC offset", unit="minutes east of UTC")
    nap = models.BooleanField()
    total_sleep_hours = measure(
        "h",
        verbose_name="total sleep",
        validators=NOT_NEGATIVE,
        help_text="Light, deep and REM sleep.",
    )
    sleep_performance = measure(
        "%", validators=NOT_NEGATIVE, help_text="Share of the sleep needed."
    )
    sleep_efficiency = measure("%", validators=NOT_NEGATIVE, help_text="Share of the time in bed.")
    sleep_consistency = measure("%", validators=NOT_NEGATIVE)
    in_bed_min = measure("min", verbose_name="in bed", validators=NOT_NEGATIVE)
    rem_sleep_min = measure("min", verbose_name="REM sleep", validators=NOT_NEGATIVE)
    deep_sleep_min = measure("min", verbose_name="deep sleep", validators=NOT_NEGATIVE)
    light_sleep_min = measure("min", verbose_name="light sleep", validators=NOT_NEGATIVE)
    awake_min = measure("min", verbose_name="awake", validators=NOT_NEGATIVE)
    no_data_min = measure("min", verbose_name="no data", validators=NOT_NEGATIVE)
    sleep_cycle_count = fields.PositiveSmallIntegerField(unit="", null=True, blank=True)
    disturbance_count = fields.PositiveSmallIntegerField(unit="", null=True, blank=True)
    respiratory_rate = measure("breaths per minute", validators=NOT_NEGATIVE)
    need_baseline_min = measure(
        "min",
        verbose_name="sleep need: baseline",
        help_text="The sleep needed is the sum of the four parts.",
    )
    need_from_debt_min = measure("min", verbose_name="sleep need: sleep debt")
    need_from_strain_min = measure("min", verbose_name="sleep need: strain")
    need_from_nap_min = measure(
        "min", verbose_name="sleep need: naps", help_text="Zero or negative."
    )
    score_state = score_state()

    moments = ("end_time",)

    objects = WhoopSleepQuerySet.as_manager()  # type: ignore[misc]  # as any model may

    class Meta(SourceRecord.Meta):
        verbose_name = "sleep"
        ordering = ["-start_time"]
        indexes = [
            # The naps of a range, which are few among the nights: the page of WHOOP asks for them.
            models.Index(fields=["date"], name="whoop_naps", condition=Q(nap=True)),
        ]
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

    cycle_id = cycle_id()
    date = models.DateField(db_index=True, help_text="The local date in the middle of the cycle.")
    start_time = models.DateTimeField(db_index=True)
    end_time = models.DateTimeField(null=True, blank=True)
    utc_offset_min = fields.SmallIntegerField("UTC offset", unit="minutes east of UTC")
    strain = measure("0 to 21", validators=[MinValueValidator(0), MaxValueValidator(21)])
    kilojoules = measure(
        "kJ", verbose_name="energy", validators=NOT_NEGATIVE, help_text="All energy of the cycle."
    )
    average_heart_rate = fields.PositiveSmallIntegerField(unit="bpm", null=True, blank=True)
    max_heart_rate = fields.PositiveSmallIntegerField(unit="bpm", null=True, blank=True)
    step_count = fields.PositiveIntegerField("steps", unit="", null=True, blank=True)
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

    @property
    def kilocalories(self) -> float | None:
        """All energy of the cycle, in kcal as that of a workout; None where WHOOP did not say it."""
        return None if self.kilojoules is None else kilocalories(self.kilojoules)


class PendingWhoopExport(PreviewedFile):
    """An export of WHOOP that was read and previewed, and is imported once it is confirmed."""


class WhoopProfile(SourceRecord):
    """The member, and the body measures in force now."""

    user_id = models.BigIntegerField("user id")
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    email = models.CharField(max_length=254)
    height_meter = measure("m", verbose_name="height", validators=NOT_NEGATIVE)
    weight_kilogram = measure("kg", verbose_name="weight", validators=NOT_NEGATIVE)
    max_heart_rate = fields.PositiveSmallIntegerField(unit="bpm", null=True, blank=True)

    class Meta(SourceRecord.Meta):
        verbose_name = "profile"

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"


def member() -> int | None:
    """Return WHOOP's number of the member whose records are stored here: by the profile or, where the
    consent does not open it, by the newest record that has it."""
    profile = WhoopProfile.objects.live().first()
    if profile:
        return int(profile.user_id)
    newest = WhoopCycle.objects.live().filter(source=WHOOP).order_by("-start_time").first()
    number = (newest.raw or {}).get("user_id") if newest else None
    return number if type(number) is int else None


def present_offset() -> int | None:
    """Return the offset from UTC of the latest cycle, which travels with its owner."""
    return WhoopCycle.objects.happened().values_list("utc_offset_min", flat=True).first()


register_offset(present_offset)


class WhoopWorkoutManager(models.Manager.from_queryset(WorkoutQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> WorkoutQuerySet:
        # Of no column as it is, which SQLite would look up by the index of sources, to read all of their rows for the
        # newest one.
        source = Coalesce("source", Value(""))
        rows: WorkoutQuerySet = super().get_queryset().filter(In(source, (WHOOP, WHOOP_EXPORT)))
        return rows


class WhoopWorkout(Workout):
    """The workouts that came from WHOOP, by its API or its export: rows of `workouts.Workout`, stored once."""

    objects = WhoopWorkoutManager()  # type: ignore[misc]

    class Meta:
        proxy = True
        verbose_name = "workout"
