"""What the own commits of a range come to by week or month and by project, in one statement that looks at each commit of the
range once, whatever projects there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from github_projects.models import EARLIEST_DATE
from lifetracker.days import latest
from lifetracker.models.rows import as_date
from time_logs.sums import stored

#: In place of a project's id: what belongs to none.
NO_PROJECT = 0

# Of each commit the projects that it lies in; `0` stands for the repositories that totals are made of and that belong to no
# project. With a limit SQLite makes the rows once, and not the projects anew wherever they are named. By the moment as it
# stands there the database would look for commits, and not by their days.
STATEMENT = """
SELECT {asked} FROM (
    SELECT entry.date AS day, entry.added + entry.deleted AS lines, (
        SELECT {listed} FROM github_projects_repositorycommit link
        JOIN github_projects_repository repository ON repository.id = link.repository_id
        LEFT JOIN projects_projectrepository part ON part.repository_id = repository.id
        WHERE link.commit_id = entry.id AND (
            part.project_id IS NOT NULL
            OR (repository.deleted_at IS NULL AND NOT repository.fork AND NOT repository.archived)
        )
    ) AS projects
    FROM github_projects_commit entry
    WHERE entry.date BETWEEN %s AND %s AND entry.mine AND entry.deleted_at IS NULL
    AND COALESCE(entry.authored_at, entry.committed_at) BETWEEN %s AND %s
    LIMIT 9000000000000000000
) commits WHERE projects IS NOT NULL GROUP BY {group}
"""
LISTED = {
    # A project may be listed twice: to leave that out, SQLite would make a table for each commit.
    "sqlite": "group_concat(COALESCE(part.project_id, 0))",
    "postgresql": "string_agg(DISTINCT COALESCE(part.project_id, 0)::text, ',')",
}


class CommitSums(NamedTuple):
    """Commits by the first day of a column, and the lines that they added and deleted."""

    commits: dict[date, float]
    churn: int


NO_COMMITS = CommitSums({}, 0)


def commits_by_project(first: date, last: date, begin: str) -> dict[int, CommitSums]:
    """Return the own commits between two days by project, with NO_PROJECT for what belongs to none. A commit counts once in
    each project that has it. `begin`: the SQL of the day on which the column of a `day` begins."""
    commits: dict[int, dict[date, float]] = defaultdict(lambda: defaultdict(float))
    churn: dict[int, int] = defaultdict(int)
    asked = f"{begin}, projects, COUNT(*), SUM(lines)"
    for column, projects, count, lines in rows(first, last, asked, "1, 2"):
        for project in projects_of(projects):
            commits[project][max(as_date(column), first)] += count
            churn[project] += int(lines)
    return {project: CommitSums(dict(sums), churn[project]) for project, sums in commits.items()}


def last_days_by_project(first: date, last: date) -> dict[int, date]:
    """Return the last day between two days on which each project has an own commit."""
    found: dict[int, date] = {}
    for day, projects in rows(first, last, "MAX(day), projects", "projects"):
        for project in projects_of(projects):
            found[project] = max(as_date(day), found.get(project, first))
    return found


def projects_of(listed: str) -> set[int]:
    """Return the projects of a commit. One that also lies in a repository without a project belongs to its project."""
    found = {int(project) for project in listed.split(",")}
    return found - {NO_PROJECT} or found


def rows(first: date, last: date, asked: str, group: str) -> Iterator[Any]:
    vendor = connection.vendor
    statement = STATEMENT.format(asked=asked, group=group, listed=LISTED[vendor])
    moments = [stored(EARLIEST_DATE), stored(latest())]
    days = [f"{first}", f"{last}"] if vendor == "sqlite" else [first, last]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*days, *moments])
        yield from cursor.fetchall()
