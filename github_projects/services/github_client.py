"""GitHub's GraphQL and REST API (https://docs.github.com/en/rest, version 2022-11-28)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, NamedTuple, Protocol
from urllib.parse import urljoin, urlsplit

import requests
from django.conf import settings
from django.utils.crypto import salted_hmac

from lifetracker.http import (
    BadResponse,
    Door,
    NeedsReauthorization,
    NotAllowed,
    NotConfigured,
    Signals,
    TryLater,
    parsed,
    seconds_until,
)
from lifetracker.mapping import to_int

VERSION = "2022-11-28"
GRAPHQL = "/graphql"
# The end of addresses that stand for an account.
NOREPLY = "@users.noreply.github.com"
# With all these fields larger pages reach the ten seconds after which GitHub cuts an answer off.
PAGE_SIZES = (50, 25, 10, 5)
LISTED = "affiliation=owner&per_page=100&sort=full_name"
MOST_REDIRECTS = 3
# GitHub asks for at least a minute after a secondary limit that names no time, and for longer each
# time.
SECONDARY_WAIT = 60.0

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


class Kept(Protocol):
    """A stored answer: its tag, its body, and its Link header."""

    etag: str
    body: Any
    links: str


class Answers(Protocol):
    """Where answers are kept until GitHub says that they have changed."""

    def recall(self, key: str) -> Kept | None: ...

    def remember(self, key: str, etag: str, body: Any, links: str) -> None: ...


class Page(NamedTuple):
    body: Any
    links: str


class GraphQLUnavailable(BadResponse):
    """GraphQL cannot answer this, at any size of page."""


class GitHubSignals(Signals):
    """Which refusals pass by waiting, in the order that GitHub's page on rate limits gives."""

    # The limit is one for an hour.
    longest_window = 3600.0

    def refused(self, response: requests.Response, attempt: int) -> float | None:
        if response.status_code not in {HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}:
            return spent_graphql(response)
        named = seconds_until(response.headers.get("Retry-After"))
        if named is not None:
            return named
        if response.headers.get("X-RateLimit-Remaining") == "0":
            return until_reset(response)
        if re.search(r"secondary rate limit|abuse detection", response.text, re.I):
            return float(SECONDARY_WAIT * 2**attempt)
        # The rest are permissions that the token lacks.
        return SECONDARY_WAIT if response.status_code == HTTPStatus.TOO_MANY_REQUESTS else None

    def failed(self, response: requests.Response) -> str | None:
        # A GraphQL answer that took too long is asked for again in smaller pages.
        return None if response.url.endswith(GRAPHQL) else super().failed(response)


def spent_graphql(response: requests.Response) -> float | None:
    """GraphQL says with a 200 that its points are used up."""
    if (
        not response.url.endswith(GRAPHQL)
        or response.headers.get("X-RateLimit-Remaining") != "0"
        or not re.search(r'"errors"', response.text)
    ):
        return None
    return until_reset(response)


def until_reset(response: requests.Response) -> float:
    """Seconds until `X-RateLimit-Reset`, which is a moment in seconds since 1970."""
    seconds = seconds_until(response.headers.get("X-RateLimit-Reset"))
    return SECONDARY_WAIT if seconds is None else seconds + 1


