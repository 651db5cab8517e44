"""What GitHub offers: the list of repositories. What is in them comes by git (`mining`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from github_projects.mining import lend_a_hand, mine
from github_projects.missing import ask_for_missing
from github_projects.models import GITHUB, GitHubAccount, Repository, StoredAnswer
from github_projects.services.github_client import GitHubClient
from lifetracker.streams import Extent, Source, Stream, register


def read_repositories(client: GitHubClient, stream: Stream, extent: Extent) -> Iterator[list[Any]]:
    for page in client.repositories():
        yield [with_branch(item) for item in page]


def with_branch(item: Any) -> Any:
    """Where GitHub does not tell the default branch, the one that was known."""
    if not isinstance(item, dict) or item.get("default_branch", "") is not None:
        return item
    known = Repository.objects.filter(source=GITHUB, source_id=str(item.get("id"))).first()
    return {**item, "default_branch": known.default_branch if known else ""}


repositories = Stream(
    name="repository",
    path="/graphql",
    read=read_repositories,
    most=100_000,  # GitHub's own limit for an account
    deletes_by_absence=True,
    not_visible=ask_for_missing,
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

github = register(
    Source(
        name=GITHUB,
        client=lambda: GitHubClient(StoredAnswer.objects.all(), GitHubAccount.current().user_id),
        is_configured=GitHubClient.is_configured,
        streams=(repositories,),
        work=mine,
        lend_a_hand=lend_a_hand,
    )
)
