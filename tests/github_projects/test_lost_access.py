"""What the token does not show any more is not deleted, and what it may not read is not empty."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from github_projects.models import Commit, GitHubAccount, Repository
from lifetracker.models import SyncState
from lifetracker.sandbox.github.people import ON_GITHUB, PRIVATE
from tests.conftest import NOW, run
from tests.github_projects.test_sync import (
    EXPECTED,
    GITHUB,
    SMALL,
    Moving,
    numbers,
    one_commit,
    only,
    stored,
)


@pytest.fixture
def two(github: Any) -> Any:
    """One private repository and a public one, both known here."""
    github.add_repository("small", SMALL, private=True)
    github.add_repository("open", one_commit(b"x = 1\n"))
    only(github, "small", "open")
    assert run(GITHUB).error == ""
    return github


def totals() -> Any:
    return Repository.objects.totals(), Commit.objects.live().count()


def requests_for(sandbox: Any, part: str) -> int:
    return sum(part in request.path for request in sandbox.requests)


@pytest.mark.parametrize("graphql", ["on", "off"])
def test_a_narrowed_token_hides_and_deletes_nothing(
    two: Any, sandbox: Any, at: Moving, graphql: str
) -> None:
    two.options.configure(graphql=graphql)
    before, figures = numbers("small"), totals()
    two.narrow_token("open")
    at(NOW + timedelta(days=1))
    record = run(GITHUB)
    assert record.status == "success"
    assert record.total("deleted") == 0
    assert f"does not show {two.login}/small" in record.error
    assert "Contents: read" in record.error
    hidden = stored("small")
    assert hidden.deleted_at is None
    assert hidden.not_visible_since == NOW + timedelta(days=1)
    assert (numbers("small"), totals()) == (before, figures), "its commits still count"
    assert (record.progress_done, record.progress_total) == (1, 1)
    assert hidden.failure == ""

    at(NOW + timedelta(days=2))
    sandbox.requests.clear()
    assert "does not show" in run(GITHUB).error, "for as long as it lasts"
    assert not requests_for(sandbox, "/repositories/"), "it is asked for once"
    assert stored("small").not_visible_since == NOW + timedelta(days=1)

    two.widen_token()
    two.commit("small", {"new.py": "a = 1\n"})
    record = run(GITHUB)
    assert record.error == ""
    assert stored("small").not_visible_since is None
    assert stored("small").commit_count == before["commit_count"] + 1


def test_a_token_without_private_repositories_keeps_them(two: Any) -> None:
    figures = totals()
    two.options.configure(private=False)
    assert run(GITHUB).total("deleted") == 0
    assert totals() == figures
    assert stored("open").not_visible_since is None


def test_an_empty_list_deletes_nothing(two: Any, sandbox: Any) -> None:
    figures = totals()
    two.narrow_token()
    record = run(GITHUB)
    assert record.total("deleted") == 0
    assert totals() == figures
    assert stored("open").not_visible_since is None, "a public one is shown to everybody"
    assert requests_for(sandbox, "/repositories/") == 2


def test_a_deleted_one_stays_until_the_owner_says_so(
    two: Any, client: Client, settings: Any
) -> None:
    two.delete("small")
    assert "mark them as deleted in the admin" in run(GITHUB).error
    assert stored("small").deleted_at is None
    client.force_login(User.objects.create_superuser("robin"))
    asked = {
        "action": "mark_deleted",
        "_selected_action": list(Repository.objects.values_list("pk", flat=True)),
    }
    page = client.post("/admin/github_projects/repository/", asked, follow=True)
    assert "1 of 2 are marked as deleted" in page.content.decode()
    assert stored("small").deleted_at == NOW
    assert stored("open").deleted_at is None
    assert run(GITHUB).error == ""
    assert stored("small").commit_count == EXPECTED["total_commits"], "its numbers are kept"


def test_one_that_was_handed_over_is_followed(two: Any, at: Moving) -> None:
    two.transfer("small", "orchestra")
    record = run(GITHUB)
    assert (record.status, record.error, record.total("deleted")) == ("success", "", 0)
    assert stored("small").full_name == "orchestra/small"
    assert stored("small").not_visible_since is None
    at(NOW + timedelta(hours=1))
    two.commit("orchestra/small", {"new.py": "a = 1\n"})
    assert run(GITHUB).error == ""
    assert stored("small").commit_count == EXPECTED["total_commits"] + 1


def test_an_organisation_that_wants_single_sign_on_is_named(two: Any) -> None:
    two.transfer("small", "orchestra")
    run(GITHUB)
    before = numbers("small")
    two.require_sso("orchestra")
    record = run(GITHUB)
    assert "single sign-on" in record.error
    assert record.total("deleted") == 0
    assert stored("small").not_visible_since == NOW
    assert numbers("small") == before


def test_an_answer_that_cannot_be_given_claims_nothing(two: Any, sandbox: Any) -> None:
    claimed = SyncState.objects.get(source=GITHUB).verified_to
    two.narrow_token("open")
    sandbox.faults.add("/repositories/", kind="status", status=418, times=None)
    record = run(GITHUB)
    assert record.status == "partial"
    assert stored("small").not_visible_since is None
    assert SyncState.objects.get(source=GITHUB).verified_to == claimed


def test_a_renamed_account_keeps_its_repositories_and_its_commits(two: Any, at: Moving) -> None:
    two.commit("open", {"b.py": "y = 1\n"}, email=ON_GITHUB.email)
    two.commit("open", {"c.py": "y = 1\n"}, email="mara-lindner@users.noreply.github.com")
    run(GITHUB)
    assert stored("open").my_commit_count == 2
    rows = set(Repository.objects.values_list("pk", "source_id"))
    two.options.configure(emails=False)
    two.rename_user("mara-bergmann")
    new = f"{two.user_id}+mara-bergmann@users.noreply.github.com"
    two.commit("open", {"d.py": "y = 1\n"}, email=new)
    at(NOW + timedelta(days=1))
    record = run(GITHUB)
    assert record.status == "success"
    assert set(Repository.objects.live().values_list("pk", "source_id")) == rows
    assert stored("open").full_name == "mara-bergmann/open"
    assert GitHubAccount.current().login == "mara-bergmann"
    assert stored("open").my_commit_count == 3


def test_commits_under_a_login_of_long_ago_are_mine(github: Any) -> None:
    """GitHub puts the number of the account before it."""
    github.add_repository("open", one_commit(b"x = 1\n"))
    only(github, "open")
    github.options.configure(emails=False)
    old = f"{github.user_id}+mara-of-old@users.noreply.github.com"
    github.commit("open", {"b.py": "y = 1\n"}, email=old)
    run(GITHUB)
    assert Commit.objects.get(mine=True).author_email == old


@pytest.mark.parametrize("kind", ["fine_grained", "classic"])
def test_without_the_permission_for_addresses_commits_stay_mine(
    two: Any, settings: Any, kind: str
) -> None:
    two.commit("open", {"b.py": "y = 1\n"}, email=PRIVATE.email)
    run(GITHUB)
    assert stored("open").my_commit_count == 1
    two.options.configure(emails=False, token_kind=kind)
    settings.GITHUB_ACCESS_TOKEN = two.token
    record = run(GITHUB)
    assert record.status == "success"
    assert ("email_addresses=read" if kind == "fine_grained" else "user:email") in record.error
    assert stored("open").my_commit_count == 1
    assert PRIVATE.email in GitHubAccount.current().emails
    two.options.configure(emails=True)
    assert run(GITHUB).error == ""


def test_a_branch_that_is_not_told_is_no_empty_repository(two: Any, sandbox: Any) -> None:
    """As for a token without the permission for the contents."""
    answer = {"data": {"viewer": listing(two, defaultBranchRef=None, isEmpty=False)}}
    before = numbers("small")
    sandbox.faults.add("/graphql", kind="status", status=200, body=json.dumps(answer), times=None)
    record = run(GITHUB, full=True)
    assert record.status == "success", record.error
    assert numbers("small") == before
    assert stored("small").default_branch == "main"
    assert Commit.objects.live().count() == EXPECTED["total_commits"] + 1


def test_languages_that_are_not_told_stay(two: Any, sandbox: Any) -> None:
    known = stored("small").languages
    assert known
    answer = {"data": {"viewer": listing(two, languages=None)}}
    sandbox.faults.add("/graphql", kind="status", status=200, body=json.dumps(answer), times=None)
    sandbox.faults.add("/languages", kind="status", status=403, body="{}", times=None)
    record = run(GITHUB, full=True)
    assert "languages of 2 repositories could not be read" in record.error
    assert stored("small").languages == known


def listing(github: Any, **changed: Any) -> dict[str, Any]:
    """The viewer as GraphQL shows her, with her repositories changed."""
    nodes = [
        {
            "databaseId": int(row.source_id),
            "name": row.name,
            "nameWithOwner": row.full_name,
            "url": row.html_url,
            "isPrivate": row.private,
            "isFork": False,
            "isArchived": False,
            "isDisabled": False,
            "isEmpty": False,
            "diskUsage": row.repository_size_kb,
            "pushedAt": row.pushed_at.isoformat(),
            "primaryLanguage": None,
            "languages": {"edges": []},
            "defaultBranchRef": {"name": row.default_branch, "target": {"oid": row.tip_oid}},
            **changed,
        }
        for row in Repository.objects.all()
    ]
    page = {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": nodes}
    return {"login": github.login, "databaseId": github.user_id, "repositories": page}
