"""Hours and commits by project in a period and in those that it is compared with: a statement for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from django.db import connection

from lifetracker.days import ONE_DAY
from projects.commit_sums import NO_PROJECT, commits_by_project
from projects.totals import HOUR, project_by_toggl_id
from time_logs.group_sums import Days
from time_logs.models import TimeEntry

#: Sums by the first day of a window.
Sums = dict[date, float]


class Sides(NamedTuple):
    """By project, with NO_PROJECT for what belongs to none."""

    hours: dict[int, Sums]
    commits: dict[int, Sums]


def read_sides(windows: Sequence[Days]) -> Sides:
    """Return the sums of windows, newest first and without overlaps, by three statements."""
    return Sides(hours_by_project(windows), commits_of(windows))


def hours_by_project(windows: Sequence[Days]) -> dict[int, Sums]:
    projects = project_by_toggl_id()
    found: dict[int, Sums] = defaultdict(lambda: defaultdict(float))
    wanted = {window.first for window in windows}
    for first, sums in TimeEntry.objects.all().per_stretch("ref", without_gaps(windows)).items():
        for ref, seconds in sums.items():
            if first in wanted and seconds:
                found[projects.get(ref, NO_PROJECT)][first] += seconds / HOUR
    return {project: dict(sums) for project, sums in found.items()}


def without_gaps(windows: Sequence[Days]) -> list[Days]:
    """Return the windows, oldest first, with what lies between them as stretches of their own."""
    found: list[Days] = []
    for window in sorted(windows):
        if found and found[-1].last + ONE_DAY < window.first:
            found.append(Days(found[-1].last + ONE_DAY, window.first - ONE_DAY))
        found.append(window)
    return found


def commits_of(windows: Sequence[Days]) -> dict[int, Sums]:
    """Return the own commits of the windows."""
    stretches = without_gaps(windows)
    found = commits_by_project(stretches[0].first, stretches[-1].last, begin_of(stretches))
    wanted = {window.first for window in windows}
    kept = {
        project: {first: number for first, number in sums.commits.items() if first in wanted}
        for project, sums in found.items()
    }
    return {project: sums for project, sums in kept.items() if sums}


def begin_of(stretches: Collection[Days]) -> str:
    """Return the SQL of the first day of the stretch that a day is in."""
    cast = "::date" if connection.vendor == "postgresql" else ""
    cases = [
        f"WHEN day >= '{one.first}'{cast} THEN '{one.first}'{cast}"
        for one in sorted(stretches, reverse=True)
    ]
    return f"CASE {' '.join(cases)} END"
