"""Answers have the members, kinds and headers of the recorded ones."""

from collections.abc import Iterator
from typing import Any

from .conftest import LIST, Caller, sample

# Of a recording that is older than these members, or of a public fork network.
NEWER = {"user_view_type", "verified_at", "status"}


def kinds(value: Any) -> Any:
    """Nested names and types; null fits everything."""
    if isinstance(value, dict):
        return {name: kinds(one) for name, one in value.items()}
    return type(value).__name__


def differences(ours: Any, theirs: Any, path: str = "") -> Iterator[str]:
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for name in theirs.keys() - ours.keys():
            yield f"{path}.{name} is missing"
        for name in theirs.keys() & ours.keys():
            yield from differences(ours[name], theirs[name], f"{path}.{name}")
    elif isinstance(theirs, list) and isinstance(ours, list):
        for mine, other in zip(ours[:1], theirs[:1], strict=False):
            yield from differences(mine, other, f"{path}[]")
    elif None not in (ours, theirs) and kinds(ours) != kinds(theirs):
        yield f"{path} is {kinds(ours)}, not {kinds(theirs)}"


def test_differences_are_found() -> None:
    theirs = {"a": 1, "b": [{"c": ""}], "d": {"e": 1}}
    assert sorted(differences({"b": [{"c": 2}], "d": {}}, theirs)) == [
        ".a is missing",
        ".b[].c is int, not str",
        ".d.e is missing",
    ]


def test_a_repository(reader: Caller) -> None:
    answer, recorded = reader.get("/repos/mara-lindner/shop-relaunch"), sample("repo_200.json")
    missing = set(differences(answer.json(), recorded["body"]))
    # Those of a repository that belongs to an organization.
    assert missing == {".organization is missing"}
    for name in recorded["headers"].keys() - {"x-oauth-scopes", "x-accepted-oauth-scopes"}:
        assert name in answer.headers, name


def test_the_list_of_repositories(reader: Caller) -> None:
    listed = reader.found("/user/repos")
    missing = set(differences(listed, sample("user_repos_200.json")["body"]))
    assert missing == {
        *(f"[].{name} is missing" for name in ("template_repository", "temp_clone_token")),
        *(f"[].allow_{how}_merge is missing" for how in ("rebase", "squash", "auto")),
        "[].allow_merge_commit is missing",
        "[].delete_branch_on_merge is missing",
        *(f"[].{name}_count is missing" for name in ("subscribers", "network")),
    }


def test_commits(reader: Caller) -> None:
    answer = reader.get("/repos/mara-lindner/shop-relaunch/commits", per_page=5)
    recorded = sample("commits_page_200.json")
    assert list(differences(answer.json(), recorded["body"])) == []
    assert answer.headers["link"].count("rel=") == recorded["headers"]["link"].count("rel=")


def test_the_rate_limit(reader: Caller) -> None:
    missing = set(differences(reader.found("/rate_limit"), sample("rate_limit_200.json")["body"]))
    assert {one.split(".")[1] for one in missing} == {"resources"}
    shown = reader.found("/rate_limit")["resources"]
    assert {"core", "search", "graphql"} == shown.keys()


def test_errors(reader: Caller) -> None:
    gone = reader.get("/repos/mara-lindner/nothing-here")
    assert gone.status_code == sample("not_found_404.json")["status"]
    assert gone.json().keys() - NEWER == sample("not_found_404.json")["body"].keys()
    assert gone.json()["message"] == "Not Found"
    empty, recorded = (
        reader.get("/repos/mara-lindner/sketches/commits"),
        sample("synthetic_empty_repo_409.json"),
    )
    assert empty.status_code == recorded["status"]
    assert empty.json() == recorded["body"]


def test_the_graphql_list(reader: Caller) -> None:
    recorded = sample("synthetic_graphql_viewer_repositories_200.json")
    answer = reader.post(LIST)
    missing = set(differences(answer.json(), recorded["body"]))
    nodes = ".data.viewer.repositories.nodes[]"
    # The sample was asked for more than the query asks for.
    assert missing == {
        f"{nodes}.url is missing",
        f"{nodes}.isLocked is missing",
        f"{nodes}.defaultBranchRef.target.__typename is missing",
        f"{nodes}.defaultBranchRef.target.history is missing",
        ".data.rateLimit.nodeCount is missing",
    }
    assert recorded["headers"].keys() <= {name.lower() for name in answer.headers}
    assert answer.headers["x-ratelimit-resource"] == "graphql"
