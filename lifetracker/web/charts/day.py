"""The day chart: what fills a day, in lanes under one clock, from the evening before to midnight.

Places are told by instants, so that a day on which clocks change has its true length. What reaches over an edge is cut
there. What happens at the same time lies side by side in its lane.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from lifetracker.web.charts.markup import (
    NOTHING,
    joined,
    linked,
    percent,
    picture_attributes,
    pointed_at,
    short,
)
from lifetracker.web.charts.table import Row, numbers_table
from lifetracker.web.clock import hour_label

# In pixels: the clock above the lanes, a lane, and what a bar, a line and the least of them take of it.
CLOCK, LANE = 18, 34
HEIGHTS = {"bar": 22, "line": 10, "tick": 22}
LEAST_ROW = 5
TICK, GAP = 5, 2
# What the time of now stands on: `14:05`, and `12:05 pm`.
NOW, NOW_OF_TWELVE = 42, 60
# More at the same time share the last row.
MOST_ROWS = 4
# So near to the time of now no hour is written, on a phone also not in the wider distance.
NEAR, NEAR_ON_PHONES = timedelta(hours=1.2), timedelta(hours=3.2)
HOURS_ON_PHONES = 4
# What is narrower is pointed at as if it were so wide, in pixels.
NARROW, TARGET = 0.012, 16
# Ticks that lie closer are one: 2 pixels on a phone.
PLACES = 160

Shape = Literal["bar", "line", "tick"]


@dataclass(frozen=True)
class Stretch:
    """What the chart shows: from an instant of the evening before to the end of the day."""

    start: datetime
    #: When the day itself begins.
    midnight: datetime
    end: datetime

    def share(self, instant: datetime) -> float:
        """Return where an instant lies across, from 0 to 1. What lies beyond is put at the edge."""
        return min(max((instant - self.start) / (self.end - self.start), 0.0), 1.0)

    def touches(self, start: datetime, end: datetime) -> bool:
        return start < self.end and end >= self.start and (end > self.start or start == end)


@dataclass(frozen=True)
class Hour:
    """An hour on the clock: its instant, and what the clock shows."""

    instant: datetime
    hour: int


@dataclass(frozen=True)
class Mark:
    """Something that happened, from one instant to another. A tick has both the same."""

    start: datetime
    end: datetime
    #: Such as `Night, 5 h 58 asleep`.
    words: str
    #: When it began and ended, in words, as they stand in the table.
    begun: str = ""
    ended: str = ""
    href: str = ""
    #: Drawn paler from its beginning to here, behind it.
    goal: datetime | None = None
    #: `soft` is paler; `usual` is dotted, for what did not happen yet and usually does.
    style: Literal["full", "soft", "usual"] = "full"


@dataclass(frozen=True)
class DayLane:
    """A lane of the chart, with its end in words: `5 h 58`, `none yet`, `unknown`."""

    name: str
    #: The colour of `charts.css`, such as `work`.
    fill: str
    words: str
    marks: Sequence[Mark] = ()
    shape: Shape = "bar"
    #: The page behind the words.
    href: str = ""


def day_chart(
    lanes: Sequence[DayLane],
    stretch: Stretch,
    hours: Sequence[Hour],
    *,
    sentence: str,
    now: tuple[datetime, str] | None = None,
    table: str = "day-numbers",
) -> SafeString:
    """Return the chart, the names of its lanes with their words, and the table behind it.

    `now` is the present instant with its words (`10:31`); None if the day is over."""
    height = CLOCK + LANE * len(lanes)
    placed = list(_placed(lanes, stretch))
    return format_html(
        '<div class="daybox">{}<div class="plot day-plot"><svg class="chart" height="{}" {}>{}{}{}{}</svg>{}</div></div>{}',
        _names(lanes),
        height,
        picture_attributes(sentence),
        _evening(stretch, height),
        _clock(stretch, hours, height, now),
        joined(_drawn(one) for one in placed),
        _now(stretch, height, *now) if now else NOTHING,
        _hits(placed, height),
        _table(lanes, stretch, table),
    )


# --- What surrounds the lanes ---------------------------------------------------------------------


def _names(lanes: Sequence[DayLane]) -> SafeString:
    return format_html(
        '<dl class="lanes">{}</dl>',
        format_html_join(
            "",
            '<div><dt><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="f-{}" width="10" height="10" rx="3"/>'
            "</svg>{}</dt><dd>{}</dd></div>",
            ((lane.fill, lane.name, linked(lane.words, lane.href)) for lane in lanes),
        ),
    )


def _evening(stretch: Stretch, height: int) -> SafeString:
    return format_html(
        '<rect class="evening" x="0" width="{}" y="{}" height="{}"/>',
        percent(stretch.share(stretch.midnight)),
        CLOCK,
        height - CLOCK,
    )


def _clock(
    stretch: Stretch, hours: Sequence[Hour], height: int, now: tuple[datetime, str] | None
) -> SafeString:
    return joined(_hour(stretch, one, height, now) for one in hours)


def _hour(stretch: Stretch, one: Hour, height: int, now: tuple[datetime, str] | None) -> SafeString:
    place = percent(stretch.share(one.instant))
    line = format_html(
        '<line class="{0}" x1="{1}" x2="{1}" y1="{2}" y2="{3}"/>',
        "baseline" if one.instant == stretch.midnight else "gridline",
        place,
        CLOCK,
        height,
    )
    far = abs(now[0] - one.instant) if now else stretch.end - stretch.start
    # Words of 12 hours need more room beside each other.
    room = _width_of_now(now[1]) / NOW if now else 1
    if far < NEAR * room:
        return line
    wide = one.hour % HOURS_ON_PHONES or far < NEAR_ON_PHONES * room
    label = format_html(
        '<text class="mid-label{}" x="{}" y="10">{}</text>',
        " wide" if wide else "",
        place,
        hour_label(one.hour),
    )
    return line + label


def _now(stretch: Stretch, height: int, instant: datetime, words: str) -> SafeString:
    place = percent(stretch.share(instant))
    return format_html(
        '<line class="now-line" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>'
        '<rect class="f-ink" x="{0}" width="{4}" height="18" y="0" rx="9" transform="translate(-{5} 0)"/>'
        '<text class="now-label mid-label" x="{0}" y="12.5">{3}</text>',
        place,
        CLOCK,
        height,
        words,
        width := _width_of_now(words),
        width // 2,
    )


def _width_of_now(words: str) -> int:
    return NOW if len(words) <= len("23:59") else NOW_OF_TWELVE


# --- What lies in the lanes -----------------------------------------------------------------------


@dataclass(frozen=True)
class _Placed:
    """A mark with its place: across as shares, downwards in pixels."""

    mark: Mark
    fill: str
    shape: Shape
    start: float
    end: float
    #: Where its goal lies; its end where there is none.
    goal: float
    top: float
    height: float


def _placed(lanes: Sequence[DayLane], stretch: Stretch) -> Iterator[_Placed]:
    for number, lane in enumerate(lanes):
        marks = [mark for mark in lane.marks if stretch.touches(mark.start, _reach(mark))]
        if lane.shape == "tick":
            marks = _apart(marks, stretch)
        rows = rows_of(marks) if lane.shape != "tick" else [0] * len(marks)
        for mark, (top, height) in zip(marks, _heights(rows, lane.shape), strict=True):
            share = stretch.share
            yield _Placed(
                mark, lane.fill, lane.shape, share(mark.start), share(mark.end),
                share(_reach(mark)), CLOCK + LANE * number + top, height,
            )  # fmt: skip


def _reach(mark: Mark) -> datetime:
    return max(mark.goal or mark.end, mark.end)


def _apart(marks: Sequence[Mark], stretch: Stretch) -> list[Mark]:
    """Return one tick of those that would lie on one another, with how many they are."""
    found: dict[int, list[Mark]] = {}
    for mark in marks:
        found.setdefault(round(stretch.share(mark.start) * PLACES), []).append(mark)
    return [_together(group) for group in found.values()]


def _together(marks: Sequence[Mark]) -> Mark:
    first = marks[0]
    if len(marks) == 1:
        return first
    return Mark(first.start, first.end, f"{first.words} and {len(marks) - 1} more", href=first.href)


def rows_of(marks: Sequence[Mark]) -> list[int]:
    """Return for each mark, in order of their starts, the first row in which it lies on none before it."""
    ends: list[datetime] = []
    rows = []
    for mark in marks:
        row = next((at for at, end in enumerate(ends) if end <= mark.start), len(ends))
        row = min(row, MOST_ROWS - 1)
        ends[row : row + 1] = [max(mark.end, *ends[row : row + 1], mark.start)]
        rows.append(row)
    return rows


def _heights(rows: Sequence[int], shape: Shape) -> list[tuple[float, float]]:
    """Return the top and the height of what lies in each row, within a lane."""
    count = max(rows, default=0) + 1
    whole = HEIGHTS[shape] if count == 1 else HEIGHTS["bar"]
    height = max((whole - GAP * (count - 1)) / count, LEAST_ROW - 1)
    top = (LANE - whole) / 2
    return [(top + row * (height + GAP), height) for row in rows]


def _drawn(one: _Placed) -> SafeString:
    if one.shape == "tick":
        return format_html(
            '<rect class="f-{}" x="{}" width="5" height="{}" y="{}" rx="2.5" transform="translate(-2.5 0)"/>',
            one.fill,
            percent(one.start),
            short(one.height),
            short(one.top),
        )
    if one.mark.style == "usual":
        return _bar("f-ghost", one, one.start, one.end)
    goal = _bar(f"f-{one.fill} f-faint", one, one.start, one.goal)
    soft = " f-soft" if one.mark.style == "soft" else ""
    drawn = _bar(f"f-{one.fill}{soft}", one, one.start, one.end)
    return goal + drawn if one.goal > one.end else drawn


def _bar(kind: str, one: _Placed, start: float, end: float) -> SafeString:
    return format_html(
        '<rect class="{}" x="{}" width="{}" y="{}" height="{}" rx="{}"/>',
        kind,
        percent(start),
        # Of a minute something can still be seen.
        percent(max(end - start, 0.002)),
        short(one.top),
        short(one.height),
        short(min(5.0, one.height / 2)),
    )


def _hits(placed: Sequence[_Placed], height: int) -> SafeString:
    """Return what the pointer reaches: the words of each mark, and its page. Keys reach the same in the table."""
    return format_html(
        '<svg class="hits" height="{}" aria-hidden="true">{}</svg>',
        height,
        joined(_hit(one) for one in placed),
    )


def _hit(one: _Placed) -> SafeString:
    return pointed_at(_target(one), _said(one.mark), one.mark.href)


def _target(one: _Placed) -> SafeString:
    if one.end - one.start < NARROW:
        middle = percent((one.start + one.end) / 2)
        width, moved = str(TARGET), format_html(' transform="translate({} 0)"', -TARGET // 2)
    else:
        middle, width, moved = percent(one.start), percent(one.end - one.start), NOTHING
    return format_html(
        '<rect x="{}" width="{}" y="{}" height="{}"{}/>',
        middle,
        width,
        short(one.top),
        short(one.height),
        moved,
    )


def _said(mark: Mark) -> str:
    times = " to ".join(filter(None, (mark.begun, mark.ended)))
    return f"{mark.words}: {times}" if times else mark.words


# --- The table ------------------------------------------------------------------------------------


def _table(lanes: Sequence[DayLane], stretch: Stretch, name: str) -> SafeString:
    rows = [row for lane in lanes for row in _rows(lane, stretch)]
    return numbers_table(
        ("Lane", "What", "From", "To"), rows, caption="What the chart shows", name=name
    )


def _rows(lane: DayLane, stretch: Stretch) -> list[Row]:
    marks = [mark for mark in lane.marks if stretch.touches(mark.start, _reach(mark))]
    if not marks:
        return [Row(lane.name, (lane.words, "", ""))]
    return [Row(lane.name, (mark.words, mark.begun, mark.ended), mark.href) for mark in marks]
