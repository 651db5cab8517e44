"""What the numbers of an export mean: moments, and amounts in the units of the phone's settings."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

from lifetracker.days import day_of, offset_minutes

POUND = 0.45359237


class Unreadable(ValueError):
    """One record cannot be read. The text says why."""


#: By the unit as Apple writes it, how much one is.
KILOGRAMS = {"kg": 1.0, "g": 0.001, "lb": POUND, "st": 14 * POUND, "oz": POUND / 16}
GRAMS = {
    "g": 1.0,
    "mg": 0.001,
    "mcg": 0.000001,
    "kg": 1000.0,
    "oz": POUND * 1000 / 16,
    "lb": POUND * 1000,
}
# "Cal" is what food labels call a calorie; "cal" is a thousandth of it.
KILOCALORIES = {"kcal": 1.0, "Cal": 1.0, "cal": 0.001, "kJ": 1 / 4.184, "J": 1 / 4184}
METERS = {"m": 1.0, "km": 1000.0, "mi": 1609.344, "ft": 0.3048, "yd": 0.9144, "cm": 0.01}
MINUTES = {"min": 1.0, "s": 1 / 60, "sec": 1 / 60, "hr": 60.0, "h": 60.0}
MILLISECONDS = {"ms": 1.0, "s": 1000.0}
BEATS = {"count/min": 1.0, "count/s": 60.0}
COUNTS = {"count": 1.0}
#: What is added after the factor.
CELSIUS = {"degC": (1.0, 0.0), "degF": (5 / 9, -160 / 9), "K": (1.0, -273.15)}


def shown(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:37]}...")


def number(text: str) -> float:
    """Return a number. Raises Unreadable, also for one that is not finite."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise Unreadable(f"the value {shown(text)} is not a number")
    return value


def amount(text: str, unit: str, factors: dict[str, float]) -> float:
    """Return an amount in the unit whose factor is 1. Raises Unreadable for another kind of unit."""
    factor = factors.get(unit)
    if factor is None:
        raise Unreadable(f"the unit {shown(unit)} is not known for this")
    return number(text) * factor


def not_negative(text: str, unit: str, factors: dict[str, float]) -> float:
    value = amount(text, unit, factors)
    if value < 0:
        raise Unreadable(f"the value {shown(text)} is below 0")
    return value


def percent(text: str, unit: str) -> float:
    """Return a share in percent: Apple writes 0.215 for 21.5 %, whatever the unit says; others write 21.5."""
    value = amount(text, unit, {"%": 1.0, "": 1.0, "count": 1.0})
    value = value * 100 if value <= 1 else value
    if not 0 < value < 100:
        raise Unreadable(f"the share {shown(text)} cannot be")
    return value


def celsius(text: str, unit: str) -> float:
    if unit not in CELSIUS:
        raise Unreadable(f"the unit {shown(unit)} is not known for this")
    factor, more = CELSIUS[unit]
    return number(text) * factor + more


# --- Moments --------------------------------------------------------------------------------------


@lru_cache(maxsize=5_000)
def seconds_of_day(text: str) -> int:
    """Return when a day begins at UTC, in seconds since 1970. Raises ValueError."""
    day = day_of(text)
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


@lru_cache(maxsize=200)
def seconds_of_offset(text: str) -> int:
    return offset_minutes(text) * 60


def seconds(text: str) -> int:
    """Return the moment that is written as `2020-04-10 20:14:05 -0700`, in seconds since 1970. Raises Unreadable."""
    try:
        hour, minute, second = int(text[11:13]), int(text[14:16]), int(text[17:19])
        if (
            text[10] + text[13] + text[16] + text[19] != " :: "
            or max(minute, second) > 59
            or hour > 23
        ):
            raise ValueError
        found = seconds_of_day(text[:10]) + hour * 3600 + minute * 60 + second
        found -= seconds_of_offset(text[20:])
    except (ValueError, IndexError):
        raise Unreadable(f"{shown(text)} is not a time with its offset") from None
    if found < 0:
        raise Unreadable(f"{shown(text)} lies before 1970")
    return found


def moment(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)


Convert = Callable[[str, str], float]


def in_unit(factors: dict[str, float]) -> Convert:
    """Return what reads an amount that is not below 0, of its text and its unit."""
    return lambda text, unit: not_negative(text, unit, factors)
