"""What became of repositories that GitHub's list does not hold any more: handed over, hidden from the
token, or deleted. A 404 does not tell the last two apart."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from github_projects.models import GITHUB, Repository
from lifetracker.http import BadResponse, NotAllowed

if TYPE_CHECKING:
    from lifetracker.sync import Run

# Answers to the question for one repository after which it may still exist: not found, refused,
# blocked by GitHub, taken down for legal reasons.
UNCERTAIN = {
    HTTPStatus.NOT_FOUND,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.GONE,
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS,
}
# Names in one remark.
NAMED = 5


def ask_for_missing(run: Run, missing: set[str]) -> set[str]:
    """Ask for each by its number, which survives renames and transfers. Returns the ids of those that
    are not known to be deleted; those that the token may read are stored as they are now.

    Raises SyncError where GitHub cannot answer.
    """
    listed = Repository.objects.live().filter(source=GITHUB).exclude(source_id__in=missing)
    kept: set[str] = set()
    found: list[Any] = []
    hidden: dict[str, Repository] = {}
    for row in Repository.objects.filter(source=GITHUB, source_id__in=missing).order_by("pk"):
        if row.not_visible_since is None or run.order.full:
            item = read_one(run, row)
            if item is not None:
                found.append(item)
            elif is_surely_deleted(run, row, listed):
                continue
            else:
                hidden[row.source_id] = row
        else:
            hidden[row.source_id] = row
        kept.add(row.source_id)
    store(run, found)
    mark(run, hidden)
    if hidden:
        run.remarks.append(remark(list(hidden.values())))
    return kept


def read_one(run: Run, row: Repository) -> Any:
    """The repository as it is now; None where GitHub does not show it."""
    try:
        return run.client.repository(row.source_id)  # type: ignore[attr-defined]  # GitHub's
    except BadResponse as error:
        if error.status not in UNCERTAIN:
            raise
        if isinstance(error, NotAllowed):
            run.remarks.append(f"{row.full_name}: {error}")
        return None


def is_surely_deleted(run: Run, row: Repository, listed: Any) -> bool:
    """A classic token with the scope `repo` sees all that its owner may see. And what has its name now
    is another repository; one that was only renamed comes back with the list."""
    sees_all: bool = run.client.sees_all  # type: ignore[attr-defined]  # GitHub's
    return sees_all or bool(listed.filter(full_name__iexact=row.full_name).exists())


def store(run: Run, items: list[Any]) -> None:
    stream = next(one for one in run.source.streams if one.model is Repository)
    if items:
        run.store(stream, items)


def mark(run: Run, hidden: dict[str, Repository]) -> None:
    with transaction.atomic():
        run.renew()
        rows = Repository.objects.filter(source=GITHUB)
        seen_again = rows.filter(not_visible_since__isnull=False).exclude(source_id__in=hidden)
        seen_again.update(not_visible_since=None)
        fresh = rows.filter(source_id__in=hidden, not_visible_since__isnull=True)
        fresh.update(not_visible_since=timezone.now())


def remark(rows: list[Repository]) -> str:
    names = ", ".join(sorted(row.full_name for row in rows)[:NAMED])
    more = f" and {len(rows) - NAMED:,} more" if len(rows) > NAMED else ""
    return (
        f"GitHub does not show {names}{more} to this token any more. Their commits and numbers stay as they were last seen. "
        "If the token was narrowed, give it access to them again (repository access, and the permission Contents: read). "
        "If they were deleted, mark them as deleted in the admin."
    )
