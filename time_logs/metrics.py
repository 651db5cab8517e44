"""The metrics of tracked time: hours, and how much of them was work without interruption."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial

from django.db.models import QuerySet

from lifetracker.days import ONE_DAY, days_from, local_date, midnight, today
from lifetracker.metrics.declaration import (
    WORK,
    Absent,
    Better,
    DayValues,
    Family,
    Metric,
    Own,
    Role,
    Step,
)
from lifetracker.metrics.registry import register_family, register_metrics
from time_logs.blocks import BlockDay, block_days
from time_logs.models import TimeEntry, TogglProject
from time_logs.sums import EVERY_ENTRY, Only, of_toggl_projects

HOUR = 3600.0
RUNNING = "A time entry is running."


# --- Hours ----------------------------------------------------------------------------------------


def read_hours(only: Only, first: date, last: date) -> dict[date, DayValues]:
    """Return the hours of each day, split at midnight. The days since the start of a running entry are open."""
    seconds, running = TimeEntry.objects.all().per_day_and_running(first, last, only)
    found = {day: DayValues((length / HOUR,)) for day, length in seconds.items()}
    return found | opened(found, running, first, last, (0.0,))


def opened(
    found: Mapping[date, DayValues],
    running: datetime | None,
    first: date,
    last: date,
    nothing: tuple[float | None, ...],
) -> dict[date, DayValues]:
    """Return the days since the start of a running entry, which are not complete yet; `nothing`: what there is so far of
    one without entries that have ended."""
    begin = max(local_date(running), first) if running else last + ONE_DAY
    return {
        day: DayValues(found[day].values if day in found else nothing, is_open=True)
        for day in days_from(begin, min(today(), last))
    }


def entries_on(day: date) -> QuerySet[TimeEntry]:
    """Return the entries with a part in a day."""
    return TimeEntry.objects.happened().reaching(midnight(day), midnight(day + ONE_DAY))


def hours_metric(
    key: str,
    label: str,
    only: Only,
    filters: Mapping[str, object] | None = None,
    parents: tuple[str, ...] = (),
) -> Metric:
    """Return the hours of the entries for which `only` and `filters` say the same."""
    return Metric(
        key=key,
        label=label,
        unit="h",
        decimals=1,
        series=Own(read=partial(read_hours, only), records=records_of(filters or {})),
        model=TimeEntry,
        absent=Absent.ZERO,
        why_open=RUNNING,
        additive=True,
        role=Role.ACTION,
        step=Step(1.0, "1 hour more"),
        smallest=0.25,
        # Where clocks are put back.
        bounds=(0, 25),
        parents=parents,
        amount_of=WORK,
    )


def records_of(filters: Mapping[str, object]) -> Callable[[date], QuerySet[TimeEntry]]:
    return lambda day: entries_on(day).filter(**filters)


hours = hours_metric("time.hours", "Tracked time", EVERY_ENTRY)
billable_hours = hours_metric(
    "time.billable_hours",
    "Billable time",
    Only("entry.billable = %s", (True,)),
    filters={"billable": True},
    parents=("time.hours",),
)

# --- Hours of each project ------------------------------------------------------------------------

PREFIX = "time.project-"


def project_metric(project_ref: str, name: str) -> Metric:
    """Return the hours of a project by Toggl's id, which stays when it is renamed."""
    return hours_metric(
        f"{PREFIX}{project_ref}",
        # A project that was made from it may have the same name.
        f"Time on {name} (Toggl project)",
        of_toggl_projects((project_ref,)),
        filters={"project_ref": project_ref},
        parents=("time.hours",),
    )


def project_metrics() -> list[Metric]:
    projects = TogglProject.objects.live().values_list("source_id", "name")
    return [project_metric(ref, name) for ref, name in projects]


def find_project(key: str) -> Metric | None:
    """Return the metric of a project, also of one that was deleted."""
    ref = key.removeprefix(PREFIX)
    name = TogglProject.objects.filter(source_id=ref).values_list("name", flat=True).first()
    return None if name is None else project_metric(ref, name)


# --- Blocks ---------------------------------------------------------------------------------------


def read_blocks(first: date, last: date) -> dict[date, DayValues]:
    """Return the hours of deep work, its share of the tracked time in percent, the longest block in minutes, and the
    changes of project in an hour. The days since the start of a running entry are open."""
    days, running = block_days(TimeEntry._meta.db_table, first, last)
    found = {day: DayValues(values_of(one)) for day, one in days.items()}
    return found | opened(found, running, first, last, (0.0, None, None, None))


def values_of(day: BlockDay) -> tuple[float | None, ...]:
    share = day.deep / day.tracked * 100 if day.tracked else None
    switches = day.switches / (day.tracked / HOUR) if day.tracked else None
    return day.deep / HOUR, share, day.longest / 60, switches


# One for all, so that the records of a day are asked for once.
ended_entries_on = records_of({"end__isnull": False})


def of_blocks(column: int) -> Own:
    return Own(read=read_blocks, column=column, records=ended_entries_on)


block_metric = partial(
    Metric, model=TimeEntry, why_open=RUNNING, role=Role.BOTH, parents=("time.hours",)
)


deep_hours = block_metric(
    key="time.deep_hours",
    amount_of=WORK,
    step=Step(1.0, "1 hour more"),
    series=of_blocks(0),
    better=Better.HIGHER,
    label="Deep work",
    unit="h",
    decimals=1,
    smallest=0.25,
    additive=True,
    absent=Absent.ZERO,
    bounds=(0, 24),
)
focus_share = block_metric(
    key="time.focus_share",
    step=Step(10.0, "10 points higher"),
    series=of_blocks(1),
    better=Better.HIGHER,
    label="Focus share",
    unit="%",
    smallest=5.0,
    bounds=(0, 100),
)
longest_block = block_metric(
    key="time.longest_block",
    step=Step(30.0, "30 minutes longer"),
    series=of_blocks(2),
    better=Better.HIGHER,
    label="Longest block",
    unit="min",
    smallest=5.0,
)
switches = block_metric(
    key="time.switches",
    step=Step(1.0, "1 more"),
    series=of_blocks(3),
    better=Better.LOWER,
    label="Changes of project in an hour",
    unit="per hour",
    decimals=2,
    smallest=0.2,
)

register_metrics(hours, billable_hours, deep_hours, focus_share, longest_block, switches)
register_family(Family(prefix=PREFIX, members=project_metrics, find=find_project))
