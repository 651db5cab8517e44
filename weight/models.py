"""Weighing: what the scale sent, the weigh-ins that it makes, and what they say over time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Avg, Case, F, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from lifetracker.days import FOUR_WEEKS, is_future, local_date
from lifetracker.models import MANUAL, SourceRecord, SourceRecordQuerySet, fields
from lifetracker.models.expressions import DaysBefore
from lifetracker.models.pending_imports import PreviewedFile
from lifetracker.models.rows import plain_rows
from lifetracker.sync.measures import refuse_zero
from weight.source import SOURCE

WITHINGS = SOURCE.name
#: The weigh-ins that only a file has which Withings sent. Where the API has the same, they are hidden.
WITHINGS_EXPORT = SOURCE.export_name

# Withings' word for a measure that may be somebody else's, who stood on the same scale.
AMBIGUOUS = 1

# What counts: what its owner said is theirs, and, where nothing was said, all that Withings is sure of.
CERTAIN = Q(is_mine=True) | Q(is_mine__isnull=True) & (
    ~Q(attribution=AMBIGUOUS) | Q(attribution__isnull=True)
)
# What its owner has yet to say.
DOUBTFUL = Q(is_mine__isnull=True, attribution=AMBIGUOUS)

# How much of the distance to a new weight the trend goes in one day.
SMOOTHING = 0.1
# After so many days a weight is in no trend any more: of 999 kg less than a billionth of a gram is left
# (999 kg * 0.9 ** 400 = 5e-16 kg), which is less than a float of 64 bits tells apart.
FADED = 400


SAME_MOMENT = (
    "There is already a weigh-in at this time. Edit that one, or choose another time for this one."
)


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


def trend_since(first: date, days: Iterable[tuple[date, Decimal | float]]) -> list[TrendPoint]:
    """Return the trend through weights, without the points before the newest one that is not after `first`."""
    points = smooth((day, float(kg)) for day, kg in days)
    before = [number for number, point in enumerate(points) if point.date <= first]
    return points[before[-1] if before else 0 :]


class Recent(NamedTuple):
    """The trend, and when the newest weigh-in was that is surely the person's, and that may be somebody else's. `mornings`:
    the first weight of each of the last four weeks' days, in kg."""

    points: list[TrendPoint]
    at: datetime | None
    doubtful_at: datetime | None
    mornings: dict[date, float]


class WeighInQuerySet(SourceRecordQuerySet):
    def certain(self) -> Self:
        """Return the live ones of the past that are surely this person's: what every figure is made of."""
        return self.happened().filter(CERTAIN)

    def doubtful(self) -> Self:
        """Return the live ones of the past that Withings is not sure of, until their owner says whose they are."""
        return self.happened().filter(DOUBTFUL)

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
        days = self.weights().filter(date__gte=self._begin(first), date__lte=last)
        return trend_since(first, days)

    def recent(self, first: date, last: date) -> Recent:
        """Return the same, and when the newest weigh-ins up to `last` were, by one statement."""
        days = self.happened().filter(date__gte=self._begin(first), date__lte=last).values("date")
        rows = days.order_by("date").annotate(
            kg=Avg("weight_kg", filter=CERTAIN),
            at=Max("measured_at", filter=CERTAIN),
            doubtful_at=Max("measured_at", filter=DOUBTFUL),
            morning=morning_since(last - FOUR_WEEKS),
        )
        found = plain_rows(rows.values_list("date", "kg", "at", "doubtful_at", "morning"))
        return Recent(
            trend_since(first, ((day, kg) for day, kg, *_ in found if kg is not None)),
            max((at for _, _, at, *_ in found if at), default=None),
            max((at for *_, at, _ in found if at), default=None),
            {day: float(kg) for day, *_, kg in found if kg is not None},
        )

    def trend_and_mornings(
        self, first: date, last: date
    ) -> tuple[list[TrendPoint], dict[date, float]]:
        """Return the trend as `trend_of` does, and the first weight of each of the last four weeks' days, by one statement."""
        days = self.per_day().filter(date__gte=self._begin(first), date__lte=last)
        rows = days.annotate(morning=morning_since(last - FOUR_WEEKS))
        found = list(rows.values_list("date", "kg", "morning"))
        mornings = {day: float(kg) for day, _, kg in found if kg is not None}
        return trend_since(first, ((day, kg) for day, kg, _ in found)), mornings

    def _begin(self, first: date) -> Combinable:
        """Return the first day that counts for a trend from a day on."""
        known = self.certain().filter(date__lte=first).order_by("-date").values("date")[:1]
        return DaysBefore(Coalesce(Subquery(known), Value(first)), FADED)

    def first_of_days(self, first: date, last: date) -> dict[date, float]:
        """Return the first weight of each day that has one: that of the morning."""
        rows = self.certain().filter(date__range=(first, last)).order_by("-measured_at", "-pk")
        return {day: float(kg) for day, kg in rows.values_list("date", "weight_kg")}

    def weights(self) -> models.QuerySet[Any, tuple[date, Decimal | float]]:
        """Return, in order of days: date and kg."""
        return self.per_day().values_list("date", "kg")


