"""Requests to GitHub's API with the owner's token (https://docs.github.com/en/rest, version 2022-11-28)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import NamedTuple, Protocol
from urllib.parse import urljoin, urlsplit

import requests
from django.conf import settings
from django.utils.crypto import salted_hmac

from github_projects.source import SOURCE
from lifetracker.errors import BadResponse, NeedsReauthorization, NotAllowed, NotConfigured
from lifetracker.sync.http import HttpClient, ResponsePolicy, parsed, seconds_until
from lifetracker.sync.lossless import Json
from lifetracker.sync.quotas import RequestQuota, quota_of

VERSION = "2022-11-28"
GRAPHQL = "/graphql"
MAX_REDIRECTS = 3
# GitHub asks for at least a minute after a secondary limit that names no time, and for longer each
# time.
SECONDARY_WAIT = 60.0


class CachedResponse(Protocol):
    """A stored response."""

    etag: str
    body: Json
    #: The Link header.
    links: str


class ResponseCache(Protocol):
    """Where responses are kept until GitHub says that they have changed."""

    def find(self, key: str) -> CachedResponse | None: ...

    def store(self, key: str, etag: str, body: Json, links: str) -> None: ...


class Page(NamedTuple):
    """The parsed body of a response, and its Link header."""

    body: Json
    links: str


class GitHubPolicy(ResponsePolicy):
    """Tells refusals that pass by waiting, in the order of GitHub's page on rate limits."""

    # The limit is for an hour.
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

    def quota(self, response: requests.Response) -> RequestQuota | None:
        headers = response.headers
        return quota_of(
            headers.get("X-RateLimit-Remaining"),
            # Requests and the points of GraphQL are counted apart.
            name="GraphQL points" if headers.get("X-RateLimit-Resource") == "graphql" else "",
            limits=headers.get("X-RateLimit-Limit", ""),
            window=int(self.longest_window),
            seconds=seconds_until(headers.get("X-RateLimit-Reset")),
        )

    def failed(self, response: requests.Response) -> str | None:
        # A GraphQL answer that took too long is requested again in smaller pages.
        return None if response.url.endswith(GRAPHQL) else super().failed(response)


def spent_graphql(response: requests.Response) -> float | None:
    """Return the seconds to wait where a GraphQL answer, of status 200, says that the points are used up."""
    if (
        not response.url.endswith(GRAPHQL)
        or response.headers.get("X-RateLimit-Remaining") != "0"
        or not re.search(r'"errors"', response.text)
    ):
        return None
    return until_reset(response)


def until_reset(response: requests.Response) -> float:
    """Return the seconds until `X-RateLimit-Reset`, which is a moment in seconds since 1970."""
    seconds = seconds_until(response.headers.get("X-RateLimit-Reset"))
    return SECONDARY_WAIT if seconds is None else seconds + 1


