"""The metrics of WHOOP's records: recovery, sleep, strain."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from statistics import fmean, stdev
from typing import TypeVar

from django.db.models import (
    Avg,
    Case,
    Count,
    F,
    FloatField,
    Max,
    Min,
    Q,
    QuerySet,
    Sum,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.lookups import GreaterThan

from lifetracker.days import ONE_DAY, days_from, elapsed
from lifetracker.metrics.declaration import (
    HEART_RATE,
    HRV,
    SLEEP,
    STEPS,
    Better,
    Computed,
    DayValues,
    Grouped,
    Known,
    Metric,
    Own,
    Role,
    Step,
    Values,
    of_whole_day,
)
from lifetracker.metrics.registry import register_metrics
from lifetracker.metrics.statistics import (
    HOURS_A_DAY,
    hours_apart,
    logarithms,
    mean_time,
    vector_sums,
)
from lifetracker.models.expressions import HourOfDay, WallSeconds
from lifetracker.models.rows import as_date, as_instant, raw_rows
from whoop.models import (
    KILOJOULES_PER_KILOCALORIE,
    ScoreState,
    WhoopCycle,
    WhoopRecovery,
    WhoopSleep,
)

T = TypeVar("T")

PENDING = Q(score_state=ScoreState.PENDING)
NOT_SCORED = "WHOOP has not scored it yet."
STILL_RUNNING = "WHOOP's day is still running."


def recoveries() -> QuerySet[WhoopRecovery]:
    return WhoopRecovery.objects.happened()


def nights() -> QuerySet[WhoopSleep]:
    return WhoopSleep.objects.nights().happened()


def all_sleep() -> QuerySet[WhoopSleep]:
    return WhoopSleep.objects.happened()


def cycles() -> QuerySet[WhoopCycle]:
    return WhoopCycle.objects.happened()


# --- Recovery -------------------------------------------------------------------------------------


def of_recoveries(column: str) -> Grouped:
    return Grouped(
        rows=recoveries,
        day=of_whole_day(Avg(column), column),
        open_rows=PENDING,
        has_one_row=True,
    )


recovery_metric = partial(
    Metric, model=WhoopRecovery, why_open=NOT_SCORED, role=Role.OUTCOME, known=Known.ON_WAKING
)


recovery_score = recovery_metric(
    key="whoop.recovery_score",
    series=of_recoveries("recovery_score"),
    label="Recovery",
    about="WHOOP’s score from 0 to 100 of how rested one is, mainly by HRV, resting heart rate and sleep.",
    unit="%",
    smallest=5.0,
    bounds=(0, 100),
    better=Better.HIGHER,
    parents=("whoop.hrv", "whoop.resting_heart_rate", "whoop.sleep_performance"),
)
# Only for Today, which reads it with the others and so by no statement of its own.
calibrating = recovery_metric(
    key="whoop.calibrating",
    role=Role.CONTEXT,
    series=Grouped(
        rows=recoveries,
        day=Max(
            Case(When(user_calibrating=True, then=1.0), default=0.0, output_field=FloatField())
        ),
        has_one_row=True,
    ),
    label="Calibrating",
    unit="",
    smallest=1.0,
)
hrv = recovery_metric(
    key="whoop.hrv",
    series=of_recoveries("hrv_rmssd"),
    label="HRV",
    about="heart rate variability, how much the time between two heartbeats varies in sleep, in milliseconds.",
    unit="ms",
    smallest=2.0,
    better=Better.HIGHER,
    logarithmic=True,
    amount_of=HRV,
)
resting_heart_rate = recovery_metric(
    key="whoop.resting_heart_rate",
    series=of_recoveries("resting_heart_rate"),
    label="Resting heart rate",
    unit="bpm",
    smallest=1.0,
    better=Better.LOWER,
    amount_of=HEART_RATE,
)
blood_oxygen = recovery_metric(
    key="whoop.spo2",
    series=of_recoveries("spo2_percentage"),
    label="Blood oxygen",
    unit="%",
    decimals=1,
    smallest=0.5,
    bounds=(0, 100),
)
skin_temperature = recovery_metric(
    key="whoop.skin_temperature",
    series=of_recoveries("skin_temp_celsius"),
    label="Skin temperature",
    unit="°C",
    decimals=1,
    smallest=0.2,
    bounds=(None, None),
)

VARIATION_DAYS, LEAST_VARIATION_DAYS = 7, 5


def variation_of(_first: date, hrv: Values) -> Values:
    """Return the coefficient of variation of the logarithms of 7 days, in percent, with at least 5 known ones (Plews and
    others 2012, Flatt and Esco 2015). That of the values themselves, which many apps show, is 3 to 5 times larger."""
    found: Values = []
    logs = logarithms(hrv)
    for at in range(len(logs)):
        known = [one for one in slice_of(logs, at, VARIATION_DAYS) if one is not None]
        enough = len(known) >= LEAST_VARIATION_DAYS and fmean(known) > 0
        found.append(100 * stdev(known) / fmean(known) if enough else None)
    return found


hrv_variation = Metric(
    key="whoop.hrv_variation",
    role=Role.CONTEXT,
    label="HRV variation",
    unit="%",
    decimals=1,
    series=Computed(inputs=("whoop.hrv",), compute=variation_of, lookback=VARIATION_DAYS - 1),
    smallest=0.3,
    known=Known.ON_WAKING,
)

# --- Sleep ----------------------------------------------------------------------------------------


def of_nights(day: Combinable) -> Grouped:
    return Grouped(rows=nights, day=day, open_rows=PENDING, has_one_row=True)


def mean_of_nights(column: str) -> Grouped:
    return of_nights(of_whole_day(Avg(column), column))


night_metric = partial(Metric, model=WhoopSleep, why_open=NOT_SCORED, known=Known.ON_WAKING)


def hours_of_stage(name: str, label: str) -> Metric:
    minutes = f"{name}_min"
    return night_metric(
        key=f"whoop.{name}_hours",
        series=of_nights(of_whole_day(Sum(minutes), minutes) / 60.0),
        label=label,
        unit="h",
        decimals=1,
        smallest=0.15,
        role=Role.OUTCOME,
        parents=("whoop.sleep_hours",),
        additive=True,
    )


sleep_hours = night_metric(
    key="whoop.sleep_hours",
    series=of_nights(of_whole_day(Sum("total_sleep_hours"), "total_sleep_hours")),
    label="Sleep",
    unit="h",
    decimals=1,
    smallest=0.25,
    better=Better.HIGHER,
    role=Role.BOTH,
    step=Step(1.0, "1 hour longer"),
    additive=True,
    amount_of=SLEEP,
)
sleep_performance = night_metric(
    key="whoop.sleep_performance",
    series=mean_of_nights("sleep_performance"),
    label="Sleep performance",
    about="sleep as a share of what WHOOP says one needed.",
    unit="%",
    smallest=3.0,
    better=Better.HIGHER,
    role=Role.OUTCOME,
    parents=("whoop.sleep_hours", "whoop.sleep_need"),
)
sleep_efficiency = night_metric(
    key="whoop.sleep_efficiency",
    series=mean_of_nights("sleep_efficiency"),
    label="Sleep efficiency",
    about="sleep as a share of the time in bed.",
    unit="%",
    smallest=1.0,
    bounds=(0, 100),
    better=Better.HIGHER,
    role=Role.OUTCOME,
    parents=("whoop.sleep_hours",),
)
respiratory_rate = night_metric(
    key="whoop.respiratory_rate",
    series=mean_of_nights("respiratory_rate"),
    label="Respiratory rate",
    unit="breaths per minute",
    decimals=1,
    smallest=0.3,
    role=Role.OUTCOME,
)
deep_sleep = hours_of_stage("deep_sleep", "Deep sleep")
rem_sleep = hours_of_stage("rem_sleep", "REM sleep")
bedtime = night_metric(
    key="whoop.bedtime",
    series=of_nights(HourOfDay(Min(WallSeconds("start_time", "utc_offset_min")))),
    label="Bedtime",
    unit="h",
    decimals=2,
    smallest=0.25,
    bounds=(0, 24),
    circular=True,
    role=Role.ACTION,
    before_night=True,
    step=Step(0.5, "30 minutes later"),
)
waking_time = night_metric(
    key="whoop.waking_time",
    series=of_nights(HourOfDay(Max(WallSeconds("end_time", "utc_offset_min")))),
    label="Waking time",
    unit="h",
    decimals=2,
    smallest=0.25,
    bounds=(0, 24),
    circular=True,
    role=Role.ACTION,
    step=Step(0.5, "30 minutes later"),
)
# WHOOP's own debt is a part of the need that WHOOP shows: with it, our debt would count twice. Naps are left out,
# because the debt counts what was slept in them. A day of two nights needs no more sleep than one.
sleep_need = night_metric(
    key="whoop.sleep_need",
    series=of_nights(
        of_whole_day(
            Max(F("need_baseline_min") + F("need_from_strain_min")),
            "need_baseline_min",
            "need_from_strain_min",
        )
        / 60.0
    ),
    label="Sleep need without debt",
    unit="h",
    decimals=1,
    smallest=0.25,
    role=Role.CONTEXT,
    parents=("whoop.strain",),
)
sleep_debt_by_whoop = night_metric(
    key="whoop.sleep_debt_by_whoop",
    role=Role.CONTEXT,
    # What the nights before left.
    series=replace(
        of_nights(of_whole_day(Max("need_from_debt_min"), "need_from_debt_min") / 60.0), lookback=1
    ),
    label="Sleep debt by WHOOP",
    unit="h",
    decimals=1,
    smallest=0.25,
    better=Better.LOWER,
    parents=("whoop.sleep_hours",),
)
# A nap alone says nothing of a night without the strap.
sleep_with_naps = Metric(
    key="whoop.sleep_with_naps",
    amount_of=SLEEP,
    label="Sleep with naps",
    unit="h",
    decimals=1,
    series=Grouped(
        rows=all_sleep,
        day=Case(
            When(
                GreaterThan(Count("pk", filter=Q(nap=False)), 0),
                then=of_whole_day(Sum("total_sleep_hours"), "total_sleep_hours"),
            ),
            output_field=FloatField(),
        ),
        open_rows=PENDING,
    ),
    model=WhoopSleep,
    why_open=NOT_SCORED,
    smallest=0.25,
    better=Better.HIGHER,
    # Of the night and of the day: whatever is done that day would be before it and after it.
    role=Role.CONTEXT,
    parents=("whoop.sleep_hours",),
    additive=True,
)

DEBT_NIGHTS, LEAST_DEBT_NIGHTS = 14, 10


def debt(_first: date, need: Values, asleep: Values) -> Values:
    """Return the hours of sleep missing over two weeks: what the known nights lacked on average, for all 14 of them;
    at least 10 must be known. Our own rule: no study fixes the two weeks or equal weights."""
    lacks = [
        None if wanted is None or slept is None else wanted - slept
        for wanted, slept in zip(need, asleep, strict=True)
    ]
    debts: Values = []
    for at in range(len(lacks)):
        known = [one for one in lacks[max(at - DEBT_NIGHTS + 1, 0) : at + 1] if one is not None]
        enough = len(known) >= LEAST_DEBT_NIGHTS
        debts.append(max(sum(known) / len(known) * DEBT_NIGHTS, 0.0) if enough else None)
    return debts


sleep_debt = Metric(
    key="whoop.sleep_debt",
    role=Role.CONTEXT,
    label="Sleep debt",
    unit="h",
    decimals=1,
    series=Computed(
        inputs=("whoop.sleep_need", "whoop.sleep_with_naps"),
        compute=debt,
        lookback=DEBT_NIGHTS - 1,
    ),
    smallest=0.5,
    better=Better.LOWER,
    known=Known.ON_WAKING,
)

FREE_DAYS = {5, 6}
JET_LAG_NIGHTS, LEAST_FREE_NIGHTS, LEAST_WORK_NIGHTS = 28, 4, 8


def jet_lag(first: date, bedtimes: Values, waking: Values) -> Values:
    """Return how many hours the middle of the sleep before free days lies from that before work days, over 28 days
    with at least 4 and 8 known ones (Wittmann and others 2006). Free days are Saturday and Sunday."""
    middles = [
        None
        if start is None or end is None
        else (start + (end - start) % HOURS_A_DAY / 2) % HOURS_A_DAY
        for start, end in zip(bedtimes, waking, strict=True)
    ]
    is_free = [(first.weekday() + at) % 7 in FREE_DAYS for at in range(len(middles))]
    of_free, of_work = (
        [middle if free is wanted else None for middle, free in zip(middles, is_free, strict=True)]
        for wanted in (True, False)
    )
    sums = (vector_sums(one, JET_LAG_NIGHTS) for one in (of_free, of_work))
    return [jet_lag_of(free, work) for free, work in zip(*sums, strict=True)]


def slice_of(values: list[T], at: int, length: int) -> list[T]:
    return values[max(at - length + 1, 0) : at + 1]


def jet_lag_of(free: tuple[int, float, float], work: tuple[int, float, float]) -> float | None:
    """Return the hours between two means, each by how many there are and the sums of their vectors."""
    if free[0] < LEAST_FREE_NIGHTS or work[0] < LEAST_WORK_NIGHTS:
        return None
    free_time, work_time = mean_time(*free), mean_time(*work)
    if free_time is None or work_time is None:
        return None
    return abs(hours_apart(free_time[0], work_time[0]))


social_jet_lag = Metric(
    key="whoop.social_jet_lag",
    role=Role.CONTEXT,
    label="Social jet lag",
    unit="h",
    decimals=1,
    series=Computed(
        inputs=("whoop.bedtime", "whoop.waking_time"),
        compute=jet_lag,
        lookback=JET_LAG_NIGHTS - 1,
    ),
    smallest=0.25,
    better=Better.LOWER,
    known=Known.ON_WAKING,
)

REGULARITY_DAYS, LEAST_PAIRS = 28, 7
DAY_MINUTES = 24 * 60
EPOCH = date(1970, 1, 1).toordinal()
# A stretch of sleep, in minutes from noon on the clock on the wall.
Stretch = tuple[float, float]


def sleep_of_days(first: date, last: date) -> dict[date, list[Stretch]]:
    """Return the stretches of sleep between the noon before each day and its own noon, of days with a night."""
    rows = all_sleep().filter(date__range=(first - ONE_DAY, last + ONE_DAY)).order_by()
    columns = ("date", "nap", "start_time", "end_time", "utc_offset_min")
    stretches: dict[date, list[Stretch]] = defaultdict(list)
    known = set()
    for day, nap, start, end, offset in raw_rows(rows.values_list(*columns)):
        known |= set() if nap else {as_date(day)}
        noon, begin, length = from_noon(as_instant(start), as_instant(end), offset)
        while length > 0:
            until = min(begin + length, DAY_MINUTES)
            stretches[noon].append((begin, until))
            noon, begin, length = noon + ONE_DAY, 0.0, length - (until - begin)
    return {day: merged(stretches[day]) for day in known}


def from_noon(start: datetime, end: datetime, offset: int) -> tuple[date, float, float]:
    """Return the day whose noon comes next, the minutes since the noon before it, and the length in minutes."""
    days, since = divmod(start.timestamp() / 60 + offset + DAY_MINUTES // 2, DAY_MINUTES)
    length = elapsed(start, end).total_seconds() / 60
    return date.fromordinal(EPOCH + int(days)), since, length


def merged(stretches: list[Stretch]) -> list[Stretch]:
    """Return the same time asleep by stretches that share nothing."""
    found: list[Stretch] = []
    for begin, until in sorted(stretches):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(until, found[-1][1]))
        else:
            found.append((begin, until))
    return found


def agreement(one: list[Stretch], other: list[Stretch]) -> float:
    """Return the share of the minutes of two days at which their owner was asleep in both or awake in both. The stretches
    of a day share nothing."""
    asleep = sum(until - begin for begin, until in (*one, *other))
    shared = sum(
        max(min(until, end) - max(begin, start), 0.0)
        for begin, until in one
        for start, end in other
    )
    return 1 - (asleep - 2 * shared) / DAY_MINUTES


def read_regularity(first: date, last: date) -> dict[date, DayValues]:
    """Return the sleep regularity index (Phillips and others 2017) over the 28 days up to each day, of at least 7
    pairs of neighbouring days: 100 for days that are all alike, 0 for chance. Time in bed counts as asleep."""
    asleep = sleep_of_days(first - timedelta(days=REGULARITY_DAYS), last)
    pairs = {
        day: agreement(asleep[day - ONE_DAY], stretches)
        for day, stretches in asleep.items()
        if day - ONE_DAY in asleep
    }
    most = REGULARITY_DAYS - 1
    days = days_from(first - timedelta(days=most - 1), last)
    shares = [pairs.get(day) for day in days]
    found, count, total = {}, 0, 0.0
    for at, (day, share) in enumerate(zip(days, shares, strict=True)):
        if share is not None:
            count, total = count + 1, total + share
        if at >= most and (gone := shares[at - most]) is not None:
            count, total = count - 1, total - gone
        if day >= first and day in asleep:
            found[day] = DayValues((200 * total / count - 100 if count >= LEAST_PAIRS else None,))
    return found


sleep_regularity = Metric(
    key="whoop.sleep_regularity",
    role=Role.CONTEXT,
    label="Sleep regularity",
    unit="of 100",
    series=Own(
        read=read_regularity,
        records=lambda day: all_sleep().filter(date=day),
        lookback=REGULARITY_DAYS,
    ),
    model=WhoopSleep,
    smallest=2.0,
    bounds=(-100, 100),
    better=Better.HIGHER,
    known=Known.ON_WAKING,
    parents=("whoop.bedtime", "whoop.waking_time"),
)

# --- Strain ---------------------------------------------------------------------------------------


def of_cycles(day: Combinable) -> Grouped:
    return Grouped(
        rows=cycles,
        day=day,
        open_rows=Q(end_time__isnull=True) | PENDING,
        has_one_row=True,
    )


cycle_metric = partial(Metric, model=WhoopCycle, why_open=STILL_RUNNING)


# WHOOP's scale is logarithmic: a sum of strain means nothing.
strain = cycle_metric(
    key="whoop.strain",
    series=of_cycles(of_whole_day(Avg("strain"), "strain")),
    label="Strain",
    about="WHOOP’s score from 0 to 21 of how hard the heart worked all day.",
    unit="of 21",
    decimals=1,
    smallest=0.5,
    bounds=(0, 21),
    role=Role.BOTH,
    step=Step(2.0, "2 points higher"),
)
energy = cycle_metric(
    key="whoop.energy",
    series=of_cycles(of_whole_day(Sum("kilojoules"), "kilojoules") / KILOJOULES_PER_KILOCALORIE),
    label="Energy",
    unit="kcal",
    smallest=50.0,
    role=Role.CONTEXT,
    additive=True,
)
steps = cycle_metric(
    key="whoop.steps",
    series=of_cycles(of_whole_day(Sum("step_count"), "step_count")),
    label="Steps",
    unit="",
    smallest=250.0,
    role=Role.ACTION,
    step=Step(2000.0, "2,000 more"),
    amount_of=STEPS,
    better=Better.HIGHER,
    additive=True,
)

register_metrics(
    recovery_score,
    hrv,
    hrv_variation,
    resting_heart_rate,
    blood_oxygen,
    skin_temperature,
    sleep_hours,
    sleep_with_naps,
    sleep_need,
    sleep_debt,
    sleep_debt_by_whoop,
    sleep_performance,
    sleep_efficiency,
    respiratory_rate,
    deep_sleep,
    rem_sleep,
    bedtime,
    waking_time,
    sleep_regularity,
    social_jet_lag,
    strain,
    energy,
    steps,
)
