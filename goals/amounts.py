"""Amounts as people type them: `25`, `7,5`, of hours also `7:30`, `7 h 30` or `90 min`, and weights in kg or lb."""

from __future__ import annotations

import math
import re

from django.core.exceptions import ValidationError

from lifetracker.web.units import (
    HOURS,
    KILOGRAMS,
    chosen_unit,
    in_chosen_unit,
    mass,
    mass_to_type,
    typed_mass,
)

_CLOCK = re.compile(r"(\d+)\s*(?::|h)\s*([0-5]?\d)?\s*(?:min|m)?", re.IGNORECASE)
_MINUTES = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:min|m)", re.IGNORECASE)
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
NO_NUMBER = "Enter a number, such as 25."
NO_HOURS = "Enter hours, such as 25, 7.5 or 7:30."


def amount_of(text: str, unit: str) -> float:
    """Return the number. Raises ValidationError for what is none."""
    typed = text.strip()
    if unit == HOURS:
        if found := _CLOCK.fullmatch(typed):
            return int(found[1]) + int(found[2] or 0) / 60
        if found := _MINUTES.fullmatch(typed):
            return float(found[1].replace(",", ".")) / 60
    if unit == KILOGRAMS:
        return weight_of(typed)
    if unit:
        typed = typed.removesuffix(chosen_unit(unit)).strip()
    try:
        value = float(plain(typed))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValidationError(NO_HOURS if unit == HOURS else NO_NUMBER)
    return value / in_chosen_unit(1.0, unit).value


def weight_of(typed: str) -> float:
    try:
        return typed_mass(typed)
    except ValueError:
        raise ValidationError(f"Enter a weight such as {mass(65.3)}.") from None


def plain(typed: str) -> str:
    """Return the number as Python reads it: a comma may part thousands, or what is after the point."""
    typed = typed.replace("\N{MINUS SIGN}", "-").replace("_", "x")
    if _THOUSANDS.fullmatch(typed.removeprefix("-")):
        return typed.replace(",", "")
    return typed.replace(",", ".") if typed.count(",") == 1 and "." not in typed else typed


def typed_amount(value: float, unit: str) -> str:
    """Return a number as it stands in a field, in the unit that its owner reads: `25`, `7.5`, `144.0` of 65.3 kg."""
    if unit == KILOGRAMS:
        return mass_to_type(value).removesuffix(".0")
    return f"{round(in_chosen_unit(value, unit).value, 4):.15g}"