class GitHubRequests:
    """Sends requests with the token, one after another as GitHub wishes.

    Raises NotConfigured without a token, NeedsReauthorization for one that GitHub refuses, TryLater
    where time helps (with the time, if a limit is reached), BadResponse for the rest.
    """

    def __init__(self, cache: ResponseCache) -> None:
        token = usable_token()
        self.http = HttpClient(SOURCE.title, policy=GitHubPolicy())
        #: What the owner should know although nothing failed.
        self.remarks: list[str] = []
        #: Whether the token sees all that its owner may see, which only a classic one says.
        self.sees_all = False
        #: When the token expires, if it does: every response says so.
        self.token_expires_at: datetime | None = None
        self._cache = cache
        self._headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {token}",
            "X-GitHub-Api-Version": VERSION,
            "X-Github-Next-Global-ID": "1",
        }
        # So that a stored response is found again only with the token that it was given to.
        self._fingerprint = salted_hmac("github", token).hexdigest()

    def get(self, path: str, params: Mapping[str, object]) -> Json:
        """Return the parsed body."""
        query = requests.Request("GET", settings.GITHUB_API_URL + path, params=dict(params))
        return self.get_page(str(query.prepare().url)).body

    def get_page(self, url: str) -> Page:
        """Return the response; one that has not changed costs nothing of the rate limit."""
        key = hashlib.sha256(f"{self._fingerprint} {url}".encode()).hexdigest()
        cached = self._cache.find(key)
        response = self._send("GET", url, headers={"If-None-Match": cached.etag} if cached else {})
        if cached and response.status_code == HTTPStatus.NOT_MODIFIED:
            return Page(cached.body, cached.links)
        self.check(response)
        page = Page(self.http.json(response), response.headers.get("Link", ""))
        if etag := response.headers.get("ETag", ""):
            self._cache.store(key, etag, page.body, page.links)
        return page

    def post_graphql(self, query: str, variables: Mapping[str, object]) -> requests.Response:
        """Return the response, whatever its status."""
        return self._send(
            "POST",
            settings.GITHUB_API_URL + GRAPHQL,
            json={"query": query, "variables": dict(variables)},
        )

    def check(self, response: requests.Response) -> None:
        """Raise the error that the status stands for."""
        status = response.status_code
        if status == HTTPStatus.OK:
            return
        path = urlsplit(response.url).path
        if status == HTTPStatus.UNAUTHORIZED:
            raise NeedsReauthorization(
                "GitHub does not accept GITHUB_ACCESS_TOKEN: it is wrong, expired or revoked. Make a new one (docs/github.md) and put it into .env."
            )
        if status == HTTPStatus.FORBIDDEN:
            raise NotAllowed(
                f"GitHub does not allow this token to read {path}: {missing_permission(response)}.",
                status,
            )
        raise BadResponse(f"GitHub answered {status} to {path} ({reason_of(response)}).", status)

    def _send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        json: Mapping[str, object] | None = None,
    ) -> requests.Response:
        """Return the response, after redirects (of what was renamed or transferred) within the API."""
        sent = {**self._headers, **(headers or {})}
        for _ in range(MAX_REDIRECTS):
            response = self.http.request(method, url, headers=sent, json=json)
            self._learn(response)
            if not response.is_redirect:
                return response
            url = refuse_other_host(urljoin(url, response.headers["Location"]))
        raise BadResponse("GitHub redirects again and again.", response.status_code)

    def _learn(self, response: requests.Response) -> None:
        """Note what the headers say of the token."""
        if expires := response.headers.get("GitHub-Authentication-Token-Expiration"):
            self.token_expires_at = expiration(expires)
        scopes = response.headers.get("X-OAuth-Scopes", "").split(",")
        self.sees_all |= "repo" in [scope.strip() for scope in scopes]
        if response.headers.get("X-GitHub-SSO", "").startswith("partial-results"):
            self.remarks.append(
                "GitHub left out organisations that require single sign-on. Authorise the token for them in GitHub's settings."
            )


def usable_token() -> str:
    """Return the token. Raises NotConfigured."""
    token = str(settings.GITHUB_ACCESS_TOKEN)
    if not token:
        raise NotConfigured(
            "GitHub: GITHUB_ACCESS_TOKEN is not set. Put it into .env (docs/github.md) and try again."
        )
    if not re.fullmatch(r"[!-~]+", token):
        raise NotConfigured(
            "GitHub: GITHUB_ACCESS_TOKEN contains a character that no token has. Copy it again from GitHub's “Developer settings”."
        )
    return token


def refuse_other_host(url: str) -> str:
    """Return the URL. Raises BadResponse for one outside of the API, where the token must not go."""
    api, target = urlsplit(settings.GITHUB_API_URL), urlsplit(url)
    if (api.scheme, api.netloc) != (target.scheme, target.netloc):
        raise BadResponse("GitHub's answer leads to another host, where the token must not go.")
    return url


def next_link(links: str) -> str | None:
    """Return the address of the next page from a Link header."""
    for link in requests.utils.parse_header_links(links) if links else ():
        if link.get("rel") == "next":
            return str(link["url"])
    return None


def expiration(text: str) -> datetime | None:
    """Return the instant of `2026-12-01 10:00:00 UTC`, or with an offset; None for what is no such time."""
    try:
        moment = datetime.fromisoformat(text.strip().replace(" UTC", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def missing_permission(response: requests.Response) -> str:
    """Return which permission a 403 asks for, in words."""
    if "X-GitHub-SSO" in response.headers:
        return "the organisation requires the token to be authorised for its single sign-on"
    wanted = response.headers.get("X-Accepted-GitHub-Permissions") or response.headers.get(
        "X-Accepted-OAuth-Scopes"
    )
    reason = reason_of(response)
    return f"it lacks the permission {wanted} ({reason})" if wanted else reason


def reason_of(response: requests.Response) -> str:
    """Return GitHub's message, without the token should it ever be in one."""
    try:
        message = parsed(response)["message"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return "no reason given"
    return str(message).replace(settings.GITHUB_ACCESS_TOKEN, "…")[:200]
