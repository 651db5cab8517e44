"""`python -m benchmarks.usual`: two ways to say what is usual, over the lives of the sandbox with their illnesses and
trips: mean and deviation, and median and 1.48 x MAD; and two readings of the rule for illness. Needs no database."""

from __future__ import annotations

import argparse
import gc
import math
import os
import statistics
import time
from collections.abc import Callable, Collection, Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import django

from lifetracker.sandbox.life import Day, life_of
from lifetracker.sandbox.whoop.history import entries

if TYPE_CHECKING:
    from lifetracker.metrics.declaration import Metric, Values
    from lifetracker.metrics.series import Series
    from lifetracker.metrics.statistics import Usual

LAST = date(2026, 9, 16)
ILL = 0.35
# The places where they stand in the payloads.
MEASURED = {
    "whoop.resting_heart_rate": ("recovery", "resting_heart_rate"),
    "whoop.hrv": ("recovery", "hrv_rmssd_milli"),
    "whoop.skin_temperature": ("recovery", "skin_temp_celsius"),
    "whoop.recovery_score": ("recovery", "recovery_score"),
    "whoop.respiratory_rate": ("sleep", "respiratory_rate"),
}
COMPARED = [*MEASURED][:3]
CALENDAR_WEEKS = 4
UsualOf = Callable[["Metric", "Values", Collection[int]], "list[Usual | None]"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.usual", description=__doc__)
    parser.add_argument("--lives", type=int, default=10)
    parser.add_argument("--days", type=int, default=1825, help="of each life")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lifetracker.settings")
    os.environ.setdefault("DEMO", "true")
    django.setup()
    lives = [Lived.of(seed, options.days) for seed in range(1, options.lives + 1)]
    # Else whichever is measured when it is due would pay for a look through all of these.
    gc.collect()
    gc.freeze()
    print_usual(lives)
    print_illness(lives)


class Lived(NamedTuple):
    days: list[Day]
    series: dict[str, Series]

    @classmethod
    def of(cls, seed: int, length: int) -> Lived:
        from lifetracker.metrics.registry import metric_of  # noqa: PLC0415 - once the apps are loaded
        from lifetracker.metrics.series import Series  # noqa: PLC0415

        life, first = life_of(seed), LAST - timedelta(days=length - 1)
        dates = [first + timedelta(days=number) for number in range(length)]
        scores = [
            {
                (one.kind, name): value
                for one in entries(life, day)
                if one.record.get("score") and not one.record.get("nap")
                for name, value in one.score.items()
                if isinstance(value, float | int)
            }
            for day in dates
        ]
        series = {
            key: Series(
                metric=metric_of(key),
                first=first,
                values=[score.get(place) for score in scores],
            )
            for key, place in MEASURED.items()
        }
        return cls([life.day(day) for day in dates], series)

    def unlike(self) -> set[int]:
        """Return the positions of the days of illness and travel."""
        return {at for at, day in enumerate(self.days) if day.ill > ILL / 2 or day.away}


# --- The usual ------------------------------------------------------------------------------------


def by_median(metric: Metric, values: Values, excluded: Collection[int] = ()) -> list[Usual | None]:
    """Return what is usual by the median of the 28 days before and 1.48 times the median distance from it, with the
    least meaningful difference as a floor."""
    from lifetracker.metrics.statistics import LEAST_USUAL_DAYS, USUAL_DAYS, Usual  # noqa: PLC0415

    scaled = [math.log(v) if v and metric.logarithmic else v for v in values]
    found: list[Usual | None] = []
    for at, value in enumerate(scaled):
        window = range(max(at - USUAL_DAYS, 0), at)
        known = [v for p in window if p not in excluded and (v := scaled[p]) is not None]
        if len(known) < LEAST_USUAL_DAYS:
            found.append(None)
            continue
        middle = statistics.median(known)
        floor = metric.smallest / math.exp(middle) if metric.logarithmic else metric.smallest
        spread = max(1.48 * statistics.median(abs(one - middle) for one in known), floor)
        edges = [middle, middle - spread, middle + spread]
        if metric.logarithmic:
            edges = [math.exp(edge) for edge in edges]
        away = None if value is None else (value - middle) / spread
        found.append(Usual(edges[0], edges[1], edges[2], away, len(known)))
    return found


def print_usual(lives: list[Lived]) -> None:
    from lifetracker.metrics.statistics import usual_of  # noqa: PLC0415

    print(
        "| metric | way | days marked | off after illness or trip | spread of it | healthy days beyond 2"
        " | ill days beyond 2 | CPU for 10 years |\n| --- " + "| ---: " * 7 + "|"
    )
    ways: dict[str, UsualOf] = {"mean, deviation": usual_of, "median, MAD": by_median}
    for key in COMPARED:
        for name, way in ways.items():
            for is_marked in (True, False):
                row = compare(lives, key, way, is_marked=is_marked)
                shown = " | ".join(row)
                print(f"| {key} | {name} | {'yes' if is_marked else 'no'} | {shown} |")


def compare(lives: list[Lived], key: str, way: UsualOf, *, is_marked: bool) -> list[str]:
    """Return the cells of a row. How far off: the mean distance from what is usual without those days, in deviations, in
    the four weeks after them."""
    from lifetracker.metrics.statistics import usual_of  # noqa: PLC0415

    off: list[float] = []
    spreads: list[float] = []
    healthy: list[bool] = []
    ill: list[bool] = []
    spent = 0.0
    for life in lives:
        series, unlike = life.series[key], life.unlike()
        truth = usual_of(series.metric, series.values, unlike)
        begin = time.process_time()
        found = way(series.metric, series.values, unlike if is_marked else ())
        spent += time.process_time() - begin
        for at, (usual, true) in enumerate(zip(found, truth, strict=True)):
            if usual is None or true is None:
                continue
            if at not in unlike and unlike & set(range(at - 7 * CALENDAR_WEEKS, at)):
                off.append(abs(usual.value - true.value) / (true.high - true.value))
                spreads.append((usual.high - usual.value) / (true.high - true.value))
            if usual.deviation is not None and at not in unlike:
                healthy.append(abs(usual.deviation) >= 2)
            elif usual.deviation is not None and life.days[at].ill > ILL:
                ill.append(abs(usual.deviation) >= 2)
    per_decade = 1000 * spent * 3650 / sum(len(life.days) for life in lives)
    return [
        f"{mean(off):.2f}",
        f"{mean(spreads):.2f}",
        f"{100 * mean(healthy):.1f} %",
        f"{100 * mean(ill):.0f} %",
        f"{per_decade:.0f} ms",
    ]


def mean(values: Iterable[float]) -> float:
    known = list(values)
    return sum(known) / len(known) if known else math.nan


# --- Illness --------------------------------------------------------------------------------------


def print_illness(lives: list[Lived]) -> None:
    """Of an ill day it is asked how many are proposed, and of an illness whether any of its days is."""
    print(
        "\n| two signs | healthy days proposed | ill days proposed | illnesses found |\n| --- "
        + "| ---: " * 3
        + "|"
    )
    for name, spread in (("on the day", 0), ("on the day or the one before", 1)):
        healthy, ill, found = readings(lives, spread)
        print(
            f"| {name} | {100 * mean(healthy):.1f} % | {100 * mean(ill):.0f} % |"
            f" {sum(found.values())} of {len(found)} |"
        )


def readings(
    lives: list[Lived], days_before: int
) -> tuple[list[bool], list[bool], dict[tuple[int, int], bool]]:
    from whoop.proposals import BASELINE, LEAST_SIGNS, signs_of_days  # noqa: PLC0415

    healthy: list[bool] = []
    ill: list[bool] = []
    found: dict[tuple[int, int], bool] = {}
    for number, life in enumerate(lives):
        first = life.days[0].date
        marked = {first + timedelta(days=at) for at in life.unlike()}
        signs = {
            day: {one["metric"] for one in reasons}
            for day, reasons in signs_of_days(life.series, first + BASELINE, marked).items()
        }
        for day in life.days:
            if day.date not in signs:
                continue
            before = day.date - timedelta(days=days_before)
            is_proposed = len(signs[day.date] | signs.get(before, set())) >= LEAST_SIGNS
            if day.ill > ILL:
                ill.append(is_proposed)
                illness = (number, day.date.year)
                found[illness] = found.get(illness, False) or is_proposed
            elif not day.ill:
                healthy.append(is_proposed)
    return healthy, ill, found


if __name__ == "__main__":
    main()
