"""Values of records as sentences say them: the value before a change and the one after it, told apart."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import Truncator

from lifetracker.models.fields import AnyField, unit_of
from lifetracker.web import units
from lifetracker.web.clock import date_and_time
from lifetracker.web.sentences import date_words, hours_words, isolated, number

#: Of a long text so many letters are shown.
SHOWN_LETTERS = 60
#: The most decimals that tell two numbers apart.
DECIMALS = 4
UNKNOWN, NOTHING = "not known", "nothing"
#: How many hours are in a unit of time.
HOURS = {"h": 1.0, "min": 1 / 60, "s": 1 / 3600}


def both_in_words(field: AnyField, before: Any, after: Any) -> tuple[str, str] | None:
    """Return two values in words; None where words cannot tell them apart, or no words are short enough."""
    if isinstance(field, models.ForeignKey):
        return None
    if not is_number(before) and not is_number(after):
        return different(words_of(field, before), words_of(field, after))
    tries = (
        (number_words(field, before, decimals), number_words(field, after, decimals))
        for decimals in range(-1, DECIMALS + 1)
    )
    return next((found for one in tries if (found := different(*one))), None)


def different(before: str, after: str) -> tuple[str, str] | None:
    return (before, after) if before and after and before != after else None


def is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def number_words(field: AnyField, value: Any, decimals: int) -> str:
    """Return a number with its unit, as pages show it where `decimals` is -1."""
    if value is None:
        return UNKNOWN
    unit, shown = unit_of(field) or "", float(value)
    if decimals < 0:
        if unit in HOURS:
            return hours_words(shown * HOURS[unit])
        if unit == "m" and abs(shown) >= units.KILOMETER:
            return units.distance(shown)
        decimals = 0 if shown.is_integer() else 1
    if unit == "kg":
        return units.mass(shown, max(decimals, units.DECIMALS))
    text = number(shown, decimals)
    return text if not unit or " " in unit else f"{text} {unit}"


def words_of(field: AnyField, value: Any) -> str:
    """Return a value that is no number; "" for one that would be too long."""
    words = ""
    match value:
        case None:
            words = UNKNOWN
        case bool():
            words = "yes" if value else "no"
        case datetime():
            words = date_and_time(value, "j F Y,")
        case date():
            words = date_words(value)
        case str():
            words = title_or_quote(field, value) if value else NOTHING
        case list() if all(isinstance(one, str) for one in value):
            words = quoted(", ".join(value)) if value else NOTHING
    return words


def title_or_quote(field: AnyField, text: str) -> str:
    """Return the title of a choice, or a text in quotation marks."""
    titles = {str(key): str(title) for key, title in field.flatchoices}
    return titles.get(text) or quoted(text)


def quoted(text: str) -> str:
    return f"“{isolated(Truncator(text).chars(SHOWN_LETTERS))}”"


def as_typed(field: AnyField, value: Any) -> Any:
    """Return a value that was kept as JSON in the type of its column; as it is, if the column has another type by now."""
    try:
        return value if isinstance(field, models.JSONField) else field.to_python(value)
    except ValidationError:
        return value
