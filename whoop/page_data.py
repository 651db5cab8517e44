"""The numbers of WHOOP's pages, all of them read by the metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from django.db.models import Sum

from lifetracker.days import days_from
from lifetracker.metrics.declaration import Metric, of_whole_day
from lifetracker.metrics.held import read_days
from lifetracker.metrics.series import Series, days_before, read_series
from lifetracker.metrics.statistics import USUAL_DAYS, Usual
from lifetracker.metrics.verified import Verified
from lifetracker.models import excluded_days
from lifetracker.models.rows import as_date, raw_rows
from lifetracker.web.charts.strip import STANDS_OUT, usual_strip
from lifetracker.web.ranges import Range
from lifetracker.web.sentences import change_words, hours_and_minutes, number
from whoop import metrics
from whoop.models import WhoopCycle, WhoopRecovery, WhoopSleep, band_of
from whoop.sentences import Opening, mean_of_series, opening, why_no_night

#: The figures of the page, in order, with the names and units that it gives them.
FIGURES = (
    (metrics.recovery_score, "Recovery", "%"),
    (metrics.hrv, "Heart rate variability", "ms"),
    (metrics.resting_heart_rate, "Resting heart rate", "bpm"),
    (metrics.sleep_hours, "Asleep", ""),
    (metrics.strain, "Day strain", ""),
    (metrics.respiratory_rate, "Respiratory rate", "/min"),
)
SHOWN = (
    *(metric for metric, _, _ in FIGURES),
    metrics.sleep_performance,
    metrics.sleep_need,
    metrics.deep_sleep,
    metrics.rem_sleep,
    metrics.bedtime,
    metrics.waking_time,
)
#: Read when they are asked for.
MORE = (metrics.skin_temperature, metrics.blood_oxygen)
#: The names of WHOOP's colours in our styles.
BANDS = {"green": "high", "yellow": "mid", "red": "low"}


def first_day() -> date | None:
    """Return the first day with a record of WHOOP: the first row of each index, by one statement."""
    kinds = (WhoopRecovery, WhoopSleep, WhoopCycle)
    firsts = read_days([kind.objects.happened().order_by("date").values("date") for kind in kinds])
    return min((day for day in firsts if day), default=None)


@dataclass(frozen=True, kw_only=True)
class RangeNumbers:
    """The series of a range, with those of the stretch before it and the days that say what is usual."""

    shown: Range
    whole: Mapping[str, Series]
    excluded: set[date]
    #: Whether temperature and blood oxygen are among them.
    has_more: bool
    #: The hours asleep in naps, of days that have any; None while WHOOP has not scored one.
    naps: Mapping[date, float | None]

    @cached_property
    def days(self) -> list[date]:
        return days_from(self.shown.first, self.shown.last)

    @cached_property
    def _series(self) -> dict[str, Series]:
        return {key: one.since(self.shown.first) for key, one in self.whole.items()}

    def series(self, metric: Metric) -> Series:
        return self._series[metric.key]

    def before(self, metric: Metric) -> Series | None:
        """Return the stretch of the same length before; None where there is none."""
        earlier = self.shown.before()
        if earlier is None:
            return None
        whole = self.whole[metric.key].since(earlier.first)
        return Series(metric=metric, first=earlier.first, values=whole.values[: earlier.days])

    def days_before(self, metric: Metric, count: int) -> list[float | None]:
        """Return the values of so many days before the range."""
        begin = days_before(self.shown.first, count)
        return list(self.whole[metric.key].since(begin).values[: (self.shown.first - begin).days])

    def usual(self, metric: Metric, at: Sequence[int]) -> list[Usual | None]:
        """Return what is usual on the days of the range at these positions, of which there is at least one."""
        begin = days_before(self.days[at[0]], USUAL_DAYS)
        skipped = (self.shown.first - begin).days
        whole = self.whole[metric.key].since(begin)
        return whole.usual(self.excluded, [skipped + one for one in at])

    @cached_property
    def has_nights(self) -> bool:
        return any(
            self.series(metric).known_days
            for metric in (metrics.recovery_score, metrics.sleep_hours)
        )

    @property
    def sentence(self) -> str:
        recovery, strain = metrics.recovery_score, metrics.strain
        return opening(
            Opening(
                self.shown,
                self.series(recovery),
                self.before(recovery),
                self.series(strain),
                self.has_unscored_night,
            )
        )

    @property
    def has_unscored_night(self) -> bool:
        """Whether the range is one day, and its night was recorded without a recovery."""
        if self.shown.days != 1 or self.series(metrics.recovery_score).known_days:
            return False
        nights = WhoopSleep.objects.live().filter(date=self.shown.first, nap=False)
        return nights.order_by().exists()


def range_numbers(shown: Range, *, has_more: bool = False) -> RangeNumbers:
    """Read a range by one statement, and one each for naps, what was read of WHOOP and which days are no usual ones."""
    earlier = shown.before()
    begin = min(earlier.first if earlier else shown.first, days_before(shown.first, USUAL_DAYS))
    return RangeNumbers(
        shown=shown,
        whole=read_series((*SHOWN, *MORE) if has_more else SHOWN, begin, shown.last, Verified()),
        has_more=has_more,
        excluded=excluded_days(begin, shown.last),
        naps=naps_between(shown.first, shown.last),
    )


def naps_between(first: date, last: date) -> dict[date, float | None]:
    """Return the hours asleep in the naps of each day that has any; None where one of them is not known."""
    rows = WhoopSleep.objects.happened().filter(nap=True, date__range=(first, last)).order_by()
    hours = rows.values("date").annotate(
        hours=of_whole_day(Sum("total_sleep_hours"), "total_sleep_hours")
    )
    return {as_date(day): slept for day, slept in raw_rows(hours.values_list("date", "hours"))}


class Reading(NamedTuple):
    """A value of the day beside what is usual. None is not known."""

    value: float | None
    usual: Usual | None

    @property
    def deviation(self) -> float | None:
        return self.usual.deviation if self.usual else None

    @property
    def stands_out(self) -> bool:
        return self.deviation is not None and abs(self.deviation) >= STANDS_OUT


# --- Figures --------------------------------------------------------------------------------------


class Figure(NamedTuple):
    """A mean of the range in words, with its change, and its last known day beside what was usual then."""

    label: str
    #: None where no day is known.
    value: str | None
    unit: str
    #: Of how many days it is the mean.
    known: str
    change: str
    latest: str
    #: The usual strip of that day; empty where too few days are known.
    strip: str


def words_of(metric: Metric, value: float) -> str:
    return hours_and_minutes(value) if metric.unit == "h" else number(value, metric.decimals)


def figures(numbers: RangeNumbers) -> list[Figure]:
    return [figure(numbers, metric, label, unit) for metric, label, unit in FIGURES]


def figure(numbers: RangeNumbers, metric: Metric, label: str, unit: str) -> Figure:
    series = numbers.series(metric)
    average = mean_of_series(series)
    if average is None:
        return Figure(label, None, unit, "", "", "", "")
    at = next(at for at in reversed(range(len(series.values))) if series.values[at] is not None)
    latest, usual = series.values[at] or 0.0, numbers.usual(metric, [at])[0]
    said = f"last {words_of(metric, latest)}" + (f", {usual.words}" if usual else "")
    return Figure(
        label,
        words_of(metric, average),
        unit,
        known_words(series.known_days, numbers.shown.days),
        change_of(numbers, metric, average),
        said,
        strip_of(usual),
    )


def known_words(known: int, days: int) -> str:
    """Return of how many days a mean is, `355 of 365 days known`; empty where all are known."""
    return f"{known:,} of {days:,} days known" if known < days else ""


def strip_of(usual: Usual | None) -> str:
    """Return the strip by deviations, so that it looks the same for metrics whose usual is that of the logarithms."""
    return usual_strip(usual.deviation, 0.0, 1.0) if usual else ""


def change_of(numbers: RangeNumbers, metric: Metric, average: float) -> str:
    if numbers.shown.is_all:
        return ""
    before = mean_of_series(numbers.before(metric))
    words = numbers.shown.words
    if before is not None and metric.unit == "h":
        minutes = (average - before) * 60
        return change_words(minutes, 0, words).replace(" on", " min on")
    return change_words(None if before is None else average - before, metric.decimals, words)


# --- Table of days --------------------------------------------------------------------------------


class Day(NamedTuple):
    """A row of the table. Numbers are None where they are not known."""

    date: date
    recovery: float | None
    hrv: float | None
    resting: float | None
    breath: float | None
    asleep: str
    of_need: float | None
    strain: float | None
    #: What there is so far of the strain of a day that still runs.
    strain_so_far: float | None
    #: Why nothing of its night is known; empty where something is.
    why: str

    @property
    def band(self) -> str:
        return "" if self.recovery is None else BANDS[band_of(self.recovery)]


def days_of(numbers: RangeNumbers, newest: int, count: int) -> list[Day]:
    """Return so many days of the range, the newest first, after leaving out the `newest`."""
    last = numbers.shown.last - timedelta(days=newest)
    left = min(count, numbers.shown.days - newest)
    return [day_of(numbers, last - timedelta(days=back)) for back in range(left)]


def day_of(numbers: RangeNumbers, day: date) -> Day:
    def on(metric: Metric) -> float | None:
        return numbers.whole[metric.key].on(day)

    asleep, sleep = on(metrics.sleep_hours), numbers.whole[metrics.sleep_hours.key]
    recovery, hrv = on(metrics.recovery_score), on(metrics.hrv)
    is_known = any(value is not None for value in (asleep, recovery, hrv))
    return Day(
        date=day,
        recovery=recovery,
        hrv=hrv,
        resting=on(metrics.resting_heart_rate),
        breath=on(metrics.respiratory_rate),
        asleep="" if asleep is None else hours_and_minutes(asleep),
        of_need=on(metrics.sleep_performance),
        strain=on(metrics.strain),
        strain_so_far=numbers.whole[metrics.strain.key].so_far.get(day),
        why="" if is_known else why_no_night(sleep, day, numbers.shown.today),
    )
