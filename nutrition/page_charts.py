"""The charts beside the diary: seven days against their targets, and what their owner uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.safestring import SafeString

from lifetracker.days import days_from, today
from lifetracker.web.charts.estimate import estimate_chart
from lifetracker.web.charts.frame import Place, Source
from lifetracker.web.charts.legend import Key, legend
from lifetracker.web.charts.markup import NOTHING
from lifetracker.web.charts.paths import Stretch
from lifetracker.web.charts.table import Row, numbers_table
from lifetracker.web.charts.target_columns import TargetColumn, target_columns
from lifetracker.web.sentences import day_words, number, short_day
from nutrition.day_address import day_address
from nutrition.eaten_days import eaten_between
from nutrition.energy_balance import Expenditure
from nutrition.expenditure import Diary, Used, begin_of, used_between
from nutrition.nutrients import bounded
from nutrition.targets import Target
from nutrition.used_words import figure_sentence, lack_words, used_words
from nutrition.week import WeekDay, WeekWords, sentence_of, targets_of_days, week_words

SEVEN_DAYS = 7
Targets = Mapping[date, Mapping[str, Target]]
#: The columns of the table, with what stands behind their numbers.
SHOWN = (
    ("kcal", "kcal", ""),
    ("protein", "Protein", " g"),
    ("carbohydrate", "Carbohydrate", " g"),
    ("fat", "Fat", " g"),
)
WEEK_TABLE, USED_TABLE = "week-numbers", "used-numbers"
#: How many days the chart of the expenditure has, fewer where the diary is younger, but at least so many.
LONGEST, SHORTEST = 84, 28
#: No scale of it is less high, in kcal.
LEAST_SPAN = 400.0


# --- Seven days -----------------------------------------------------------------------------------


class Week(NamedTuple):
    chart: SafeString
    legend: SafeString
    words: WeekWords
    numbers: SafeString


def charts_beside(day: date, targets: Targets) -> dict[str, object]:
    """Return what stands beside the diary of a day, by two statements. `targets`: of its seven days."""
    diary = eaten_between(begin_of(first_of_used(day)), day)
    return {"week": week_chart(day, diary, targets), "used": expenditure_card(day, diary)}


def week_of(day: date) -> tuple[date, date]:
    """Return the first and the last of the seven days up to a day."""
    return day - timedelta(days=SEVEN_DAYS - 1), day


def week_chart(day: date, diary: Diary, targets: Targets) -> Week:
    """Return the seven days up to a day."""
    found = week_of_diary(day, diary, targets)
    columns = [TargetColumn(one.kcal, one.words, one.state) for one in found]
    chart = target_columns(
        columns,
        [one.day for one in found],
        targets=[one.target for one in found],
        fill="work",
        sentence=sentence_of(found),
        places=[Place(day_address(one.day), place_words(one)) for one in found],
    )
    return Week(chart, legend_of_week(found), week_words(found), table_of_week(found))


def week_of_diary(day: date, diary: Diary, targets: Targets) -> list[WeekDay]:
    now = today()
    return [
        WeekDay(one, diary.get(one), target.amount if target else None, one == now)
        for one in days_from(*week_of(day))
        for target in [targets[one].get("kcal")]
    ]


def place_words(one: WeekDay) -> str:
    return f"{short_day(one.day)}: {one.words} kcal" if one.kcal is not None else short_day(one.day)


def legend_of_week(days: Sequence[WeekDay]) -> SafeString:
    """Return what is drawn: not more than there is."""
    states = {one.state for one in days if one.kcal is not None}
    keys = [Key("f-ink", "target", shape="line")] if targets_of_days(days) else []
    keys += [Key("f-work", "complete")] if "whole" in states else []
    return legend(keys) if keys else NOTHING


def table_of_week(days: Sequence[WeekDay]) -> SafeString:
    rows = [
        Row(short_day(one.day), [cell_of(one, *column) for column in SHOWN], day_address(one.day))
        for one in days
    ]
    heads = ["Day", *(title for _, title, _ in SHOWN)]
    return numbers_table(heads, rows, caption="Seven days", name=WEEK_TABLE)


def cell_of(one: WeekDay, name: str, _title: str, unit: str) -> str | None:
    """Return `2,011`, `108 g`, and `at least 31 g` where there may be more."""
    amount = one.eaten.amounts[name] if one.eaten else None
    if amount is None:
        return None
    return bounded(f"{number(amount)}{unit}", is_whole=one.of(name) is not None)


# --- What its owner uses --------------------------------------------------------------------------


class UsedCard(NamedTuple):
    """`kcal` and `band` are empty, and so is `since`, where nothing is known of the day."""

    kcal: str
    band: str
    since: str
    chart: SafeString
    legend: SafeString
    words: str
    numbers: SafeString


def first_of_used(day: date) -> date:
    return day - timedelta(days=LONGEST - 1)


def expenditure_card(day: date, diary: Diary) -> UsedCard | None:
    """Return what was used up to a day, by one statement. None for who has no complete day of late."""
    first = first_of_used(day)
    used = used_between(first, day, diary)
    eaten = list(used.eaten[-LONGEST:])
    begin = first_shown(eaten)
    if begin is None:
        return None
    shown = days_from(first + timedelta(days=begin), day)
    return card_of(used, shown, used.days[begin:], eaten[begin:])


def first_shown(eaten: Sequence[float | None]) -> int | None:
    """Return the position from which on the chart is drawn; None where no day is known."""
    known = next((at for at, one in enumerate(eaten) if one is not None), None)
    return None if known is None else min(known, len(eaten) - SHORTEST)


def card_of(
    used: Used,
    days: Sequence[date],
    found: Sequence[Expenditure | None],
    eaten: Sequence[float | None],
) -> UsedCard:
    newest, lack = used.newest, used.lack
    chart = estimate_chart(
        [one and one.kcal for one in found],
        [one and Stretch(one.low, one.high) for one in found],
        eaten,
        days,
        sentence=figure_sentence(newest, lack),
        places=[Place(day_address(one), short_day(one)) for one in days],
        least_span=LEAST_SPAN,
        source=Source(USED_TABLE, (1, 3)),
    )
    return UsedCard(
        kcal=number(newest.kcal) if newest else "",
        band=number(newest.band) if newest else "",
        since=f"since {day_words(days[0], days[-1])}",
        chart=chart,
        legend=legend_of_used(found),
        words=used_words(newest) if newest else lack_words(lack),
        numbers=table_of_used(days, found, eaten),
    )


def legend_of_used(found: Sequence[Expenditure | None]) -> SafeString:
    between = [Key("usual-band", "between")] if any(found) else []
    return legend([*between, Key("f-ink f-soft", "eaten", shape="dot")])


def table_of_used(
    days: Sequence[date],
    found: Sequence[Expenditure | None],
    eaten: Sequence[float | None],
) -> SafeString:
    rows = [
        Row(short_day(day), used_cells(one, kcal), day_address(day), day.year)
        for day, one, kcal in zip(days, found, eaten, strict=True)
    ]
    heads = ["Day", "Used, kcal", "give or take", "Eaten, kcal"]
    return numbers_table(heads, rows, caption="What you use", name=USED_TABLE)


def used_cells(one: Expenditure | None, eaten: float | None) -> list[str | None]:
    used = [number(one.kcal), number(one.band)] if one else [None, None]
    return [*used, None if eaten is None else number(eaten)]
