"""Blocks of deep work in a week, as the page draws them, by the rule of the metric of deep work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.safestring import SafeString

from lifetracker.days import (
    days_from,
    local_date,
    local_date_and_hour,
    midnight,
    monday_of,
)
from lifetracker.metrics.series import Series, days_before
from lifetracker.web.charts.frame import Place
from lifetracker.web.charts.week import WeekBar, week_chart
from lifetracker.web.clock import date_and_time, time_words
from lifetracker.web.ranges import Range
from lifetracker.web.sentences import hours_and_minutes
from lifetracker.words import counted
from time_logs.blocks import LEAST_DEEP, LONGEST_GAP, Block, blocks_between
from time_logs.metrics import HOUR
from time_logs.models import TimeEntry
from time_logs.names import entries_url

WEEKS, LEAST_WEEKS = 4, 3
LONGEST_LISTED = 3
RULE = (
    f"A block is work on one project with gaps of at most {LONGEST_GAP // timedelta(minutes=1)} minutes. "
    f"One of at least {LEAST_DEEP // timedelta(minutes=1)} tracked minutes is deep work. The rule is ours."
)


class Longest(NamedTuple):
    words: str
    when: str
    url: str


class Focus(NamedTuple):
    """The deep work of the week of a day."""

    title: str
    blocks: int
    hours: str
    usual: str
    chart: SafeString
    longest: list[Longest]
    rule: str


def focus_of(shown: Range, recent: Series, now: datetime) -> Focus:
    """Return the blocks of the week in which a range ends, beside those of the weeks before, by one statement."""
    monday = monday_of(shown.last)
    first = days_before(monday, WEEKS * 7)
    blocks = blocks_between(TimeEntry._meta.db_table, first, shown.last)
    since = midnight(monday)
    week = [block for block in blocks if block.start >= since]
    deep = [block for block in week if block.is_deep]
    by_length = sorted(week, key=lambda block: block.seconds, reverse=True)
    return Focus(
        title_of(monday, shown),
        len(deep),
        hours_and_minutes(sum(block.seconds for block in deep) / HOUR),
        usual_words(blocks, recent, monday, now if shown.last == shown.today else None),
        chart_of(week, days_from(monday, shown.last)),
        [longest_of(block) for block in by_length[:LONGEST_LISTED]],
        RULE,
    )


def title_of(monday: date, shown: Range) -> str:
    if monday == monday_of(shown.today):
        return "Focus this week"
    return f"Focus, week of {format_date(monday, 'j F')}"


def usual_words(blocks: Sequence[Block], recent: Series, monday: date, now: datetime | None) -> str:
    """Return how many blocks are usual, up to the same moment of the week where it is not over; empty where too few
    weeks are known."""
    counts = counts_by_week(blocks, monday, now)
    known = [
        back
        for back in range(1, WEEKS + 1)
        if any(recent.on(monday - timedelta(days=7 * back - at)) is not None for at in range(7))
    ]
    if len(known) < LEAST_WEEKS:
        return ""
    usual = round(sum(counts[back] for back in known) / len(known))
    return f"usual {usual}" + (f" by {format_date(timezone.localtime(now), 'l')}" if now else "")


def counts_by_week(blocks: Sequence[Block], monday: date, now: datetime | None) -> Counter[int]:
    """Return how much deep work there was so many weeks back, before the moment that now is in its own week."""
    counts: Counter[int] = Counter()
    zone = timezone.get_current_timezone()
    for block in blocks:
        if block.is_deep:
            day, _ = local_date_and_hour(block.start, zone)
            back = -((day - monday).days // 7)
            counts[back] += now is None or block.start <= now - timedelta(weeks=back)
    return counts


def chart_of(week: Sequence[Block], days: list[date]) -> SafeString:
    deep = sum(block.is_deep for block in week)
    return week_chart(
        [bar_of(block) for block in week],
        days,
        sentence=f"Blocks of work, {format_date(days[0], 'j M')} to {format_date(days[-1], 'j M Y')}: "
        f"{counted(deep, 'block')} of deep work of {len(week)}",
    )


def bar_of(block: Block) -> WeekBar:
    start, end = timezone.localtime(block.start), timezone.localtime(block.end)
    day = local_date(block.start)
    words = f"{span_words(block)}, {project_of(block)}, {length_of(block)}"
    return WeekBar(
        day,
        start.hour + start.minute / 60,
        # What goes over midnight is drawn up to it, on the day on which it began.
        24.0 if local_date(block.end) > day else end.hour + end.minute / 60,
        "work" if block.is_deep else "step-2",
        Place(entries_url(day, day), words),
    )


def project_of(block: Block) -> str:
    return block.project or "no project"


def length_of(block: Block) -> str:
    return hours_and_minutes(block.seconds / HOUR)


def span_words(block: Block) -> str:
    return f"{date_and_time(block.start, 'l')} to {time_words(block.end)}"


def longest_of(block: Block) -> Longest:
    day = local_date(block.start)
    return Longest(
        f"{length_of(block)}, {project_of(block)}", span_words(block), entries_url(day, day)
    )
