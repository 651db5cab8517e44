"""The charts of the page of components, each in each of its states, made by the real functions of made-up numbers."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from django.utils.safestring import SafeString

from lifetracker.days import days_from
from lifetracker.web.charts.aim import Aim, aim_chart
from lifetracker.web.charts.bullet import bullet
from lifetracker.web.charts.calendar import (
    BandNames,
    Cell,
    band_legend,
    month_calendar,
    recent_days,
)
from lifetracker.web.charts.columns import (
    Floating,
    Part,
    columns,
    floating_bars,
    opposed_columns,
    stacked_columns,
)
from lifetracker.web.charts.coverage import State, WeekCell, coverage_legend, coverage_row
from lifetracker.web.charts.day import DayLane, Hour, Mark, day_chart
from lifetracker.web.charts.day import Stretch as DayStretch
from lifetracker.web.charts.estimate import estimate_chart
from lifetracker.web.charts.frame import Place, Source
from lifetracker.web.charts.hours import hour_grid
from lifetracker.web.charts.level_bar import level_bar
from lifetracker.web.charts.line import line_chart
from lifetracker.web.charts.markup import Band
from lifetracker.web.charts.parts import parts_bar, shares_of
from lifetracker.web.charts.paths import Stretch
from lifetracker.web.charts.periods import PeriodCell, period_cells
from lifetracker.web.charts.periods import State as PeriodState
from lifetracker.web.charts.ring import figure_ring, ring
from lifetracker.web.charts.shaded import Column, ShadedRow, shaded_table
from lifetracker.web.charts.sparkline import sparkline
from lifetracker.web.charts.stage_bar import Stage, stage_bar
from lifetracker.web.charts.steps import Steps
from lifetracker.web.charts.strip import Measure, usual_list
from lifetracker.web.charts.table import Row, numbers_table
from lifetracker.web.charts.target_columns import TargetColumn, target_columns
from lifetracker.web.charts.trend import Series, bridged, trend_chart
from lifetracker.web.charts.week import WeekBar, week_chart
from lifetracker.web.charts.year import Count, banded_year, step_legend, year_calendar
from lifetracker.web.charts.years import Day, year_rows

TODAY = date(2026, 11, 27)
COVERAGE: tuple[State, ...] = ("verified", "verified", "pending", "failed", "never")
BANDS: tuple[Band, ...] = ("high", "mid", "low")
NAMES = BandNames("Green, 67 and over", "Yellow, 34 to 66", "Red, under 34")


class Shown(NamedTuple):
    """A component in one of its states."""

    state: str
    markup: SafeString


def chart_groups() -> dict[str, list[Shown]]:
    return {
        "Rings": rings(),
        "Usual strips": [Shown("usual, beyond, too few days, not known, still running", strips())],
        "Calendars": calendars(),
        "Lines": lines(),
        "Columns and bars": bars(),
        "Against a target": against_targets(),
        "Estimates": estimates(),
        "A day": [Shown("a day that still runs", one_day())],
        "Nights": nights(),
        "Small charts": small_charts(),
        "Goals": goals(),
        "How much": amounts(),
        "Level bars": levels(),
        "Coverage rows": coverage(),
        "Shaded table": [Shown("with an empty cell, a part of a week and a usual", shaded())],
    }


def last_days(count: int) -> list[date]:
    return days_from(TODAY - timedelta(days=count - 1), TODAY)


def wave(count: int, middle: float, height: float) -> list[float | None]:
    """Return made-up values, of which each 19th is not known."""
    return [
        None if at % 19 == 11 else middle + height * math.sin(at / 3) * math.cos(at / 11)
        for at in range(count)
    ]


def rings() -> list[Shown]:
    found = [
        Shown(word, ring(score, band, sentence=f"Recovery {score} %", word=word))
        for score, band, word in ((84, "high", "Green"), (60, "mid", "Yellow"), (21, "low", "Red"))
        if band in BANDS
    ]
    return [
        *found,
        Shown("pending", ring(None, None, sentence="Not scored", word="Not scored yet")),
        Shown(
            "a fast",
            figure_ring(0.8, "14 h 26", fill="fast", word="of 18", sentence="14 h 26 of 18"),
        ),
    ]


def strips() -> SafeString:
    return usual_list(
        [
            Measure("Heart rate variability", 65, 64, 9, "65", "64", "ms"),
            Measure("Resting heart rate", 57, 50, 2, "57", "50", "bpm"),
            Measure("Asleep", 5.2, 7, 0.6, "5 h 12", "7 h 00"),
            Measure("Steps", 9100, None, None, "9,100"),
            Measure("Respiratory rate", None, 14.9, 0.3, "", "14.9", "/min"),
            Measure("Day strain", None, 9, 2, "", "9.0", so_far="4.2"),
        ]
    )


def cells(count: int) -> list[Cell]:
    return [
        Cell(day, value, None if value is None else band_of(value), f"#{day}", f"{day}")
        for day, value in zip(last_days(count), wave(count, 55, 45), strict=True)
    ]


def band_of(value: float) -> Band:
    return "high" if value >= 67 else "mid" if value >= 34 else "low"


def calendars() -> list[Shown]:
    year, month = cells(365), cells(45)
    rows = [Day(one.day, one.value, one.band) for one in cells(900)]
    return [
        Shown("a year", banded_year(year, sentence="A year", subject="mean", today=TODAY)),
        Shown("its legend", band_legend(year, NAMES)),
        Shown("weeks", month_calendar(month, sentence="Weeks", subject="mean", today=TODAY)),
        Shown("years", year_rows(rows, {}, sentence="Years", subject="mean", today=TODAY)),
        Shown("a week", recent_days(month, sentence="A week", today=TODAY)),
    ]


def lines() -> list[Shown]:
    usual: list[Stretch | None] = [None] * 7 + [Stretch(52, 66)] * 83
    values = wave(90, 60, 16)
    nothing: list[float | None] = [None] * 7
    rows = [
        Row(f"{day}", (None if value is None else f"{value:.0f}", "52 to 66"), f"?day={day}")
        for day, value in zip(last_days(90), values, strict=True)
    ]
    heads = ("Day", "Value, ms", "usually")
    return [
        Shown(
            "with a usual, gaps and a cursor",
            line_chart(
                values,
                last_days(90),
                sentence="Made-up values",
                usual=usual,
                source=Source("design-numbers", (1,), unit="ms", usual=2),
            ),
        ),
        Shown("its numbers", numbers_table(heads, rows, caption="Numbers", name="design-numbers")),
        Shown("of weeks", line_chart(wave(900, 60, 16), last_days(900), sentence="Weeks")),
        Shown("too few days", line_chart(wave(5, 60, 9), last_days(5), sentence="Five days")),
        Shown("nothing known", line_chart(nothing, last_days(7), sentence="Nothing known")),
        Shown(
            "a trend with gaps, a forecast and an aim",
            trend_chart(trend_ahead(), last_days(60), sentence="A trend"),
        ),
    ]


def trend_ahead() -> Series:
    """Return a trend of 40 days, of whose gaps one is long, and 20 days that lie ahead."""
    values = [
        None if at % 5 == 3 or 18 < at < 36 else one for at, one in enumerate(wave(40, 70, 1))
    ]
    grows = [Stretch(70 - at / 20, 70.5 + at / 20) for at in range(20)]
    return Series(
        line=[*bridged(values, 14), *[None] * 20],
        dots=[*values, *[None] * 20],
        ahead=[*[None] * 40, *[70.25] * 20],
        ahead_band=[*[None] * 40, *grows],
        aim=[71 - at / 40 for at in range(60)],
    )


def against_targets() -> list[Shown]:
    week = last_days(7)
    bars = [
        TargetColumn(1893, "1,893"),
        TargetColumn(2240, "2,240"),
        TargetColumn(780, "780+", "part"),
        TargetColumn(1978, "1,978"),
        TargetColumn(0, "0"),
        TargetColumn(None, "\N{EN DASH}"),
        TargetColumn(1712, "1,712", "open"),
    ]
    none = [TargetColumn(None, "\N{EN DASH}")] * 7
    of_days: list[float | None] = [1950] * 4 + [2400] * 2 + [None]
    return [
        Shown(state, target_columns(found, week, targets=aims, fill="work", sentence="Energy"))
        for state, found, aims in (
            ("a part, a fast, a day not known and one still open", bars, [1950.0] * 7),
            ("other targets on other days", bars, of_days),
            ("nothing known", none, [None] * 7),
        )
    ]


def estimates() -> list[Shown]:
    days, dots = last_days(84), wave(84, 2000, 420)
    line = [None if 30 <= at < 44 else 2000 + 30 * math.sin(at / 9) for at in range(84)]
    band = [None if one is None else Stretch(one - 80, one + 80) for one in line]
    nothing: list[None] = [None] * 84
    return [
        Shown("with a gap", estimate_chart(line, band, dots, days, sentence="Estimate")),
        Shown("too few", estimate_chart(nothing, nothing, dots, days, sentence="Too few days")),
        Shown("nothing", estimate_chart(nothing, nothing, nothing, days, sentence="Nothing")),
    ]


def bars() -> list[Shown]:
    month, values = last_days(30), wave(30, 11, 6)
    parts = [Part(name, wave(30, *of)) for name, *of in (("deep", 1.4, 0.3), ("rem", 1.6, 0.4))]
    nights = [
        None if one is None else Floating(-60 + 9 * one, 380 + 9 * one, -120, 560) for one in values
    ]
    return [
        Shown(
            "one still open",
            columns(values, month, sentence="Strain", fill="strain", open_at=[29]),
        ),
        Shown(
            "against a line",
            stacked_columns(parts, month, sentence="Sleep and need", line=[3.2] * 30),
        ),
        Shown("between times", floating_bars(nights, month, sentence="From bed to waking")),
        Shown(
            "nothing known",
            columns([None] * 7, last_days(7), sentence="Nothing known", fill="strain"),
        ),
    ]


def one_day() -> SafeString:
    midnight = datetime(2026, 11, 27, tzinfo=UTC)
    start = midnight - timedelta(hours=4)
    hours = [Hour(start + timedelta(hours=at), (20 + at) % 24) for at in range(0, 28, 2)]

    def mark(begin: float, end: float, words: str, **more: Any) -> Mark:
        instants = [midnight + timedelta(hours=at) for at in (begin, end)]
        return Mark(instants[0], instants[1], words, **more)

    lanes = [
        DayLane("Sleep", "rem", "6 h 30", [mark(-0.5, 6, "Night, 6 h 30 asleep")]),
        DayLane("Work", "work", "3 h 10", [mark(8.5, 11, "A project"), mark(11.2, 11.9, "Mail")]),
        DayLane("Moves", "move", "none yet", [mark(17, 18, "usually", style="usual")]),
        DayLane("Code", "code", "unknown"),
    ]
    stretch = DayStretch(start, midnight, midnight + timedelta(hours=24))
    now = (midnight + timedelta(hours=12), "12:00")
    return day_chart(lanes, stretch, hours, sentence="A made-up day", now=now, table="design-day")


def nights() -> list[Shown]:
    stages = [Stage("deep", 80), Stage("rem", 90), Stage("light", 190)]
    return [
        Shown("short", stage_bar(stages, 480, sentence="Short", rest="2 h 00 short")),
        Shown("long", stage_bar(stages, 300, sentence="Longer than needed")),
        Shown("need not known", stage_bar(stages, None, sentence="Need not known")),
    ]


def small_charts() -> list[Shown]:
    shares: list[tuple[str, float | None, Band | None]] = [
        ("good", 0.8, "high"),
        ("in between", 0.4, "mid"),
        ("bad", 0.2, "low"),
        ("without a band", 0.5, None),
        ("not known", None, None),
    ]
    found = [
        Shown(name, bullet(share, band, pace=0.55, sentence=name)) for name, share, band in shares
    ]
    weights = wave(60, 65, 0.6)
    trend = sparkline(weights, weights, least_span=1.0, sentence="A trend")
    return [*found, Shown("a trend", trend)]


def goals() -> list[Shown]:
    days = days_from(TODAY, TODAY + timedelta(days=30))
    line = [65 - at / 10 for at in range(31)]
    aim = Aim(
        own=[None if at in {3, 4} else 65 - at / 14 for at in range(17)] + [None] * 14,
        line=line,
        before=[None] * 10 + [one + 0.5 for one in line[10:]],
        free=((5, 7),),
        today=16,
        ends=(62.5, 64.5),
        now=63.9,
    )
    ended: tuple[PeriodState, ...] = ("reached", "missed", "free", "unknown")
    cells = period_cells([PeriodCell(one, one) for one in ended], sentence="Four weeks")
    words = "free days, a day not known, the line before, where most draws end"
    return [
        Shown(words, aim_chart(aim, days, sentence="A line to 62 kg")),
        Shown("earlier periods: reached, missed, free, not known", cells),
    ]


def amounts() -> list[Shown]:
    counts = [None if one is None else max(round(one), 0) for one in wave(365, 3, 5)]
    days = [
        Count(day, count, f"#{day}", f"{day}: {count}")
        for day, count in zip(last_days(365), counts, strict=True)
    ]
    steps = Steps([count or 0 for count in counts])
    hours = [
        [max(0, 12 - abs(hour - 11) - 2 * weekday) for hour in range(24)] for weekday in range(7)
    ]
    shares = shares_of(
        {"Python": 610, "TypeScript": 200, "HTML": 120, "CSS": 40, "Shell": 20, "C": 6, "Go": 4}
    )
    week = last_days(7)
    blocks = [
        WeekBar(day, 8.5 + at / 2, 10 + at, "work", Place(f"#{day}", f"{day}"))
        for at, day in enumerate(week)
    ]
    return [
        Shown("a year", year_calendar(days, steps, sentence="Made-up counts", today=TODAY)),
        Shown("its legend", step_legend(days, steps)),
        Shown("hours of a week", hour_grid(hours, Steps([5, 9]), sentence="Made-up hours")),
        Shown("parts of a whole", parts_bar(shares, subject="Languages")),
        Shown("blocks of a week", week_chart(blocks, week, sentence="Made-up blocks")),
        Shown(
            "above and below",
            opposed_columns(
                wave(30, 60, 50),
                wave(30, 20, 15),
                last_days(30),
                sentence="Lines",
                fills=("work", "code"),
            ),
        ),
    ]


def levels() -> list[Shown]:
    usual: dict[str, Any] = {"usual": (7, 12), "usual_words": ("7", "12")}
    return [
        Shown("beside a usual", level_bar(9.1, 21, fill="strain", sentence="9.1 of 21", **usual)),
        Shown("at the end", level_bar(23, 21, fill="strain", sentence="23 of 21", **usual)),
        Shown("without a usual", level_bar(4.2, 21, fill="strain", sentence="4.2 of 21")),
        Shown("not known", level_bar(None, 21, fill="strain", sentence="Not known", **usual)),
    ]


def coverage() -> list[Shown]:
    cells = [
        WeekCell(COVERAGE[at % 5], f"#week-{at}", COVERAGE[at % 5], is_chosen=at == 7)
        for at in range(52)
    ]
    row = coverage_row(cells, sentence="Made-up weeks, one of them chosen")
    return [Shown("of a year", row), Shown("its legend", coverage_legend())]


def shaded() -> SafeString:
    def row(name: str, *values: float | None, **more: Any) -> ShadedRow:
        return ShadedRow(
            name, values, sum(value or 0.0 for value in values), hrefs=["#"] * 3, **more
        )

    return shaded_table(
        "Project",
        [Column("9 Nov", "part"), Column("16 Nov"), Column("23 Nov")],
        [row("A project", 1, 4, 9, usual=5, beside="a client"), row("Another", None, 2, 3)],
        row("All", 1, 6, 12, is_shaded=False),
        caption="Hours of projects",
        words=lambda hours: f"{hours:.0f} h",
        usual="Usual week",
    )
