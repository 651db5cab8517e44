"""Stores what a post holds: all of it in one transaction, or nothing.

A day of the phone is the sum of the hours that were sent of it, which are kept (`SentDay`), so that a post may hold a part of a
day. A day that an export has, made after its end, stays as the export has it: `reported_at` of what was sent is never later than
the day's end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from apple_health.auto_export import same_hours
from apple_health.auto_export.metrics import BY_COLUMN, Reduce, of_day
from apple_health.auto_export.reading import Posted, read_post
from apple_health.export.job import connected_services, sum_of
from apple_health.models import LONGEST_NIGHT, AppleDay, AppleNight, SentDay
from apple_health.names import APPLE_HEALTH
from apple_health.nights_of_days import length_of
from apple_health.store import (
    Stored,
    store_days,
    store_nights,
    store_weigh_ins,
    store_workouts,
)
from lifetracker.days import ONE_DAY, local_date, midnight
from lifetracker.models import RejectedItem, SyncRun
from lifetracker.models.revisions import Revision
from lifetracker.sync.file_imports import item_key, to_json
from lifetracker.sync.files import Refusal
from lifetracker.sync.mapping import Item
from lifetracker.sync.runs import Counts, record_import
from weight.models import WeighIn
from workouts.models import Workout

STREAM = "posts"
ZERO = timedelta(0)
#: Values by column and time, and those by day.
ByColumn = dict[str, dict[str, float]]
ByDay = Mapping[date, ByColumn]
#: So many rejected values of posts are kept, the newest.
MOST_REJECTED = 200


@dataclass
class Outcome:
    """What came of a post."""

    posted: Posted
    stored: dict[str, Stored] = field(default_factory=dict)

    @property
    def refusals(self) -> list[Refusal]:
        own = (one for kind in self.stored.values() for one in (*kind.refusals, *kind.values))
        return [*self.posted.refusals, *own]

    def counts(self) -> dict[str, Counts]:
        """Return the counts by kind of record; under the name of the stream what could not be read."""
        values = sum(len(kind.values) for kind in self.stored.values())
        rejected = len(self.posted.refusals) + values
        found = {kind: one.counts() for kind, one in self.stored.items()}
        return found | {STREAM: Counts(seen=rejected, rejected=rejected)}


def import_post(data: Mapping[str, Any], connected: Collection[str] | None = None) -> Outcome:
    """Store the `data` of a post. Raises WrongSums."""
    started = timezone.now()
    posted = read_post(data, connected_services() if connected is None else connected)
    outcome = Outcome(posted)
    with AppleDay.objects.locked():
        for model in (AppleNight, WeighIn, Workout):
            model._default_manager.all().lock()
        outcome.stored = {
            "days": store_sent_days(posted),
            "nights": store_sent_nights(posted.nights),
            "weigh-ins": store_weigh_ins(posted.weigh_ins, are_sent=True),
            "workouts": store_workouts(posted.workouts, are_sent=True),
        }
        keep_rejected(outcome.refusals)
        record(outcome, started)
    return outcome


# --- Days -----------------------------------------------------------------------------------------


def store_sent_days(posted: Posted) -> Stored:
    outcome = Stored()
    known = days_around(posted.values)
    told = of_their_days(posted.values, known)
    kept = {
        day: known.get(day) or SentDay(date=day, reached_at=posted.reached[day]) for day in told
    }
    for day, columns in told.items():
        for column, values in columns.items():
            kept[day].values[column] = together(column, kept[day].values.get(column, {}), values)
    count_once(told, {**known, **kept})
    for day, columns in sorted(told.items()):
        sent = kept[day]
        sent.reached_at = max(sent.reached_at, posted.reached.get(day, sent.reached_at))
        figures = {column: of_day(column, sent.values[column]) for column in columns}
        add(outcome, store_days({day: figures}, min(sent.reached_at, timezone.now())))
    new = [one for one in kept.values() if one.pk is None]
    SentDay.objects.bulk_create(new, batch_size=100)
    stored = [one for one in kept.values() if one.date in known]
    SentDay.objects.bulk_update(stored, ["values", "reached_at"], batch_size=50)
    return outcome


def days_around(values: Iterable[date]) -> dict[date, SentDay]:
    """Return what was sent before of some days, and of those beside them."""
    wanted = {day + step * ONE_DAY for day in values for step in (-1, 0, 1)}
    return {one.date: one for one in SentDay.objects.filter(date__in=sorted(wanted))}


def of_their_days(values: ByDay, known: Mapping[date, SentDay]) -> dict[date, ByColumn]:
    """Return values by day and column, each time on the day that it was sent for first: who travels sends the same hours again by
    another clock, and they must not count on two days."""
    found: dict[date, ByColumn] = {}
    for day, columns in values.items():
        around = [known[one] for one in (day, day - ONE_DAY, day + ONE_DAY) if one in known]
        for column, some in columns.items():
            for at, value in some.items():
                other = same_hours.day_of(at, column, around)
                on = other.date if other else day
                found.setdefault(on, {}).setdefault(column, {})[at] = value
    return found


def count_once(told: ByDay, days: Mapping[date, SentDay]) -> None:
    """Let of each hour only that part count which is in no hour of another clock that was sent before and is kept."""
    sent = {column: times_of(told, column) for columns in told.values() for column in columns}
    for day, columns in told.items():
        around = [days[one] for one in (day - ONE_DAY, day, day + ONE_DAY) if one in days]
        for column, values in columns.items():
            kept = {
                at: value
                for one in around
                for at, value in one.values.get(column, {}).items()
                if at not in sent[column]
            }
            for at, value in values.items():
                days[day].values[column][at] = value * same_hours.not_told(at, column, kept)


def times_of(told: ByDay, column: str) -> set[str]:
    return {at for columns in told.values() for at in columns.get(column, ())}


def together(column: str, old: Mapping[str, float], new: Mapping[str, float]) -> dict[str, float]:
    """Return the values of a day: between the first and the last hour that was sent now, those of now alone, as an hour that is
    missing there was deleted."""
    first, last = min(new), max(new)
    is_sum = BY_COLUMN[column].reduce is Reduce.SUM
    kept = {at: value for at, value in old.items() if not (is_sum and first <= at <= last)}
    return {**kept, **new}


def add(outcome: Stored, one: Stored) -> None:
    outcome.created += one.created
    outcome.updated += one.updated
    outcome.refusals += one.refusals
    outcome.values += one.values
    outcome.unchanged += one.unchanged
    outcome.hidden += one.hidden


# --- Nights ---------------------------------------------------------------------------------------


def store_sent_nights(items: list[Item]) -> Stored:
    """Store the nights, each as it was known when it ended: one of a later export stays as it is."""
    outcome = Stored()
    for item in sorted(items, key=length_of, reverse=True):
        night = night_around(item)
        if is_part_of(item, night):
            outcome.unchanged += 1
        elif night is not None and is_beside(item, night):
            nap = {**item, "nap": True}
            add(outcome, store_nights([nap], item["end_time"], stay={night.source_id}))
        else:
            add(outcome, store_nights([item], item["end_time"]))
    return outcome


def night_around(item: Item) -> AppleNight | None:
    """Return the longest stored night that shares a part with a sleep."""
    rows = AppleNight.objects.live().filter(
        source=APPLE_HEALTH,
        nap=False,
        start_time__range=(item["start_time"] - LONGEST_NIGHT, item["end_time"]),
        end_time__gt=item["start_time"],
    )
    return max(rows.defer("raw"), key=lambda one: one.end_time - one.start_time, default=None)


def is_part_of(item: Item, stored: AppleNight | None) -> bool:
    """Return whether of a stored night this is the end: the app sends what is new since the last time."""
    return (
        stored is not None
        and stored.start_time < item["start_time"] < stored.end_time
        and item["end_time"] <= stored.end_time
    )


def is_beside(item: Item, stored: AppleNight) -> bool:
    """Return whether this is a shorter sleep that begins or ends in a stored night, such as a nap after waking up, and no other
    telling of it, which would have most of it."""
    start: datetime = item["start_time"]
    end: datetime = item["end_time"]
    common = min(end, stored.end_time) - max(start, stored.start_time)
    whole = stored.end_time - stored.start_time
    return end - start < whole and start != stored.start_time and ZERO < common <= whole / 2


# --- What is kept of a post -----------------------------------------------------------------------


def keep_rejected(refusals: list[Refusal]) -> None:
    """Keep what was rejected; of all posts, the newest."""
    listed = RejectedItem.objects.filter(source=APPLE_HEALTH, stream=STREAM)
    for refusal in refusals[:MOST_REJECTED]:
        listed.record(
            APPLE_HEALTH,
            STREAM,
            item_key(refusal),
            payload=to_json(refusal.payload),
            reason=f"{refusal.where}: {refusal.reason}",
        )
    newest = listed.order_by("-last_seen_at", "-pk").values_list("pk", flat=True)[:MOST_REJECTED]
    if refusals:
        listed.exclude(pk__in=list(newest)).delete()


def record(outcome: Outcome, started: datetime) -> SyncRun:
    """Store the run: one a day, to which every further post adds, as the app may send every few minutes."""
    counts, posted = outcome.counts(), outcome.posted
    run = run_of_day(local_date(started))
    if run is None:
        run = record_import(
            APPLE_HEALTH,
            STREAM,
            sum_of(counts),
            span=(posted.first, posted.last),
            started=started,
            begun_by=SyncRun.BegunBy.API,
        )
        run.counts = {kind: one.as_json() for kind, one in counts.items()}
    else:
        add_to(run, counts, posted)
        Revision.objects.attribute(run.pk, since=started)
    run.save()
    return run


def run_of_day(day: date) -> SyncRun | None:
    rows = SyncRun.objects.filter(
        source=APPLE_HEALTH,
        kind=SyncRun.Kind.IMPORT,
        begun_by=SyncRun.BegunBy.API,
        started_at__gte=midnight(day),
    )
    return rows.order_by("-started_at", "-pk").first()


def add_to(run: SyncRun, counts: dict[str, Counts], posted: Posted) -> None:
    for kind, one in counts.items():
        sums = run.counts.setdefault(kind, {})
        for name, value in one.as_json().items():
            sums[name] = sums.get(name, 0) + value
    seen = sum(one.seen for one in counts.values())
    run.progress_done += seen
    run.progress_total = (run.progress_total or 0) + seen
    run.finished_at = timezone.now()
    starts = [at for at in (run.window_start, posted.first) if at]
    ends = [at for at in (run.window_end, posted.last) if at]
    run.window_start = min(starts) if starts else None
    run.window_end = max(ends) if ends else None
