"""The figures of a range of weigh-ins."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils.dateformat import format as format_date

from lifetracker.days import FOUR_WEEKS, ONE_DAY
from lifetracker.metrics.likeness import NINETY_PERCENT
from lifetracker.web.sentences import day_words, number, signed
from lifetracker.web.units import mass, mass_unit, mass_value
from lifetracker.words import counted
from weight.forecast import LEAST_DAYS, SLOPE_DAYS
from weight.page_data import WeightNumbers

#: The figures of what the body is made of: the column, its name.
BODY = (("fat_ratio", "Body fat"), ("lean_mass_kg", "Lean mass"))


class Figure(NamedTuple):
    """A number of the range with its unit, what stands beside it, of how many days it is, and where its records are."""

    label: str
    value: str
    unit: str
    beside: str
    days: str
    url: str

    @property
    def is_known(self) -> bool:
        return bool(self.value)


def records_url(first: date, last: date) -> str:
    """Return the address of the weigh-ins of some days: the table of the page."""
    return reverse("weight") + on_page(first, last)


def on_page(first: date, last: date) -> str:
    """Return the same for links on the page itself, which has hundreds of them."""
    return f"?from={first}&to={last}#weigh-ins"


def figures(numbers: WeightNumbers) -> list[Figure]:
    """Return the trend, the change a week, that of the range, and what the body is made of as far as it is measured."""
    if numbers.newest is None:
        return []
    body = (part_figure(numbers, *one) for one in BODY)
    return [
        trend_now(numbers),
        change_per_week(numbers),
        change_of_range(numbers),
        *(one for one in body if one),
    ]


def trend_now(numbers: WeightNumbers) -> Figure:
    shown, newest = numbers.shown, numbers.newest
    if newest is None:
        raise ValueError("No day of the range is known.")
    when = "today" if newest.date == shown.today else day_words(newest.date, shown.today)
    label = "Trend now" if shown.last == shown.today else "Trend at the end"
    return Figure(
        label,
        number(mass_value(newest.trend), 1),
        mass_unit(),
        f"weighed {mass(newest.kg)} {when if when == 'today' else f'on {when}'}",
        of_days(numbers.known_days, shown.days),
        on_page(newest.date, newest.date),
    )


def change_per_week(numbers: WeightNumbers) -> Figure:
    last = numbers.shown.last
    url = on_page(last - FOUR_WEEKS + ONE_DAY, last)
    line, known = numbers.recent
    days = of_days(known, SLOPE_DAYS)
    if line is None:
        return Figure(
            "Change a week", "", "", f"needs {LEAST_DAYS} days with a weigh-in", days, url
        )
    slope, error = (mass_value(7 * one) for one in (line.slope, NINETY_PERCENT * line.error))
    beside = f"{signed(slope - error, 2)} to {signed(slope + error, 2)} in 90 of 100 cases"
    return Figure("Change a week", signed(slope, 2), mass_unit(), beside, days, url)


def change_of_range(numbers: WeightNumbers) -> Figure:
    shown, began, change = numbers.shown, numbers.began, numbers.change
    url, days = on_page(shown.first, shown.last), of_days(numbers.known_days, shown.days)
    if began is None or change is None:
        return Figure("Change in the range", "", "", "one day is known", days, url)
    since = day_words(began.date, shown.today)
    beside = f"of the trend since {since}, {mass(began.trend)} then"
    if numbers.unit == "month":
        beside = f"since {format_date(began.date, 'F Y')}, mean {mass(began.kg)} then"
    return Figure(
        "Change in the range", signed(mass_value(change), 1), mass_unit(), beside, days, url
    )


def part_figure(numbers: WeightNumbers, name: str, label: str) -> Figure | None:
    shown, values = numbers.shown, numbers.of_part(name)
    if values is None:
        return None
    is_share = name == "fat_ratio"
    mean, least, most = (
        number(one if is_share else mass_value(one), 1)
        for one in (values.mean, values.least, values.most)
    )
    unit = "%" if is_share else mass_unit()
    beside = "mean" if least == most else f"mean, {least} to {most} {unit}"
    days = of_days(values.days, shown.days)
    return Figure(label, mean, unit, beside, days, on_page(shown.first, shown.last))


def of_days(known: int, days: int) -> str:
    """Return of how many days a number is: `24 of 30 days known`."""
    return f"{known:,} of {counted(days, 'day')} known"
