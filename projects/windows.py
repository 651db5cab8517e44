"""Hours and commits by project in a period and in those that it is compared with: a statement for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from django.db import connection
from django.db.models import Min, OuterRef, Subquery

from github_projects.metrics import commits as commits_metric
from lifetracker.days import ONE_DAY
from lifetracker.metrics.held import days_with_value, read_days
from projects.commit_sums import NO_PROJECT, commits_by_project
from projects.models import ProjectTogglProject
from projects.totals import HOUR, PROJECT_OF_LINK, own_links, project_by_toggl_id
from time_logs.group_sums import Days
from time_logs.metrics import hours as hours_metric
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


def first_days() -> tuple[date | None, date | None]:
    """Return the days of the first time entry and of the first own commit of all, by one statement."""
    metrics = (hours_metric, commits_metric)
    time, code = read_days([days_with_value(one).order_by("date") for one in metrics])
    return time, code


def begun_of(
    windows: Sequence[Days], sides: Sides, firsts: tuple[date | None, date | None]
) -> dict[int, date]:
    """Return since when there is time, or commits of what has no time, of each project that has some: the day of its first
    record of all, or the first day of the oldest window, whichever is later. Only of those that have nothing in that window
    it is asked, by at most one statement for time, and one for commits. `firsts`: those of all, for what belongs to no
    project."""
    oldest = windows[-1].first
    code = {pk: sums for pk, sums in sides.commits.items() if pk not in sides.hours}
    found = {pk: min(sums) for pk, sums in (sides.hours | code).items()}
    late = {pk for pk, begun in found.items() if begun > oldest}
    asked: list[tuple[int, date | None]] = []
    if of_time := late & sides.hours.keys() - {NO_PROJECT}:
        asked += first_entries(of_time)
    if of_code := late & code.keys() - {NO_PROJECT}:
        asked += first_commits(of_code)
    if NO_PROJECT in late:
        asked.append((NO_PROJECT, firsts[0] if NO_PROJECT in sides.hours else firsts[1]))
    for pk, day in asked:
        if day:
            found[pk] = min(found[pk], max(day, oldest))
    return found


def first_entries(projects: Collection[int]) -> Iterable[tuple[int, date | None]]:
    """Return the day of the first entry of each Toggl project of these, to which an index leads."""
    entries = TimeEntry.objects.filter(
        project_ref=OuterRef("toggl_project__source_id"),
        deleted_at__isnull=True,
        duration__isnull=False,
    )
    first = Subquery(entries.order_by("start").values("date")[:1])
    links = ProjectTogglProject.objects.filter(project__in=projects).order_by()
    return links.values_list("project", first)


def first_commits(projects: Collection[int]) -> Iterable[tuple[int, date | None]]:
    """Return the day of the first own commit of each of these."""
    return (
        own_links(once=False)
        .filter(**{f"{PROJECT_OF_LINK}__in": projects})
        .values_list(PROJECT_OF_LINK)
        .annotate(Min("commit__date"))
    )


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