class OfTheDay(Case):
    """What follows from the day by which rows are put together: it puts them no further apart, and is found once a day."""

    def get_group_by_cols(self) -> list[Any]:
        return []


def morning_since(first: date) -> Combinable:
    """Return the first weight of a day, of days from this one on: of the others nobody asks."""
    of_day = WeighIn.objects.all().certain().filter(date=OuterRef("date"))
    morning = Subquery(of_day.order_by("measured_at", "pk").values("weight_kg")[:1])
    return OfTheDay(When(date__gte=first, then=morning))


def first_of_day() -> Combinable:
    """Return the same of any day, for good: a weigh-in whose moment has not come is the first one of no day that has
    another."""
    of_day = WeighIn.objects.live().filter(CERTAIN, date=OuterRef("date"))
    return Subquery(of_day.order_by("measured_at", "pk").values("weight_kg")[:1])


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


# What the body is made of.
PARTS = (
    "fat_ratio",
    "fat_mass_kg",
    "lean_mass_kg",
    "muscle_mass_kg",
    "bone_mass_kg",
    "hydration_kg",
)
# What a group and a weigh-in have in common.
MEASURES = (*PARTS, "heart_pulse")


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

    # No sync writes it, so that what its owner said holds whatever Withings sends later.
    is_mine = models.BooleanField(
        "yours",
        null=True,
        blank=True,
        editable=False,
        help_text="What you said of a weigh-in of a scale that others use too: true if it is yours, false if it is"
        " somebody else's, null if you said nothing. Until then one that Withings is not sure of does not count.",
    )

    moments = ("measured_at",)

    objects = WeighInQuerySet.as_manager()  # type: ignore[misc]  # as any model may

    class Meta(SourceRecord.Meta):
        ordering = ["-measured_at", "-id"]
        verbose_name = "weigh-in"
        indexes = [
            # All that a trend reads of a weigh-in: of a year and a quarter, for each look at the home page.
            models.Index(
                fields=["date", "measured_at", "attribution", "is_mine", "weight_kg"],
                condition=Q(deleted_at__isnull=True),
                name="weigh_in_trend",
            ),
        ]
        constraints = [
            *SourceRecord.Meta.constraints,
            # Of two that are typed in at one time. Scales may have several of one moment, each of another person.
            models.UniqueConstraint(
                fields=["measured_at"],
                condition=Q(source=MANUAL, deleted_at__isnull=True),
                name="weigh_in_typed_in_once_a_moment",
                violation_error_message=SAME_MOMENT,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weight_kg:.1f} kg on {self.date}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.date = local_date(self.measured_at)
        super().save(*args, **kwargs)

    @property
    def is_doubtful(self) -> bool:
        """Return whether its owner has yet to say whose it is."""
        return self.is_mine is None and self.is_ambiguous

    @property
    def is_counted(self) -> bool:
        return counts(self.attribution, self.is_mine)

    def clean(self) -> None:
        """Raise ValidationError for a moment that has not come, or at which there is a weigh-in already."""
        if self.measured_at is None:
            return
        if is_future(self.measured_at):
            raise ValidationError({"measured_at": "This time must not be in the future."})
        same = WeighIn.objects.all().certain().filter(measured_at=self.measured_at)
        if same.exclude(pk=self.pk).exists():
            raise ValidationError({"measured_at": SAME_MOMENT})


def counts(attribution: int | None, is_mine: bool | None) -> bool:
    """Return whether a weigh-in is surely its owner's, as `CERTAIN` has it."""
    return attribution != AMBIGUOUS if is_mine is None else is_mine


class PendingWithingsExport(PreviewedFile):
    """Weigh-ins of a file of Withings that were read and previewed, and are imported once that is confirmed."""
