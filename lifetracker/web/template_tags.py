"""How pages show values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from html import escape
from typing import Any, NamedTuple

from django import template
from django.forms import BaseForm, BoundField
from django.templatetags.static import static
from django.utils import timezone as clock_of_the_project
from django.utils.dateformat import format as format_date
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from lifetracker.days import local_date
from lifetracker.web import units
from lifetracker.web.changes import changes_of
from lifetracker.web.clock import date_and_time, time_words
from lifetracker.web.navigation import Entry
from lifetracker.web.sentences import hours_words, with_units_kept
from lifetracker.web.undo import undo_address
from lifetracker.words import title_of

register = template.Library()

# The width of a drawing, in its own units.
BAR = 1000
#: What an entry has while a source needs the person, as `frame/mark.html` has it.
MARK = '<span class="dot"></span><span class="unseen">, a source needs you</span>\n'


class Stage(NamedTuple):
    """A part of a night: where its piece of the bar begins and how wide it is."""

    name: str
    style: str
    minutes: float
    start: int
    width: int


@register.simple_tag(takes_context=True)
def entry_links(context: template.Context, entries: Sequence[Entry]) -> SafeString:
    """Links to pages, each with its symbol. A page has thirty of them, for which templates would take longer than for most
    of what the page shows."""
    symbols = static("lifetracker/icons.svg")
    return SafeString("".join(entry_link(entry, symbols, context) for entry in entries))


def entry_link(entry: Entry, symbols: str, context: template.Context) -> str:
    page = entry.page
    current = f' aria-current="{entry.current}"' if entry.current else ""
    key = f' data-key="{escape(page.key)}"' if page.key else ""
    small = "" if page.icon else ' class="small"'
    symbol = symbol_of(page.icon, symbols) if page.icon else ""
    mark = MARK if page.is_marked and context["needs_person"] else ""
    return f'<a href="{escape(entry.url)}"{current}{key}{small}>{symbol}{escape(page.title)}{mark}</a>\n'


def symbol_of(name: str, symbols: str) -> str:
    """Return what `frame/icon.html` makes."""
    return f'<svg class="icon" aria-hidden="true" focusable="false"><use href="{escape(symbols)}#{escape(name)}"/></svg>\n'


@register.filter
def fields_to_change(form: BaseForm) -> list[BoundField]:
    """The fields of a refused form that a person can see and must change; none where it asks a question alone."""
    return [field for field in form.visible_fields() if field.errors]


@register.filter
def day(value: date, today: date) -> str:
    """`Today`, `Yesterday`, or `Friday 20 November`; with the year only where it is another one."""
    if value in {today, today - timedelta(days=1)}:
        return "Today" if value == today else "Yesterday"
    return format_date(value, "l j F" if value.year == today.year else "l j F Y")


@register.filter
def clock(instant: datetime, offset: int | None) -> str:
    """The time on the wall where the record was made, by its own offset in minutes, else in
    `TIME_ZONE`."""
    return time_words(instant, offset)


@register.filter
def clock_with_seconds(instant: datetime) -> str:
    """The time in `TIME_ZONE`, to the second."""
    return time_words(instant, with_seconds=True)


@register.filter
def at_time(instant: datetime, date_format: str) -> str:
    """`20 Nov 2026, 07:12`: the date in a format of Django's, here `j M Y,`, and the time of day in `TIME_ZONE`."""
    return date_and_time(instant, date_format)


@register.filter
def mass(kg: float) -> str:
    """`65.3 kg`, or `144.0 lb`."""
    return units.mass(kg)


@register.filter
def mass_figure(kg: float) -> SafeString:
    """The same, with a small unit."""
    return format_html("{}<small> {}</small>", *units.mass_figure(kg))


@register.filter
def mass_change(kg: float) -> str:
    """`+0.25 kg`, or `+0.55 lb`: a difference."""
    return units.mass_change(kg)


@register.filter
def chosen_unit(unit: str) -> str:
    """`lb` for `kg` where the owner chose pounds; any other unit as it is."""
    return units.chosen_unit(unit)


@register.filter
def distance(meters: float) -> str:
    """`5.2 km`, or `3.2 mi`."""
    return units.distance(meters)


@register.filter
def distance_figure(meters: float) -> SafeString:
    """The same, with a small unit."""
    return format_html("{}<small> {}</small>", *units.distance_figure(meters))


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
def hour_figure(value: float) -> SafeString:
    """`14 h 26` with small units, or `26 min`, of hours."""
    whole, minutes = divmod(round(value * 60), 60)
    if not whole:
        return format_html("{}<small> min</small>", minutes)
    return format_html("{}<small> h </small>{}", whole, f"{minutes:02}")


@register.filter
def short_day(value: date, today: date) -> str:
    """`today`, `yesterday`, or `20 Nov`; with the year only where it is another one."""
    said = day(value, today)
    if said in {"Today", "Yesterday"}:
        return said.lower()
    return format_date(value, "j M" if value.year == today.year else "j M Y")


@register.filter
def hours(value: float) -> str:
    """`16 h 55`, `26 min`, or `18 h` of whole hours."""
    return hours_words(value)


@register.filter
def minutes(value: float) -> str:
    """`1 h 08`, `26 min`, or `2 h` of whole hours."""
    return hours_words(value / 60)


@register.filter
def ago(instant: datetime) -> str:
    seconds = (clock_of_the_project.now() - instant).total_seconds()
    return (
        "just now"
        if seconds < 60
        else f"{timesince(instant, clock_of_the_project.now(), depth=1)} ago"
    )


register.filter(undo_address)
register.filter("service", title_of)
register.filter(with_units_kept)


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


@register.simple_tag(takes_context=True)
def csrf_field(context: template.Context) -> SafeString:
    """The field of `csrf_token`, to be made once for many forms: `{% csrf_field as token %}`."""
    token = context.get("csrf_token")
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token)


@register.inclusion_tag("records/changes.html", takes_context=True)
def changes(context: template.Context, records: Any) -> dict[str, object]:
    """What happened to a record, or to each of a list, newest first."""
    several = records if isinstance(records, list) else [records]
    reader = context["request"].user.get_username()
    return {"changes": changes_of(several, reader), "is_mixed": len(several) > 1}


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
