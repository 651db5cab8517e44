"""Writing what git found: rows of commits, their links to a repository, and its lines of code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from typing import TypedDict, TypeVar

from django.db import connection
from django.utils import timezone

from github_projects.models import GITHUB, Addresses, Commit, Repository, RepositoryCommit
from github_projects.services.lines_of_code import LinesOfCode
from github_projects.services.numstat import GitCommit
from lifetracker.days import FIRST_DAY, LAST_DAY, local_date_and_hour
from lifetracker.sync.upsert import among_ids, stored_digests

# Links that one transaction deletes.
DELETE_BATCH = 500
# Commits that one statement brings back.
RETURN_BATCH = 500
# Object ids that one statement asks about.
QUERY_BATCH = 10_000

Item = TypeVar("Item")

COLUMNS = [
    *("source_id", "date", "hour", "authored_at", "offset_min", "committed_at", "author_name"),
    *("author_email", "added", "deleted", "generated", "merge", "mine"),
]


def row_of(commit: GitCommit, own: Addresses, zone: tzinfo) -> list[object]:
    """Return the values of a commit in the order of `COLUMNS`."""
    authored = plausible_time(commit.authored)
    day, hour = local_date_and_hour(authored, zone) if authored else (None, None)
    return [
        commit.oid,
        day,
        hour,
        authored,
        commit.offset_min,
        plausible_time(commit.committed),
        commit.name,
        commit.email,
        commit.added,
        commit.deleted,
        commit.generated,
        commit.parents > 1,
        commit.email in own,
    ]


def plausible_time(seconds: int) -> datetime | None:
    """Return the instant, or None for a year outside of the supported ones and for 0, which stands for no time."""
    if not seconds:
        return None
    try:
        instant = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return instant if FIRST_DAY.year <= instant.year <= LAST_DAY.year else None


def slices(items: list[Item], size: int) -> Iterator[list[Item]]:
    """Yield the items in lists of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def not_stored(oids: list[str]) -> list[str]:
    """Return the commits that no repository has brought yet: each is read once, in however many it is."""
    stored: set[str] = set()
    for some in slices(oids, QUERY_BATCH):
        stored.update(stored_digests(Commit, GITHUB, some))
    return [oid for oid in oids if oid not in stored]


def set_commits(repository: Repository, oids: list[str]) -> None:
    """Link the repository to exactly these commits: a force-push takes some away."""
    links = RepositoryCommit.objects.filter(repository=repository)
    linked = dict(links.values_list("commit__source_id", "commit"))
    wanted = set(oids)
    unlinked = [pk for oid, pk in linked.items() if oid not in wanted]
    for some in slices(unlinked, DELETE_BATCH):
        links.filter(commit__in=some).delete()
    added = [oid for oid in oids if oid not in linked]
    for new in slices(added, QUERY_BATCH):
        add_links(repository, new)


def add_links(repository: Repository, oids: list[str]) -> None:
    """Link commits to the repository, and restore those that were marked as deleted.

    In the database alone: fetching the commits' keys first takes three times as long. Those that return are few, and each
    leaves a revision.
    """
    quote = connection.ops.quote_name
    links, commits = quote(RepositoryCommit._meta.db_table), quote(Commit._meta.db_table)
    among, ids = among_ids(oids)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {links} (repository_id, commit_id) SELECT %s, id FROM {commits} "  # noqa: S608 - only names of tables, quoted
            f"WHERE source = %s AND source_id {among} ON CONFLICT DO NOTHING",
            [repository.pk, GITHUB, ids],
        )
        cursor.execute(
            f"SELECT id FROM {commits} WHERE source = %s AND deleted_at IS NOT NULL "  # noqa: S608 - only the name of a table
            f"AND source_id {among}",
            [GITHUB, ids],
        )
        returned = [pk for (pk,) in cursor.fetchall()]
    for some in slices(returned, RETURN_BATCH):
        Commit.objects.filter(pk__in=some).update(deleted_at=None, updated_at=timezone.now())


class LineCounts(TypedDict):
    """The columns of a repository that its lines of code fill."""

    loc: int
    loc_generated: int
    loc_by_language: dict[str, int]
    loc_method: str


def line_counts(lines: LinesOfCode | None) -> LineCounts:
    """Return the columns for these lines; None stands for a repository without a commit."""
    if lines is None:
        return LineCounts(loc=0, loc_generated=0, loc_by_language={}, loc_method="")
    return LineCounts(
        loc=lines.code,
        loc_generated=lines.generated,
        loc_by_language=lines.by_language,
        loc_method=lines.method,
    )
