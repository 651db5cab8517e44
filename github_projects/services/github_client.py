"""What Life Tracker reads from GitHub's GraphQL and REST API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, cast

from django.conf import settings

from github_projects.services.github_requests import (
    GitHubRequests,
    ResponseCache,
    next_link,
    reason_of,
    refuse_other_host,
)
from github_projects.source import SOURCE
from lifetracker.errors import BadResponse, NeedsReauthorization, NotAllowed, TryLater
from lifetracker.sync.http import HttpClient
from lifetracker.sync.lossless import Json
from lifetracker.sync.mapping import to_int

# The end of addresses that stand for an account.
NOREPLY = "@users.noreply.github.com"
# With all these fields larger pages reach the ten seconds after which GitHub cuts an answer off.
PAGE_SIZES = (50, 25, 10, 5)
REPOSITORY_LIST = "/user/repos?affiliation=owner&per_page=100&sort=full_name"

REPOSITORIES = """
query($first: Int!, $after: String) {
  viewer {
    login
    databaseId
    repositories(
      first: $first, after: $after, affiliations: [OWNER], ownerAffiliations: [OWNER],
      orderBy: {field: NAME, direction: ASC}
    ) {
      pageInfo { hasNextPage endCursor }
      nodes {
        databaseId name nameWithOwner url isPrivate isFork isArchived isDisabled isEmpty diskUsage
        pushedAt
        primaryLanguage { name }
        languages(first: 20, orderBy: {field: SIZE, direction: DESC}) { edges { size node { name } } }
        defaultBranchRef { name target { ... on Commit { oid } } }
      }
    }
  }
}
"""

Item = dict[str, Any]


class GraphQLUnavailable(BadResponse):
    """GraphQL cannot answer this, at any size of page."""


class GitHubClient:
    """Reads the owner's repositories and account. Raises what `GitHubRequests` raises.

    `account` is the number of the only account whose token is accepted: to another one all stored
    repositories would seem gone.
    """

    service = SOURCE.title

    def __init__(self, cache: ResponseCache, account: int | None = None) -> None:
        self._api = GitHubRequests(cache)
        self._lists = RepositoryLists(self._api, account)
        self.http: HttpClient = self._api.http
        self.remarks: list[str] = self._api.remarks

    @staticmethod
    def is_configured() -> bool:
        return bool(settings.GITHUB_ACCESS_TOKEN)

    def close(self) -> None:
        self.http.close()

    @property
    def sees_all(self) -> bool:
        """Return whether the token sees all that its owner may see, which only a classic one says."""
        return self._api.sees_all

    @property
    def token_expires_at(self) -> datetime | None:
        return self._api.token_expires_at

    @property
    def login(self) -> str:
        """Return the login of the account, empty before the list of repositories was read."""
        return self._lists.login

    @property
    def user_id(self) -> int | None:
        return self._lists.user_id

    def get(self, path: str, params: Mapping[str, object]) -> Json:
        return self._api.get(path, params)

    def repositories(self) -> Iterator[list[Item]]:
        """Yield the account's own repositories page by page, as received: by GraphQL, else by REST."""
        yield from self._lists.read()

    def repository(self, repository_id: str) -> Item:
        """Return one repository by its number, wherever it is now.

        Raises BadResponse with the status where it is not there for this token.
        """
        item = self.get(f"/repositories/{repository_id}", {})
        if not isinstance(item, dict) or str(item.get("id")) != repository_id:
            raise BadResponse(f"GitHub answered with another repository than {repository_id}.")
        return item

    def languages(self, repository_id: str) -> dict[str, int]:
        """Return bytes by language, as GitHub counts them."""
        found = self.get(f"/repositories/{repository_id}/languages", {})
        if not isinstance(found, dict):
            raise BadResponse("GitHub: the answer about languages is no object.")
        return found

    def emails(self) -> list[str]:
        """Return the addresses of the account. Raises NotAllowed for a token that may not read them."""
        try:
            entries = cast("list[Item]", self.get("/user/emails", {}))
            return [str(entry["email"]) for entry in entries]
        except (KeyError, TypeError):
            raise BadResponse(
                "GitHub answered to /user/emails with no list of addresses."
            ) from None
        except BadResponse as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            raise NotAllowed(
                "GitHub does not allow this token to read /user/emails: it lacks the scope user:email.",
                HTTPStatus.NOT_FOUND,
            ) from None

    def hidden_emails(self) -> list[str]:
        """Return the two addresses that stand for an account that hides its own."""
        return [f"{self.login}{NOREPLY}", f"{self.user_id}+{self.login}{NOREPLY}"]


