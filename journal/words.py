"""Answers and their days as people read them."""

from __future__ import annotations

from datetime import date

from django.utils.dateformat import format as format_date

from journal.models import HIGHEST, YES, Behaviour
from lifetracker.days import ONE_DAY
from lifetracker.web.sentences import number, short_day
from lifetracker.words import with_unit

KIND = Behaviour.Kind


def amount_words(value: float) -> str:
    """Return `2` or `2.5`, with at most three places after the point."""
    text = number(value, 3)
    return text.rstrip("0").rstrip(".") if "." in text else text


def value_words(kind: str, unit: str, value: float | None) -> str:
    """Return `yes`, `2.5 cups`, `4 of 5`, or `no answer`."""
    if value is None:
        return "no answer"
    if kind == KIND.YES_NO:
        return "yes" if value == YES else "no"
    if kind == KIND.SCALE:
        return f"{amount_words(value)} of {HIGHEST}"
    return with_unit(amount_words(value), unit)


def day_name(day: date, today: date) -> str:
    """Return `Today`, `Yesterday`, or `Fri 27 Nov`."""
    if day == today:
        return "Today"
    return "Yesterday" if day == today - ONE_DAY else short_day(day)


def on_day(day: date, today: date) -> str:
    """Return `today`, `yesterday`, or `on Friday 27 November`."""
    if day in {today, today - ONE_DAY}:
        return day_name(day, today).lower()
    return f"on {format_date(day, 'l j F' if day.year == today.year else 'l j F Y')}"
