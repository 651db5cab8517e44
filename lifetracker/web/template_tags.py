"""How pages show values."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any, NamedTuple

from django import template
from django.db.models import Model
from django.template.defaultfilters import pluralize
from django.utils import timezone as clock_of_the_project
from django.utils.dateformat import format as format_date
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from lifetracker.days import local_date
from lifetracker.models.fields import unit_of

register = template.Library()

# The width of a drawing, in its own units.
BAR = 1000
# The height of the drawing of a trend, of which the topmost and the lowest part stay free.
HEIGHT, MARGIN = 100, 8
# A drawing of a trend is as high as this many kg at least: a day's noise must not look like a mountain.
LEAST_SPAN = 1.0


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
def day_in_sentence(value: date, today: date) -> str:
    """`today`, `yesterday`, or `Friday 20 November`: the day after other words."""
    said = day(value, today)
    return said.lower() if said in {"Today", "Yesterday"} else said


@register.filter
def clock(instant: datetime, offset: int | None) -> str:
    """The time on the wall where the record was made, by its own offset in minutes, else in
    `TIME_ZONE`."""
    zone = None if offset is None else timezone(timedelta(minutes=offset))
    return format_date(clock_of_the_project.localtime(instant, zone), "H:i")


@register.filter
def moment(instant: datetime, today: date) -> str:
    """`08:10` of today, `yesterday 20:10`, `tomorrow 00:22`, `Friday 20 November 20:10`."""
    on, time = local_date(instant), clock(instant, None)
    near = {-1: "yesterday ", 0: "", 1: "tomorrow "}
    return near.get((on - today).days, f"{day(on, today)} ") + time


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
def seconds(value: float) -> SafeString:
    return duration(value / 60)


@register.filter
def signed(value: float, digits: int) -> str:
    """`+0.25`, `\N{MINUS SIGN}0.25`, `0.00`: what rounds to nothing has no sign."""
    text = f"{abs(value):.{digits}f}"
    if not float(text):
        return text
    return ("+" if value > 0 else "\N{MINUS SIGN}") + text


@register.filter
def share(part: float, whole: float) -> int:
    """How wide a part is drawn where the whole is as wide as a drawing, and never wider."""
    return round(BAR * min(max(part / whole, 0), 1)) if whole > 0 else 0


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
def unit(record: Model, name: str) -> str:
    """Return the unit of a record's number, as its field declares it."""
    return unit_of(record._meta.get_field(name)) or ""


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


class Drawing(NamedTuple):
    """Of weights over time, as two SVG paths. `line`: the trend. `dots`: what was weighed. `low`,
    `high`: of the trend, in kg."""

    line: str
    dots: str
    low: float
    high: float


@register.filter
def drawing(card: Any) -> Drawing | None:
    """Of a card's `drawn` points between its `first` and its `last` day; None where there is nothing
    to connect."""
    if len(card.drawn) < 2:
        return None
    values = [kg for point in card.drawn for kg in (point.kg, point.trend)]
    middle = (max(values) + min(values)) / 2
    span = max(max(values) - min(values), LEAST_SPAN)
    whole = max((card.last - card.first).days, 1)

    def place(day: date, kg: float) -> str:
        x = BAR * (day - card.first).days / whole
        y = HEIGHT / 2 - (HEIGHT - 2 * MARGIN) * (kg - middle) / span
        return f"{x:.1f} {y:.1f}"

    trends = [point.trend for point in card.drawn]
    return Drawing(
        line="M" + "L".join(place(point.date, point.trend) for point in card.drawn),
        # A piece without a length and with round ends is a dot, and stays one however the drawing is
        # stretched.
        dots="".join(f"M{place(point.date, point.kg)}h0" for point in card.drawn),
        low=min(trends),
        high=max(trends),
    )


# A column of little beside one of very much can still be seen.
LEAST_HEIGHT = 2


class Amount(NamedTuple):
    """What a column stands for, and its words."""

    date: date
    amount: float
    text: str
    style: str


class Column(NamedTuple):
    """Of a drawing of amounts: where it is, how wide and high, how it looks, and what it says."""

    x: int
    y: int
    width: int
    height: int
    style: str
    title: str


@register.filter
def fast_columns(fasts: list[Any], places: int) -> list[Column]:
    """Of fasts, at the right of so many places."""
    amounts = []
    for fast in fasts:
        reached = fast.duration_hours >= (fast.goal_hours or math.inf)
        lasted = fast.duration_hours
        style = "reached" if reached else "part"
        amounts.append(Amount(fast.date, lasted, strip_tags(hours(lasted)), style))
    return columns(amounts, places)


@register.filter
def day_columns(card: Any) -> list[Column]:
    """Of the seconds on the last days of a card."""
    return columns_of_days(card, lambda amount: strip_tags(seconds(amount)))


@register.filter
def commit_columns(card: Any) -> list[Column]:
    """Of the commits on the last days of a card."""
    return columns_of_days(card, lambda amount: f"{amount:,} commit{pluralize(amount)}")


def columns_of_days(card: Any, tell: Callable[[Any], str]) -> list[Column]:
    """The last of the days is not over yet."""
    amounts = [
        Amount(day, amount, tell(amount), "part" if day < card.day else "part unfinished")
        for day, amount in card.per_day.items()
    ]
    return columns(amounts, len(amounts))


def columns(amounts: list[Amount], places: int) -> list[Column]:
    """Against the highest of them."""
    highest = max((one.amount for one in amounts), default=0)
    if not highest:
        return []
    step = BAR / places
    found = []
    for place, one in enumerate(amounts, places - len(amounts)):
        height = max(round(HEIGHT * one.amount / highest), LEAST_HEIGHT if one.amount else 0)
        x = round(place * step + step * 0.15)
        title = f"{format_date(one.date, 'l j F')}: {one.text}"
        found.append(Column(x, HEIGHT - height, round(step * 0.7), height, one.style, title))
    return found
