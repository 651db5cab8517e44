"""GitHub's one stream, the list of repositories. What is in them is read with git (`analysis`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from github_projects.missing import look_up_missing
from github_projects.models import GITHUB, GitHubAccount, Repository, StoredAnswer
from github_projects.services.github_client import GitHubClient, normal_repository
from github_projects.source import SOURCE
from lifetracker.sync.mapping import Item
from lifetracker.sync.streams import Extent, Source, Stream, register_source

if TYPE_CHECKING:
    from lifetracker.sync.job import SyncJob


def read_repositories(client: GitHubClient, stream: Stream, extent: Extent) -> Iterator[list[Any]]:
    yield from client.repositories()


def normal_form(payload: Item) -> Item:
    """Return a repository in one form, with the stored default branch where GitHub hides it."""
    item = normal_repository(payload)
    if item.get("default_branch", "") is not None:
        return item
    known = Repository.objects.filter(source=GITHUB, source_id=str(item.get("id"))).first()
    return {**item, "default_branch": known.default_branch if known else ""}


repositories = Stream(
    name="repository",
    path="/graphql",
    read=read_repositories,
    max_items=100_000,  # GitHub's own limit for an account
    deletes_by_absence=True,
    not_visible=look_up_missing,
    normalize=normal_form,
    has_former_raw=lambda raw: "language_bytes" in raw,
    model=Repository,
    fields={
        "source_id": "id",
        "name": "name",
        "full_name": "full_name",
        "html_url": "html_url",
        "private": "private",
        "fork": "fork",
        "archived": "archived",
        "disabled": "disabled",
        "default_branch": "default_branch",
        "primary_language": "language",
        "repository_size_kb": "size",
        "pushed_at": "pushed_at",
        "tip_oid": "tip_oid",
    },
)


def work(job: SyncJob[GitHubClient]) -> None:
    # Imported where repositories are analyzed, and not in every process that knows the source.
    from github_projects.analysis import analyze  # noqa: PLC0415

    analyze(job)


def help_with_run(run_id: int) -> None:
    from github_projects import analysis  # noqa: PLC0415

    analysis.help_with_run(run_id)


github = register_source(
    Source(
        declaration=SOURCE,
        client=lambda: GitHubClient(StoredAnswer.objects.all(), GitHubAccount.current().user_id),
        is_configured=GitHubClient.is_configured,
        streams=(repositories,),
        work=work,
        help_with_run=help_with_run,
    )
)