class GitHubClient:
    """Requests with the person's token, one after another as GitHub wishes.

    Raises NotConfigured without a token, NeedsReauthorization for one that GitHub refuses, TryLater
    where time helps (with the time, if a limit is reached), BadResponse for the rest. `account`: the
    number of the only account whose token is taken; to another one everything here would seem gone.
    """

    service = "GitHub"

    def __init__(self, answers: Answers, account: int | None = None) -> None:
        token = settings.GITHUB_ACCESS_TOKEN
        if not token:
            raise NotConfigured(
                "GitHub: GITHUB_ACCESS_TOKEN is not set. Put it into .env (README, «Connect GitHub») and try again."
            )
        if not re.fullmatch(r"[!-~]+", token):
            raise NotConfigured(
                "GitHub: GITHUB_ACCESS_TOKEN holds a character that no token has. Copy it anew from GitHub's settings, «Developer settings»."
            )
        self._answers = answers
        self.door = Door(self.service, signals=GitHubSignals())
        self.remarks: list[str] = []
        self._headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {token}",
            "X-GitHub-Api-Version": VERSION,
            "X-Github-Next-Global-ID": "1",
        }
        # So that a stored answer is found again only with the token that it was given to.
        self._fingerprint = salted_hmac("github", token).hexdigest()
        self._account = account
        self.login = ""
        # Whether the token sees all that its owner may see, which only a classic one tells.
        self.sees_all = False
        self.user_id: int | None = None
        # When the token expires, if it does: every answer says so.
        self.token_expires_at: datetime | None = None

    @staticmethod
    def is_configured() -> bool:
        return bool(settings.GITHUB_ACCESS_TOKEN)

    def close(self) -> None:
        self.door.close()

    # --- Requests

    def get(self, path: str, params: Mapping[str, Any]) -> Any:
        query = requests.Request("GET", settings.GITHUB_API_URL + path, params=dict(params))
        return self._page(str(query.prepare().url)).body

    def _page(self, url: str) -> Page:
        """The answer, asked for only if it has changed: what has not costs nothing of the limit."""
        key = hashlib.sha256(f"{self._fingerprint} {url}".encode()).hexdigest()
        kept = self._answers.recall(key)
        response = self._send("GET", url, headers={"If-None-Match": kept.etag} if kept else {})
        if kept and response.status_code == HTTPStatus.NOT_MODIFIED:
            return Page(kept.body, kept.links)
        self._check(response)
        page = Page(self.door.json(response), response.headers.get("Link", ""))
        if etag := response.headers.get("ETag", ""):
            self._answers.remember(key, etag, page.body, page.links)
        return page

    def _send(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, **options: Any
    ) -> requests.Response:
        """The answer, with GitHub's redirects (what was renamed or transferred) followed, as long as
        they stay with the API."""
        sent = {**self._headers, **(headers or {})}
        for _ in range(MOST_REDIRECTS):
            response = self.door.request(method, url, headers=sent, **options)
            self._learn(response)
            if not response.is_redirect:
                return response
            url = self._own(urljoin(url, response.headers["Location"]))
        raise BadResponse("GitHub redirects again and again.", response.status_code)

    @staticmethod
    def _own(url: str) -> str:
        """The token goes nowhere but to the API. Raises BadResponse."""
        ours, theirs = urlsplit(settings.GITHUB_API_URL), urlsplit(url)
        if (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc):
            raise BadResponse("GitHub's answer leads to another host, where the token must not go.")
        return url

    def _learn(self, response: requests.Response) -> None:
        told = response.headers.get("GitHub-Authentication-Token-Expiration")
        if told:
            self.token_expires_at = expiration(told)
        scopes = response.headers.get("X-OAuth-Scopes", "").split(",")
        self.sees_all |= "repo" in [scope.strip() for scope in scopes]
        if response.headers.get("X-GitHub-SSO", "").startswith("partial-results"):
            self.remarks.append(
                "GitHub left out what belongs to organisations that want single sign-on. Authorise the token for them in GitHub's settings."
            )

    def _check(self, response: requests.Response) -> None:
        status = response.status_code
        if status == HTTPStatus.OK:
            return
        where = urlsplit(response.url).path
        reason = reason_of(response)
        if status == HTTPStatus.UNAUTHORIZED:
            raise NeedsReauthorization(
                "GitHub does not accept GITHUB_ACCESS_TOKEN: it is wrong, expired or revoked. Make a new one (README, «Connect GitHub») and put it into .env."
            )
        if status == HTTPStatus.FORBIDDEN:
            raise NotAllowed(
                f"GitHub does not allow {where} to this token: {missing(response)}.", status
            )
        raise BadResponse(f"GitHub answered {status} to {where} ({reason}).", status)

    # --- Data

    def repositories(self) -> Iterator[list[Item]]:
        """The person's own repositories, page by page, in the form of REST with two keys more:
        `tip_oid` (empty for a repository without a commit, None where it was not told) and
        `language_bytes` (None where they were not told). By GraphQL, which tells the tips, else by
        REST."""
        try:
            yield from ending(self._by_graphql())
        except GraphQLUnavailable:
            # From the beginning: the two have no common order.
            yield from ending(self._by_rest())

    def _by_graphql(self) -> Iterator[list[Any]]:
        sizes = list(PAGE_SIZES)
        after: str | None = None
        while True:
            viewer = self._viewer(sizes, after)
            self._who(viewer["login"], viewer["databaseId"])
            found = viewer["repositories"]
            yield [listed(node) for node in found["nodes"]]
            if not found["pageInfo"]["hasNextPage"]:
                return
            after = found["pageInfo"]["endCursor"]

    def _who(self, login: str, number: int) -> None:
        self.login, self.user_id = login, number
        if self._account not in {None, number}:
            raise NeedsReauthorization(
                f"GITHUB_ACCESS_TOKEN belongs to another account ({login}) than the repositories that are here. If that is meant, "
                "delete the GitHub account in the admin first; the repositories of the old one stay as they were last seen."
            )

    def _viewer(self, sizes: list[int], after: str | None) -> Item:
        """One page; where it takes GitHub too long, smaller ones from then on."""
        while sizes:
            answer = self._ask(REPOSITORIES, {"first": sizes[0], "after": after})
            if answer is not None:
                return answer
            sizes.pop(0)
        raise GraphQLUnavailable("GitHub's GraphQL does not answer even for small pages.")

    def _ask(self, query: str, variables: Item) -> Item | None:
        """The viewer of a GraphQL answer; None where GitHub took too long for it."""
        question = {"query": query, "variables": variables}
        response = self._send("POST", settings.GITHUB_API_URL + GRAPHQL, json=question)
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return None
        if response.status_code in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}:
            raise GraphQLUnavailable(f"GitHub's GraphQL is refused ({reason_of(response)}).")
        self._check(response)
        return viewer_of(self.door.json(response))

    def _by_rest(self) -> Iterator[list[Item]]:
        user = self.get("/user", {})
        try:
            login, number = str(user["login"]), to_int(user["id"])
        except (KeyError, TypeError, ValueError):
            raise BadResponse("GitHub: the answer to /user names no account.") from None
        self._who(login, number)
        url: str | None = f"{settings.GITHUB_API_URL}/user/repos?{LISTED}"
        while url:
            page = self._page(url)
            if not isinstance(page.body, list):
                raise BadResponse("GitHub: the answer to /user/repos is no list.")
            yield [from_rest(item) for item in page.body]
            following = next_link(page.links)
            url = self._own(following) if following else None

    def repository(self, repository_id: str) -> Item:
        """One by its number, wherever it is now. Raises BadResponse with the status where it is not there
        for this token."""
        item = self.get(f"/repositories/{repository_id}", {})
        if not isinstance(item, dict) or str(item.get("id")) != repository_id:
            raise BadResponse(f"GitHub answered with another repository than {repository_id}.")
        found: Item = from_rest(item)
        return found

    def languages(self, repository_id: str) -> dict[str, int]:
        """Bytes by language, as GitHub counts them."""
        found = self.get(f"/repositories/{repository_id}/languages", {})
        if not isinstance(found, dict):
            raise BadResponse("GitHub: the answer about languages is no object.")
        return found

    def emails(self) -> list[str]:
        """The addresses of the account. Raises NotAllowed for a token that may not read them."""
        try:
            return [str(entry["email"]) for entry in self.get("/user/emails", {})]
        except (KeyError, TypeError):
            raise BadResponse(
                "GitHub answered to /user/emails with no list of addresses."
            ) from None
        except BadResponse as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            raise NotAllowed(
                "GitHub does not allow /user/emails to this token: it lacks the scope user:email.",
                HTTPStatus.NOT_FOUND,
            ) from None

    def hidden_emails(self) -> list[str]:
        """The two that stand for an account that hides its own."""
        return [f"{self.login}{NOREPLY}", f"{self.user_id}+{self.login}{NOREPLY}"]


