"""Weights and distances, as the owner chose to read them. They are stored, and leave the API, in kilograms and meters."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError

from lifetracker.models.preferences import Preferences, preferences
from lifetracker.web.sentences import number, signed

POUND = 0.45359237
MILE = 1609.344
KILOMETER = 1000.0
KILOGRAMS, POUNDS = Preferences.Mass.KILOGRAMS.value, Preferences.Mass.POUNDS.value
MILES = Preferences.Distance.MILES.value
HOURS, MINUTES = "h", "min"

#: What a scale shows.
DECIMALS = 1
#: What is stored of a weight that is typed in: grams.
GRAMS = 3
#: A difference between values of a scale or a share is one of points: 5 % of 50 % would be 2.5.
POINTS = "points"
IN_POINTS = frozenset({"%", POINTS})
_WEIGHT = re.compile(r"(?P<number>[-+]?\d+(?:[.,]\d+)?|[-+]?[.,]\d+)\s*(?P<unit>kg|lbs?)?", re.I)


class Figure(NamedTuple):
    """A number and its unit, for a figure card whose unit is small."""

    number: str
    unit: str

    def __str__(self) -> str:
        return f"{self.number} {self.unit}"


class Amount(NamedTuple):
    """A number in its unit, before it is written."""

    value: float
    unit: str


# --- Weights --------------------------------------------------------------------------------------


def mass_unit() -> str:
    """Return `kg` or `lb`."""
    return preferences().mass


def mass_value(kg: float | Decimal) -> float:
    """Return kilograms in the unit that is shown, not rounded: for the points and the axis of a chart."""
    return float(kg) / POUND if mass_unit() == POUNDS else float(kg)


def kilograms(shown: float) -> float:
    """Return a number in the unit that is shown as kilograms, not rounded."""
    return shown * POUND if mass_unit() == POUNDS else shown


def mass(kg: float | Decimal, decimals: int = DECIMALS) -> str:
    """Return `65.3 kg`, or `144.0 lb`."""
    return str(mass_figure(kg, decimals))


def mass_figure(kg: float | Decimal, decimals: int = DECIMALS) -> Figure:
    """Return the same in two parts."""
    return Figure(number(mass_value(kg), decimals), mass_unit())


def mass_change(kg: float | Decimal, decimals: int = 2) -> str:
    """Return a difference with its sign: `+0.25 kg`, or `+0.55 lb`; `0.00 kg` has none."""
    return f"{signed(mass_value(kg), decimals)} {mass_unit()}"


def typed_mass(text: str) -> float:
    """Return the kilograms of a weight as a person types it, to a gram: `144`, `144.0 lb` and `65,3 kg`. Without a unit it
    is in the one that is shown. Raises ValueError for anything else."""
    match = _WEIGHT.fullmatch(text.strip())
    if not match:
        raise ValueError(f"{text!r} is not a weight such as {mass(65.3)}")
    typed = float(match["number"].replace(",", "."))
    unit = (match["unit"] or mass_unit()).lower()
    return round(typed * (1.0 if unit == KILOGRAMS else POUND), GRAMS)


def mass_to_type(kg: float) -> str:
    """Return what stands in a field for a weight: the shortest number that is read as the same weight, to a gram."""
    shown, stored = mass_value(kg), round(float(kg), GRAMS)
    texts = (f"{shown:.{decimals}f}" for decimals in range(DECIMALS, GRAMS))
    same = (text for text in texts if round(kilograms(float(text)), GRAMS) == stored)
    return next(same, f"{shown:.{GRAMS}f}")


class MassField(forms.CharField):
    """A weight in kilograms, which is shown and typed in the unit that the owner chose. `min_value` and `max_value` are in
    kilograms."""

    def __init__(
        self, *, min_value: float = 0.0, max_value: float = math.inf, **options: Any
    ) -> None:
        self.least, self.most = min_value, max_value
        options.setdefault(
            "widget", forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
        )
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        is_number = isinstance(value, float | int | Decimal) and not isinstance(value, bool)
        return mass_to_type(float(value)) if is_number else value

    def clean(self, value: Any) -> Any:
        """Return kilograms; None for nothing. Raises ValidationError."""
        text = super().clean(value)
        if text in self.empty_values:
            return None
        try:
            kg = typed_mass(text)
        except ValueError:
            raise ValidationError(f"Enter a weight such as {mass(65.3)}.", "invalid") from None
        if not self.least <= kg <= self.most:
            raise ValidationError(self.out_of_range(), "out_of_range")
        return kg

    def out_of_range(self) -> str:
        if math.isinf(self.most):
            return f"Enter at least {mass(self.least)}."
        return f"Enter a weight between {mass(self.least)} and {mass(self.most)}."

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(super().has_changed(self.prepare_value(initial), data))


# --- Distances ------------------------------------------------------------------------------------


def distance_unit() -> str:
    """Return `km` or `mi`."""
    return preferences().distance


def distance_value(meters: float) -> float:
    """Return meters in the unit that is shown, not rounded: for the points and the axis of a chart."""
    return meters / (MILE if distance_unit() == MILES else KILOMETER)


def distance(meters: float, decimals: int = DECIMALS) -> str:
    """Return `5.2 km`, or `3.2 mi`."""
    return str(distance_figure(meters, decimals))


def distance_figure(meters: float, decimals: int = DECIMALS) -> Figure:
    """Return the same in two parts."""
    return Figure(number(distance_value(meters), decimals), distance_unit())


# --- Numbers of any unit --------------------------------------------------------------------------


def in_chosen_unit(value: float, unit: str) -> Amount:
    """Return a number as it is shown: kilograms as pounds and kilometers as miles where the owner chose these, also in a
    unit such as `kg a week`; anything else as it is."""
    head, _, rest = unit.partition(" ")
    if head == KILOGRAMS:
        return Amount(mass_value(value), f"{mass_unit()} {rest}".strip())
    if head == Preferences.Distance.KILOMETERS.value:
        return Amount(distance_value(value * KILOMETER), f"{distance_unit()} {rest}".strip())
    return Amount(value, unit)


def chosen_unit(unit: str) -> str:
    """Return how a unit is shown: `lb` for `kg` where the owner chose pounds."""
    return in_chosen_unit(0.0, unit).unit


def unit_of_difference(unit: str) -> str:
    """Return the unit of a difference between two values: `points` of a scale or a share, else the one that is shown."""
    if unit in IN_POINTS or unit.startswith("of "):
        return POINTS
    return chosen_unit(unit)