class RepositoryLists:
    """Reads the list of repositories by GraphQL, which gives the tips, else by REST."""

    def __init__(self, api: GitHubRequests, account: int | None) -> None:
        self._api = api
        self._account = account
        self.login = ""
        self.user_id: int | None = None

    def read(self) -> Iterator[list[Item]]:
        """Yield the repositories page by page."""
        try:
            yield from refuse_endless(self._read_graphql())
        except GraphQLUnavailable:
            # From the beginning: the two have no common order.
            yield from refuse_endless(self._read_rest())

    def _read_graphql(self) -> Iterator[list[Any]]:
        sizes = list(PAGE_SIZES)
        after: str | None = None
        while True:
            viewer = self._read_viewer(sizes, after)
            self._accept_account(viewer["login"], viewer["databaseId"])
            page = viewer["repositories"]
            yield page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]

    def _accept_account(self, login: str, number: int) -> None:
        self.login, self.user_id = login, number
        if self._account not in {None, number}:
            raise NeedsReauthorization(
                f"GITHUB_ACCESS_TOKEN belongs to another account ({login}) than the repositories that are stored. If you want to change accounts, "
                "delete the GitHub account in the admin first. The repositories of the old account stay as they are."
            )

    def _read_viewer(self, sizes: list[int], after: str | None) -> Item:
        """Return one page; where that takes GitHub too long, `sizes` loses its first and a smaller one is read."""
        while sizes:
            viewer = self._ask(sizes[0], after)
            if viewer is not None:
                return viewer
            sizes.pop(0)
        raise GraphQLUnavailable("GitHub's GraphQL does not answer even for small pages.")

    def _ask(self, size: int, after: str | None) -> Item | None:
        """Return the viewer of a GraphQL answer, None where GitHub took too long."""
        response = self._api.post_graphql(REPOSITORIES, {"first": size, "after": after})
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return None
        if response.status_code in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}:
            raise GraphQLUnavailable(f"GitHub's GraphQL is refused ({reason_of(response)}).")
        self._api.check(response)
        return viewer_of(self._api.http.json(response))

    def _read_rest(self) -> Iterator[list[Any]]:
        user = cast("Item", self._api.get("/user", {}))
        try:
            login, number = str(user["login"]), to_int(user["id"])
        except (KeyError, TypeError, ValueError):
            raise BadResponse("GitHub: the answer to /user names no account.") from None
        self._accept_account(login, number)
        url: str | None = settings.GITHUB_API_URL + REPOSITORY_LIST
        while url:
            page = self._api.get_page(url)
            if not isinstance(page.body, list):
                raise BadResponse("GitHub: the answer to /user/repos is no list.")
            yield page.body
            following = next_link(page.links)
            url = refuse_other_host(following) if following else None


# --- Answers --------------------------------------------------------------------------------------


def refuse_endless(pages: Iterator[list[Any]]) -> Iterator[list[Any]]:
    """Yield the pages. Raises BadResponse for a list without an end.

    One page may bring nothing new, where something was pushed in between, and not two in a row.
    """
    seen: set[str] = set()
    pages_without_news = 0
    for page in pages:
        ids = {id_of(item) for item in page if isinstance(item, dict)}
        pages_without_news = 0 if ids - seen else pages_without_news + 1
        if pages_without_news > 1:
            raise BadResponse("GitHub's list of repositories seems to have no end.")
        seen |= ids
        yield page


def viewer_of(answer: Any) -> Item:
    """Return the viewer, with one page of repositories. Raises TryLater, BadResponse and GraphQLUnavailable.

    GraphQL reports errors with a 200, perhaps beside a part of the data; a part of a list is no list.
    """
    errors = answer.get("errors") if isinstance(answer, dict) else None
    if errors:
        details = [error for error in errors if isinstance(error, dict)]
        kinds = {str(error.get("type", "")) for error in details}
        message = "; ".join(str(error.get("message", ""))[:200] for error in details[:3])
        if "RATE_LIMITED" in kinds:
            raise TryLater(f"GitHub's GraphQL points are used up ({message}).")
        raise GraphQLUnavailable(f"GitHub's GraphQL refuses the question ({message}).")
    try:
        viewer = answer["data"]["viewer"]
        page = viewer["repositories"]["pageInfo"]
        more = page["hasNextPage"]
        leads_on = more is False or (more is True and bool(page["endCursor"]))
        known = bool(viewer["login"]) and type(viewer["databaseId"]) is int
        if isinstance(viewer["repositories"]["nodes"], list) and leads_on and known:
            return dict(viewer)
    except (KeyError, TypeError):
        pass
    raise BadResponse("GitHub's GraphQL answer has no list of repositories.")


def id_of(item: Item) -> str:
    """Return a repository's number, which the two APIs call by two names."""
    return str(item.get("databaseId", item.get("id")))


def normal_repository(payload: Item) -> Item:
    """Return a repository in the form of REST with two more keys, whichever API it came from.

    `tip_oid` is empty for a repository without a commit and None where it is not known,
    `language_bytes` is None where they are not known.
    """
    if "nameWithOwner" in payload:
        return as_rest(payload)
    kept = {key: payload[key] for key in USED_KEYS if key in payload}
    return {"tip_oid": None, "language_bytes": None} | kept


def as_rest(node: Item) -> Item:
    """Return a repository of GraphQL in the form of REST."""
    branch = node["defaultBranchRef"]
    target = branch and branch.get("target")
    # Without the permission for its contents a branch is null too: that is not an empty repository.
    hides_branch = not target and not node["isEmpty"]
    languages = node["languages"]
    return {
        "id": node["databaseId"],
        "name": node["name"],
        "full_name": node["nameWithOwner"],
        "html_url": node["url"],
        "private": node["isPrivate"],
        "fork": node["isFork"],
        "archived": node["isArchived"],
        "disabled": node["isDisabled"],
        "default_branch": branch["name"] if branch else None if hides_branch else "",
        "language": node["primaryLanguage"] and node["primaryLanguage"]["name"],
        "size": node["diskUsage"] or 0,
        "pushed_at": node["pushedAt"],
        "tip_oid": target["oid"] if target else None if hides_branch else "",
        "language_bytes": languages
        and {edge["node"]["name"]: edge["size"] for edge in languages["edges"]},
    }


USED_KEYS = (
    *("id", "name", "full_name", "html_url", "private", "fork", "archived", "disabled"),
    *("default_branch", "language", "size", "pushed_at"),
    # What an earlier version stored has these too.
    *("tip_oid", "language_bytes"),
)