# --- Answers --------------------------------------------------------------------------------------


def ending(pages: Iterator[list[Any]]) -> Iterator[list[Any]]:
    """Raises BadResponse for a list without an end: one page may bring nothing new, where something
    was pushed in between, and not two in a row."""
    seen: set[str] = set()
    idle = 0
    for page in pages:
        ids = {str(item.get("id")) for item in page if isinstance(item, dict)}
        idle = 0 if ids - seen else idle + 1
        if idle > 1:
            raise BadResponse("GitHub's list of repositories seems to have no end.")
        seen |= ids
        yield page


def viewer_of(answer: Any) -> Item:
    """GraphQL tells errors with a 200, perhaps beside a part of the data; a part of a list is none.
    Raises BadResponse and GraphQLUnavailable."""
    errors = answer.get("errors") if isinstance(answer, dict) else None
    if errors:
        told = [error for error in errors if isinstance(error, dict)]
        kinds = {str(error.get("type", "")) for error in told}
        message = "; ".join(str(error.get("message", ""))[:200] for error in told[:3])
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


def listed(node: Any) -> Any:
    """In the form of REST; what is no repository stays as it came, for its mapping to refuse."""
    try:
        return as_rest(node)
    except (KeyError, TypeError, AttributeError):
        return node


def as_rest(node: Item) -> Item:
    """A repository of GraphQL in the form that REST gives."""
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


KEPT = (
    *("id", "name", "full_name", "html_url", "private", "fork", "archived", "disabled"),
    *("default_branch", "language", "size", "pushed_at"),
)


def from_rest(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    kept = {key: item[key] for key in KEPT if key in item}
    return kept | {"tip_oid": None, "language_bytes": None}


def next_link(links: str) -> str | None:
    """The address of the next page from a Link header, as it is."""
    for part in requests.utils.parse_header_links(links) if links else ():
        if part.get("rel") == "next":
            return str(part["url"])
    return None


def expiration(text: str) -> datetime | None:
    """`2026-12-01 10:00:00 UTC`, or with an offset; None for what is no such time."""
    try:
        moment = datetime.fromisoformat(text.strip().replace(" UTC", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def missing(response: requests.Response) -> str:
    """The permission that a 403 says it wants."""
    if "X-GitHub-SSO" in response.headers:
        return "the organisation wants it authorised for its single sign-on"
    wanted = response.headers.get("X-Accepted-GitHub-Permissions") or response.headers.get(
        "X-Accepted-OAuth-Scopes"
    )
    told = reason_of(response)
    return f"it lacks the permission {wanted} ({told})" if wanted else told


def reason_of(response: requests.Response) -> str:
    """GitHub's message, without the token should it ever be in one."""
    try:
        told = parsed(response)["message"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return "no reason given"
    return str(told).replace(settings.GITHUB_ACCESS_TOKEN, "…")[:200]
