"""How the owner wants values to be shown: units, the clock, the first day of the week, the theme."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import models
from django.db.models import Subquery
from django.db.models.functions import JSONObject

# There is one row, or none as long as everything is as it comes.
ONLY = 1


class Preferences(models.Model):
    """What the owner chose: one row. Stored numbers and those of the API are in kilograms and meters whatever it says."""

    not_exported = "how pages show values"

    class Mass(models.TextChoices):
        KILOGRAMS = "kg", "Kilograms (kg)"
        POUNDS = "lb", "Pounds (lb)"

    class Distance(models.TextChoices):
        KILOMETERS = "km", "Kilometers (km)"
        MILES = "mi", "Miles (mi)"

    class Weekday(models.IntegerChoices):
        MONDAY = 0, "Monday"
        SATURDAY = 5, "Saturday"
        SUNDAY = 6, "Sunday"

    class Clock(models.IntegerChoices):
        TWENTY_FOUR = 24, "24 hours (19:12)"
        TWELVE = 12, "12 hours (7:12 pm)"

    class Theme(models.TextChoices):
        SYSTEM = "system", "Like the device"
        LIGHT = "light", "Light"
        DARK = "dark", "Dark"

    mass = models.CharField("weight", max_length=2, choices=Mass, default=Mass.KILOGRAMS)
    distance = models.CharField(max_length=2, choices=Distance, default=Distance.KILOMETERS)
    first_weekday = models.PositiveSmallIntegerField(
        "first day of the week",
        choices=Weekday,
        default=Weekday.MONDAY,
        help_text="Of calendars. Sums of weeks begin on Monday.",
    )
    clock = models.PositiveSmallIntegerField(
        "times of day", choices=Clock, default=Clock.TWENTY_FOUR
    )
    theme = models.CharField(max_length=6, choices=Theme, default=Theme.SYSTEM)

    class Meta:
        verbose_name = verbose_name_plural = "preferences"
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=ONLY), name="preferences_are_one_row")
        ]

    def __str__(self) -> str:
        return "Preferences"

    @property
    def has_twelve_hours(self) -> bool:
        return self.clock == self.Clock.TWELVE


# What was read in the present request or command: one at most, none as long as nobody has asked.
_read: ContextVar[list[Preferences] | None] = ContextVar("preferences", default=None)


def preferences() -> Preferences:
    """Return what the owner chose: in a request, where it came with the session, and in a command by one statement at most.
    Elsewhere, such as in a chart that is made by itself, the defaults without asking the database."""
    held = _read.get()
    if held is None:
        return DEFAULTS
    if not held:
        held.append(Preferences.objects.filter(pk=ONLY).first() or DEFAULTS)
    return held[0]


def as_json() -> Subquery:
    """Return an expression for a column of another statement that is made anyway, whose value `hold` takes."""
    values = {name: models.F(name) for name in NAMES}
    return Subquery(Preferences.objects.filter(pk=ONLY).values_list(JSONObject(**values))[:1])


def hold(values: dict[str, Any] | None) -> None:
    """Let `preferences` return these in this request, unless it has read them already. None: there is no row."""
    held = _read.get()
    if held is not None and not held:
        held.append(Preferences(pk=ONLY, **values) if values else DEFAULTS)


@contextmanager
def read_once() -> Iterator[None]:
    """Let `preferences` read them within, at most once."""
    token = _read.set([])
    try:
        yield
    finally:
        _read.reset(token)


@contextmanager
def shown_with(chosen: Preferences) -> Iterator[None]:
    """Show everything within as these say, whatever is stored."""
    token = _read.set([chosen])
    try:
        yield
    finally:
        _read.reset(token)


def forget() -> None:
    """Let them be read again in this request: they have just been changed."""
    held = _read.get()
    if held is not None:
        held.clear()


DEFAULTS = Preferences(pk=ONLY)
NAMES = [field.name for field in Preferences._meta.concrete_fields if not field.primary_key]
