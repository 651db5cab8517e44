"""Finding out what became of repositories that GitHub's list no longer holds.

They were transferred, hidden from the token, or deleted. A 404 does not tell the last two apart.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from github_projects.models import GITHUB, Repository, RepositoryQuerySet
from lifetracker.errors import BadResponse, NotAllowed

if TYPE_CHECKING:
    from github_projects.services.github_client import GitHubClient, Item
    from lifetracker.sync.job import SyncJob
    from lifetracker.sync.lossless import Json

# Answers after which a repository may still exist: not found, refused, blocked by GitHub, taken down
# for legal reasons.
MAY_EXIST = {
    HTTPStatus.NOT_FOUND,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.GONE,
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS,
}
# Names that one remark lists.
NAMES_LISTED = 5


def look_up_missing(job: SyncJob[GitHubClient], missing: set[str]) -> set[str]:
    """Request each by its number, and return the ids of those that are not known to be deleted.

    The number survives renames and transfers. Those that the token may read are stored as they are
    now. Raises SyncError where GitHub cannot answer.
    """
    listed = Repository.objects.live().filter(source=GITHUB).exclude(source_id__in=missing)
    kept: set[str] = set()
    found: list[Json] = []
    hidden: dict[str, Repository] = {}
    for row in Repository.objects.filter(source=GITHUB, source_id__in=missing).order_by("pk"):
        if row.not_visible_since is None or job.request.full:
            item = read_one(job, row)
            if item is not None:
                found.append(item)
            elif is_surely_deleted(job, row, listed):
                continue
            else:
                hidden[row.source_id] = row
        else:
            hidden[row.source_id] = row
        kept.add(row.source_id)
    store(job, found)
    mark_hidden(job, hidden)
    if hidden:
        job.remarks.append(hidden_remark(list(hidden.values())))
    return kept


def read_one(job: SyncJob[GitHubClient], row: Repository) -> Item | None:
    """Return the repository as it is now, None where GitHub does not show it."""
    try:
        return job.client.repository(row.source_id)
    except BadResponse as error:
        if error.status not in MAY_EXIST:
            raise
        if isinstance(error, NotAllowed):
            job.remarks.append(f"{row.full_name}: {error}")
        return None


def is_surely_deleted(
    job: SyncJob[GitHubClient], row: Repository, listed: RepositoryQuerySet
) -> bool:
    """Return whether a repository that GitHub does not show was deleted.

    It was where the token sees all that its owner may see, and where another repository has its name
    now: one that was only renamed is in the list.
    """
    return job.client.sees_all or listed.filter(full_name__iexact=row.full_name).exists()


def store(job: SyncJob[GitHubClient], items: list[Json]) -> None:
    stream = next(one for one in job.source.streams if one.model is Repository)
    if items:
        job.writer.store(stream, items)


def mark_hidden(job: SyncJob[GitHubClient], hidden: dict[str, Repository]) -> None:
    """Note since when these are hidden from the token, and that all others are visible again."""
    with transaction.atomic():
        job.lease.renew()
        rows = Repository.objects.filter(source=GITHUB)
        seen_again = rows.filter(not_visible_since__isnull=False).exclude(source_id__in=hidden)
        seen_again.update(not_visible_since=None)
        fresh = rows.filter(source_id__in=hidden, not_visible_since__isnull=True)
        fresh.update(not_visible_since=timezone.now())


def hidden_remark(rows: list[Repository]) -> str:
    names = ", ".join(sorted(row.full_name for row in rows)[:NAMES_LISTED])
    more = f" and {len(rows) - NAMES_LISTED:,} more" if len(rows) > NAMES_LISTED else ""
    return (
        f"GitHub does not show {names}{more} to this token any more. Their commits and numbers stay as they are. "
        "If the token has lost access, give it back (repository access, and the permission Contents: read). "
        "If they were deleted, mark them as deleted in the admin."
    )
