"""What tools are asked for: days, ranges of days, metrics. What is wrong is said in words that a client can act on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Annotated, NamedTuple

from django_mcpz.server import ToolError
from msgspec import Meta

from lifetracker import days
from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.domains import is_beyond
from lifetracker.metrics.registry import UnknownMetric, each_once, metric_of, metrics
from lifetracker.tools.caller import Caller
from lifetracker.words import joined

#: How many metrics one call takes, and how many days of one.
MOST_KEYS, MOST_DAYS = 20, 36_525
DEFAULT_DAYS = 28

DayText = Annotated[
    str,
    Meta(description='A day as YYYY-MM-DD, or "today" or "yesterday", by the owner\'s clock.'),
]
Key = Annotated[
    str, Meta(description="The key of a metric, such as weight.kg. list_metrics names all.")
]
Keys = Annotated[
    list[str],
    Meta(
        min_length=1,
        max_length=MOST_KEYS,
        description=f"The keys of 1 to {MOST_KEYS} metrics, such as weight.kg. list_metrics names all.",
    ),
]
Cursor = Annotated[
    str, Meta(description="The next_cursor of an answer that was cut, for what comes after it.")
]


class Range(NamedTuple):
    """From `first` to `last`, both included."""

    first: date
    last: date

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1


def day_asked(text: str, name: str) -> date:
    """Return a day. Raises ToolError, which names the argument."""
    if text in {"today", "yesterday"}:
        return days.today() - (days.ONE_DAY if text == "yesterday" else timedelta())
    try:
        day = days.day_of(text)
    except ValueError:
        raise ToolError(
            f'{name} must be a day as YYYY-MM-DD, such as {days.today()}, or "today" or "yesterday".'
        ) from None
    if not days.FIRST_DAY <= day <= days.LAST_DAY:
        raise ToolError(f"{name}: {days.OUT_OF_RANGE}")
    return day


def range_asked(start: str, end: str, names: tuple[str, str] = ("start_date", "end_date")) -> Range:
    """Return a range; the last four weeks where nothing is asked for. Raises ToolError."""
    last = day_asked(end or "today", names[1])
    first = day_asked(start, names[0]) if start else last - timedelta(days=DEFAULT_DAYS - 1)
    if first > last:
        raise ToolError(f"{names[0]} ({first}) must not be after {names[1]} ({last}).")
    found = Range(first, last)
    if found.length > MOST_DAYS:
        raise ToolError(f"A range has at most {MOST_DAYS:,} days. Ask for fewer.")
    return found


def metric_asked(caller: Caller, key: str) -> Metric:
    """Return a metric. Raises ToolError for one that does not exist, with such that are spelt alike, and for one that
    the caller may not see."""
    try:
        metric = metric_of(key)
    except UnknownMetric:
        # Whether another domain has such a metric or not is none of the caller's business.
        if is_beyond(key, caller.may_see):
            raise ToolError(beyond(caller, key)) from None
        raise ToolError(unknown(caller, key)) from None
    if not caller.may_tell(metric):
        raise ToolError(beyond(caller, key))
    return metric


def beyond(caller: Caller, key: str) -> str:
    return f"{key[:80]} is beyond what this token may see, which is {caller.limit}. list_metrics names what it may."


def unknown(caller: Caller, key: str) -> str:
    seen = [one.key for one in metrics.values() if caller.may_tell(one)]
    like = get_close_matches(key, seen, 3) or [one for one in seen if one.endswith(f".{key}")][:3]
    hint = f" Do you mean {joined(like)}?" if like else ""
    return f"There is no metric {key[:80]!r}.{hint} list_metrics names all."


def metrics_asked(caller: Caller, keys: Sequence[str]) -> list[Metric]:
    """Return metrics, each once. Raises ToolError."""
    return each_once(metric_asked(caller, key) for key in dict.fromkeys(keys))


def place_asked(cursor: str) -> int:
    """Return at which row a list goes on. Raises ToolError."""
    if cursor and not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 10):
        raise ToolError("cursor must be the next_cursor of an earlier answer to the same question.")
    return int(cursor or 0)
