"""What a post of the app holds, as days, nights, weigh-ins and workouts; nothing is stored here."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from apple_health.auto_export import metrics
from apple_health.auto_export.metrics import READS, Reduce
from apple_health.auto_export.nights import night_item
from apple_health.auto_export.workouts import workout_item
from apple_health.auto_export.written import Item, amount, moment, plain, text_of
from apple_health.export import units
from apple_health.export.elements import WRITTEN_BY
from apple_health.export.units import Unreadable
from apple_health.names import SENT
from apple_health.nights_of_days import length_of
from lifetracker.days import local_date
from lifetracker.sync.files import Refusal

#: Days of one post. The app sends a longer history in parts.
MOST_DAYS = 400
#: Values of one kind on one day: as many as there are minutes.
MOST_OF_DAY = 1_440
HOUR = timedelta(hours=1)


class WrongSums(ValueError):
    """The post is summed in a way by which more would be counted than there was. Says what to change in the app."""


@dataclass
class Posted:
    """`values`: by day, column and time; `reached`: by day, up to when they reach. `ignored`: how many values of
    which metrics are not read."""

    values: dict[date, dict[str, dict[str, float]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(dict))
    )
    reached: dict[date, datetime] = field(default_factory=dict)
    nights: list[dict[str, Any]] = field(default_factory=list)
    weigh_ins: list[dict[str, Any]] = field(default_factory=list)
    workouts: list[dict[str, Any]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    notes: dict[str, None] = field(default_factory=dict)
    first: datetime | None = None
    last: datetime | None = None

    def saw(self, at: datetime) -> None:
        self.first = min(self.first or at, at)
        self.last = max(self.last or at, at)

    def refuse(self, where: str, reason: str, item: object) -> None:
        payload = {"item": plain(str(item))}
        self.refusals.append(Refusal(where, reason, payload))


def read_post(data: Mapping[str, Any], connected: Collection[str]) -> Posted:
    """Return what the `data` of a post holds. `connected`: the sources whose own records in Health are left out. Raises
    WrongSums."""
    posted = Posted()
    skipped = {app: source for source in connected for app in WRITTEN_BY.get(source, ())}
    listed: Sequence[Mapping[str, Any]] = data.get("metrics") or ()
    for metric in listed:
        rows = without_connected(metric, skipped, posted)
        read_metric(plain(metric["name"]), text_of(metric, "units"), rows, posted)
    add_weigh_ins(listed, skipped, posted)
    for item in without_connected({"data": data.get("workouts") or ()}, skipped, posted):
        read_workout(item, posted)
    for name, rest in data.items():
        if name not in {"metrics", "workouts"} and isinstance(rest, list) and rest:
            posted.ignored[plain(name)] += len(rest)
    if len(posted.values) > MOST_DAYS:
        raise WrongSums(
            f"This post holds {len(posted.values):,} days. Send at most {MOST_DAYS} at once, or import Apple's own export."
        )
    return posted


def without_connected(
    metric: Mapping[str, Any], skipped: Mapping[str, str], posted: Posted
) -> list[Item]:
    """Return the rows that no connected service wrote into Health."""
    found = []
    for row in metric["data"]:
        source = skipped.get(text_of(row, "source").casefold())
        if source:
            posted.notes[
                f"What {source} wrote into Health is left out, as it is connected here."
            ] = None
        else:
            found.append(row)
    return found


def read_metric(name: str, unit: str, rows: Sequence[Item], posted: Posted) -> None:
    if name in READS:
        read_values(name, unit, rows, posted)
    elif name == metrics.SLEEP:
        read_nights(unit, rows, posted)
    elif name not in {metrics.WEIGHT, metrics.BODY_FAT}:
        posted.ignored[name] += len(rows)


# --- Values by the hour ---------------------------------------------------------------------------


def read_values(name: str, unit: str, rows: Sequence[Item], posted: Posted) -> None:
    how = READS[name]
    seen: set[object] = set()
    for row in rows:
        try:
            when = moment(row, "date")
            value = amount(row, "qty", unit, how.value, how.most)
            if how.column in metrics.ABOVE_ZERO and not value:
                raise Unreadable("the value is 0, which nobody can have")
        except Unreadable as error:
            posted.refuse(name, str(error), row)
            continue
        if how.reduce is Reduce.SUM:
            require_hours(name, row, seen, is_whole=when.is_whole_hour)
        values = posted.values[when.day][how.column]
        if len(values) >= MOST_OF_DAY:
            posted.refuse(name, f"there are more than {MOST_OF_DAY:,} values of this day", row)
            continue
        values[f"{when.at:%Y-%m-%dT%H:%M:%SZ}"] = value
        posted.saw(when.at)
        reach = when.at + (HOUR if how.reduce is Reduce.SUM else timedelta(0))
        posted.reached[when.day] = max(posted.reached.get(when.day, reach), reach)


def require_hours(name: str, row: Item, seen: set[object], *, is_whole: bool) -> None:
    """Raise WrongSums for what is not summed by whole hours, each of which is there once."""
    at = row["date"]
    if is_whole and at not in seen:
        seen.add(at)
        return
    what = f"a value at {at[11:19]}" if not is_whole else f"two values for {at[:16]}"
    raise WrongSums(
        f"{name} is not summed by the hour: it has {what}. Shorter sums count more than once what two devices recorded, "
        "20 to 30 % too much. In the app, set the automation to summarize data, with the time grouping Hours, and send "
        "again. Nothing was stored."
    )


# --- Nights ---------------------------------------------------------------------------------------


def read_nights(unit: str, rows: Sequence[Item], posted: Posted) -> None:
    """Add a sleep for each row; of those of one day the longest is the night."""
    longest: dict[date, dict[str, Any]] = {}
    for row in rows:
        try:
            night = night_item(row, unit)
        except Unreadable as error:
            posted.refuse(metrics.SLEEP, str(error), row)
            continue
        posted.saw(night["end_time"])
        other = longest.get(night["date"])
        if other is None or length_of(night) > length_of(other):
            longest[night["date"]] = night
        posted.nights.append(night)
    for night in posted.nights:
        night["nap"] = night is not longest[night["date"]]


# --- Weigh-ins and workouts -----------------------------------------------------------------------


def add_weigh_ins(
    listed: Sequence[Mapping[str, Any]], skipped: Mapping[str, str], posted: Posted
) -> None:
    """Add the weights, each with the body fat that has the same time."""
    fats: dict[object, Decimal] = {}
    for row, unit in rows_of(metrics.BODY_FAT, listed, skipped):
        try:
            fats[moment(row, "date").at] = decimal(amount(row, "qty", unit, units.percent, 100))
        except Unreadable as error:
            posted.refuse(metrics.BODY_FAT, str(error), row)
    for row, unit in rows_of(metrics.WEIGHT, listed, skipped):
        try:
            at = moment(row, "date").at
            kg = amount(row, "qty", unit, metrics.kilograms, metrics.MOST_KILOGRAMS)
            if not kg:
                raise Unreadable("the value is 0, which nobody can have")
        except Unreadable as error:
            posted.refuse(metrics.WEIGHT, str(error), row)
            continue
        posted.saw(at)
        posted.weigh_ins.append(
            {
                "source_id": f"{SENT}{at:%Y-%m-%dT%H:%M:%SZ}",
                "measured_at": at,
                "date": local_date(at),
                "weight_kg": decimal(kg),
                "fat_ratio": fats.pop(at, None),
                "device": text_of(row, "source"),
            }
        )
    if fats:
        posted.notes["Body fat without a weight of the same time is left out."] = None


def rows_of(
    name: str, listed: Sequence[Mapping[str, Any]], skipped: Mapping[str, str]
) -> list[tuple[Item, str]]:
    return [
        (row, text_of(metric, "units"))
        for metric in listed
        if metric["name"] == name
        for row in metric["data"]
        if text_of(row, "source").casefold() not in skipped
    ]


def decimal(value: float) -> Decimal:
    return Decimal(str(round(value, 4)))


def read_workout(item: Item, posted: Posted) -> None:
    try:
        found = workout_item(item)
    except Unreadable as error:
        posted.refuse("workouts", str(error), {name: item.get(name) for name in ("name", "start")})
        return
    posted.saw(found["end"])
    posted.workouts.append(found)
