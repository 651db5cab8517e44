"""How values are told to a person on the pages."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from typing import Any, NamedTuple

from django import template
from django.utils import timezone as clock_of_the_project
from django.utils.dateformat import format as format_date
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

register = template.Library()

# The width of the drawing of a night, in its own units.
BAR = 1000


class Stage(NamedTuple):
    """A part of a night: where its piece of the bar begins and how wide it is."""

    name: str
    style: str
    minutes: float
    start: int
    width: int


@register.filter
def day(value: date, today: date) -> str:
    """`Today`, `Yesterday`, or `Friday 20 November`; with the year only where it is another one."""
    if value in {today, today - timedelta(days=1)}:
        return "Today" if value == today else "Yesterday"
    return format_date(value, "l j F" if value.year == today.year else "l j F Y")


@register.filter
def clock(instant: datetime, offset: int) -> str:
    """The time on the wall where the record was made, by its own offset in minutes."""
    return format_date(instant.astimezone(timezone(timedelta(minutes=offset))), "H:i")


@register.filter
def utc_offset(offset: int) -> str:
    """`UTC+2`, `UTC-3:30`, `UTC`."""
    if not offset:
        return "UTC"
    hours, minutes = divmod(abs(offset), 60)
    sign = "+" if offset > 0 else "\N{MINUS SIGN}"
    return f"UTC{sign}{hours}" + (f":{minutes:02}" if minutes else "")


@register.filter
def duration(minutes: float) -> SafeString:
    """`7 h 32 min`, with the units marked up, so that a large figure can have small ones."""
    hours, rest = divmod(round(minutes), 60)
    parts = [(hours, "h")] if hours else []
    parts += [(rest, "min")] if rest or not hours else []
    return format_html_join(" ", "{}<small>\N{NO-BREAK SPACE}{}</small>", parts)


@register.filter
def hours(value: float) -> SafeString:
    return duration(value * 60)


@register.filter
def ago(instant: datetime) -> str:
    seconds = (clock_of_the_project.now() - instant).total_seconds()
    return (
        "just now"
        if seconds < 60
        else f"{timesince(instant, clock_of_the_project.now(), depth=1)} ago"
    )


@register.filter
def hours_since(instant: datetime) -> float:
    return (clock_of_the_project.now() - instant).total_seconds() / 3600


@register.filter
def total(run: Any, count: str) -> int:
    """A run's count over all its streams."""
    return int(run.total(count))


@register.filter
def code(text: str) -> SafeString:
    """With what stands between backticks, commands mostly, marked up as such."""
    parts = re.split("`([^`]+)`", text)
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<code>{}</code>", part) if i % 2 else part,)
            for i, part in enumerate(parts)
        ),
    )


@register.filter
def stages(sleep: Any) -> list[Stage]:
    """The known parts of a night. Empty where WHOOP gave none."""
    known = [
        (name, style, minutes)
        for name, style, minutes in (
            ("Deep", "deep", sleep.deep_sleep_min),
            ("REM", "rem", sleep.rem_sleep_min),
            ("Light", "light", sleep.light_sleep_min),
            ("Awake", "awake", sleep.awake_min),
            # Shown only where the strap lost sight of the night: a zero is no news.
            ("No data", "no-data", sleep.no_data_min or None),
        )
        if minutes is not None
    ]
    whole = sum(minutes for _, _, minutes in known)
    if not whole:
        return []
    found: list[Stage] = []
    before = 0.0
    for name, style, minutes in known:
        start, end = (round(at * BAR / whole) for at in (before, before + minutes))
        found.append(Stage(name, style, minutes, start, end - start))
        before += minutes
    return found
