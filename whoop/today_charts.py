"""The drawings of WHOOP's cards on Today."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta

from django.utils.dateformat import format as format_date
from django.utils.safestring import SafeString

from lifetracker.days import days_from
from lifetracker.web.charts.calendar import Cell, recent_days
from lifetracker.web.charts.columns import Part, stacked_columns
from lifetracker.web.charts.frame import Place, Source
from lifetracker.web.charts.legend import Key, legend
from lifetracker.web.charts.level_bar import level_bar
from lifetracker.web.charts.ring import ring
from lifetracker.web.charts.scales import Domain, Label
from lifetracker.web.charts.stage_bar import Stage, stage_bar
from lifetracker.web.charts.strip import usual_list
from lifetracker.web.charts.table import Row, numbers_table
from lifetracker.web.one_day import today_address
from lifetracker.web.sentences import hours_and_minutes, number
from whoop import metrics
from whoop.day_data import measure
from whoop.models import band_of
from whoop.nights import Night, drawn_nights
from whoop.page_charts import BANDS, page_of
from whoop.sentences import PENDING
from whoop.today_data import STRIPS, DayOfWhoop

MOST_STRAIN = 21.0
NIGHT_TABLE = "night-numbers"
#: The nights are drawn up to so many hours at least, with a line at each fourth.
LEAST_HOURS, HOURS_STEP = 8, 4


def score(day: DayOfWhoop) -> SafeString:
    """Return the ring, which opens the records of the day."""
    value = day.value(metrics.recovery_score)
    if value is None:
        word = "Not scored yet" if day.why_unknown == PENDING else "Not known"
        return ring(None, None, sentence=day.why_unknown, word=word)
    colour = band_of(value)
    sentence = f"Recovery {number(value)} %, {colour}"
    return ring(value, BANDS[colour], sentence=sentence, word=colour.title(), href=page_of(day.day))


def week(day: DayOfWhoop) -> SafeString:
    """Return the last seven days as cells, each of which opens Today on that day."""
    cells = [cell(day, one) for one in days_from(day.day - timedelta(days=6), day.day)]
    words = ", ".join(one.words for one in cells)
    return recent_days(cells, sentence=f"Recovery of the last seven days. {words}", today=day.day)


def cell(day: DayOfWhoop, on: date) -> Cell:
    value = day.series(metrics.recovery_score).on(on)
    colour = None if value is None else band_of(value)
    words = "not known" if value is None else f"{number(value)} %, {colour}"
    return Cell(
        day=on,
        value=value,
        band=BANDS[colour] if colour else None,
        href=today_address(on, day.today),
        words=f"{format_date(on, 'D j M')}: {words}",
    )


def strips(day: DayOfWhoop) -> SafeString:
    """Return each number beside its usual; it opens the records of the day. Nothing where no number has either."""
    readings = [(day.reading(metric), metric, label, unit) for metric, label, unit in STRIPS]
    if not any(one.usual or one.value is not None for one, *_ in readings):
        return SafeString()
    return usual_list(
        [
            measure(metric, reading, label, unit, href=page_of(day.day))
            for reading, metric, label, unit in readings
        ]
    )


# --- The night ------------------------------------------------------------------------------------


def night_bar(night: Night) -> SafeString:
    """Return the stages against the need; nothing where a stage is not known."""
    stages = [Stage(fill, minutes or 0.0) for fill, _, minutes in stages_of(night)]
    if not night.asleep:
        return SafeString()
    rest = f"{words_of_minutes(night.short_by)} short" if night.short_by >= 1 else ""
    told = f"{words_of_minutes(night.asleep)} asleep" + (f", {rest}" if rest else "")
    return stage_bar(stages, night.need, sentence=f"Stages of the night: {told}", rest=rest)


def stages_of(night: Night) -> list[tuple[str, str, float | None]]:
    """Return colours, names and minutes of the stages of sleep, from the most restoring on. Being awake is none: the bar
    and the need are of sleep."""
    return [
        ("deep", "Deep", night.deep),
        ("rem", "REM", night.rem),
        ("light", "Light", night.light),
    ]


def night_legend(night: Night) -> SafeString:
    """Return the stages that the bar shows."""
    return legend(
        [
            Key(f"f-{fill}", name, words_of_minutes(minutes))
            for fill, name, minutes in stages_of(night)
            if minutes
        ]
    )


def words_of_minutes(minutes: float) -> str:
    return hours_and_minutes(minutes / 60)


def nights_chart(day: DayOfWhoop) -> SafeString:
    """Return two weeks of nights against what was needed, this one in full colour."""
    days = drawn_nights(day.day)
    nights = [day.nights.get(one) for one in days]
    return stacked_columns(
        [
            Part("deep", hours_of([night and night.deep for night in nights])),
            Part("rem", hours_of([night and night.rem for night in nights])),
            Part("light", hours_of([night and night.light for night in nights])),
        ],
        days,
        sentence=f"{len(days)} nights against what was needed",
        line=hours_of([night and night.need for night in nights]),
        strong=len(days) - 1,
        places=[Place(page_of(one), night_title(one, day.nights.get(one))) for one in days],
        tick_words=lambda hours: f"{number(hours)} h",
        labels=[
            Label(0, format_date(days[0], "j M")),
            Label(len(days) - 1, format_date(day.day, "j M")),
        ],
        empty="No nights in these two weeks.",
        domain=hours_domain(list(day.nights.values())),
        source=Source(NIGHT_TABLE, (1, 2, 3, 4)),
    )


def hours_domain(nights: Sequence[Night]) -> Domain | None:
    """Return from when to when columns reach, in hours; None where nothing is known."""
    known = [minutes for night in nights for minutes in (night.asleep, night.need) if minutes]
    return Domain(0, max(math.ceil(max(known) / 60), LEAST_HOURS), HOURS_STEP) if known else None


def hours_of(minutes: Sequence[float | None]) -> list[float | None]:
    return [None if value is None else value / 60 for value in minutes]


def night_title(on: date, night: Night | None) -> str:
    asleep = night.asleep if night else None
    return (
        f"{format_date(on, 'D j M')}: {'not known' if asleep is None else words_of_minutes(asleep)}"
    )


def night_numbers(day: DayOfWhoop) -> SafeString:
    rows = [night_row(one, day.nights.get(one)) for one in drawn_nights(day.day)]
    return numbers_table(
        ["Night to", "Deep", "REM", "Light", "Needed"], rows, caption="Nights", name=NIGHT_TABLE
    )


def night_row(on: date, night: Night | None) -> Row:
    minutes = (night.deep, night.rem, night.light, night.need) if night else (None,) * 4
    cells = [None if value is None else words_of_minutes(value) for value in minutes]
    return Row(format_date(on, "D j M"), cells, page_of(on))


# --- The strain -----------------------------------------------------------------------------------


def strain_bar(day: DayOfWhoop) -> SafeString:
    value, usual = day.so_far(metrics.strain), day.usual_strain
    told = "not known" if value is None else f"{number(value, 1)} of 21"
    low, high = (number(one) for one in usual) if usual else ("", "")
    mostly = f", on days of this band mostly {low} to {high}" if usual else ""
    return level_bar(
        value,
        MOST_STRAIN,
        fill="strain",
        sentence=f"Strain {told}{mostly}",
        usual=usual,
        usual_words=(low, high),
    )
