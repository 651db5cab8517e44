"""Toggl Track's API v9 and its Reports API v3 (https://engineering.toggl.com/docs)."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.auth import HTTPBasicAuth

from lifetracker.errors import BadResponse, NeedsReauthorization, NotAllowed, NotConfigured
from lifetracker.sync.http import HttpClient, RateLimit, ResponsePolicy, seconds_until
from lifetracker.sync.lossless import Json
from lifetracker.sync.mapping import Item
from lifetracker.sync.quotas import RequestQuota, quota_of
from time_logs.source import SOURCE

ME = "/api/v9/me"
SUBSCRIPTIONS = "/webhooks/api/v1/subscriptions"
# Rows of the reports to a request: their default of 50 would use up an hour's quota for one busy
# month.
PAGE_SIZE = 1000


class TooOld(BadResponse):
    """The start lies before what `/me/time_entries` gives. `earliest` is the first date that it
    takes."""

    def __init__(self, message: str, earliest: date) -> None:
        super().__init__(message, HTTPStatus.BAD_REQUEST)
        self.earliest = earliest


class Quota(RateLimit):
    """The pace, and the requests that are left of an hour's quota, which every answer tells."""

    def learn(self, response: requests.Response) -> None:
        seconds = quota_reset(response)
        if seconds is not None:
            self._blocked_until = time.monotonic() + seconds


def quota_reset(response: requests.Response) -> float | None:
    """Return the seconds until a quota that is used up opens again; None while there is something left."""
    remaining = response.headers.get("X-Toggl-Quota-Remaining", "")
    # It is negative after requests that were refused.
    if not re.fullmatch(r"0|-\d+", remaining):
        return None
    reset = seconds_until(response.headers.get("X-Toggl-Quota-Resets-In"))
    # Whole seconds, perhaps rounded down.
    return None if reset is None else reset + 1


class QuotaPolicy(ResponsePolicy):
    """402 is a quota that is used up, or a feature that the plan lacks: only the first passes."""

    # The quota is one for an hour.
    longest_window = 3600.0

    def refused(self, response: requests.Response, attempt: int) -> float | None:
        if response.status_code == HTTPStatus.PAYMENT_REQUIRED:
            return quota_reset(response)
        return super().refused(response, attempt)

    def quota(self, response: requests.Response) -> RequestQuota | None:
        # Toggl says what is left, and not of how many: the plan decides that.
        return quota_of(
            response.headers.get("X-Toggl-Quota-Remaining"),
            name=f"{scope_of(urlsplit(response.url).path).capitalize()} requests",
            window=int(self.longest_window),
            seconds=seconds_until(response.headers.get("X-Toggl-Quota-Resets-In")),
        )


def scope_of(path: str) -> str:
    """Return whose quota a request counts for: the person's own, or that of a workspace."""
    return "personal" if ME in path else "workspace"


class Cursor(NamedTuple):
    """Where the next page of a report begins."""

    id: int
    row: int


class Session:
    """Requests with the owner's API token.

    Raises NotConfigured without a token, NeedsReauthorization for one that Toggl refuses, TryLater
    where time helps (with the time, if a quota is used up), BadResponse for the rest.
    """

    def __init__(self) -> None:
        if not settings.TOGGL_API_TOKEN:
            raise NotConfigured(
                "Toggl: TOGGL_API_TOKEN is not set. Put it into .env (docs/toggl.md) and try again."
            )
        if not re.fullmatch(r"[!-~]+", settings.TOGGL_API_TOKEN):
            raise NotConfigured(
                "Toggl: TOGGL_API_TOKEN contains an invalid character. Copy it again from the bottom of your profile page at Toggl."
            )
        pace = settings.TOGGL_REQUESTS_PER_MINUTE
        limit, window = (1, 60 / pace) if pace else (0, 1.0)
        # Requests for the person and requests to a workspace have quotas of their own.
        self._quotas = {scope: Quota(limit, window) for scope in ("personal", "workspace")}
        self.http = HttpClient(SOURCE.title, policy=QuotaPolicy())
        # Whether Toggl has taken the token since this session began.
        self._was_accepted = False
        self._auth = HTTPBasicAuth(settings.TOGGL_API_TOKEN, "api_token")

    def get(self, path: str, params: Mapping[str, Any]) -> Any:
        return self.http.json(self.request("GET", path, params=params))

    def list(self, path: str, params: Mapping[str, str | int]) -> list[Json]:
        return listed(self.get(path, params), path)

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """Return a successful answer."""
        return self.check(self.send(method, path, **options), path)

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        """Return an answer of whatever status."""
        self.http.rate_limit = self._quotas[scope_of(path)]
        url = settings.TOGGL_API_URL + path
        return self.http.request(method, url, auth=self._auth, **options)

    def check(self, response: requests.Response, path: str) -> requests.Response:
        status = response.status_code
        if status == HTTPStatus.OK:
            self._was_accepted = True
            return response
        reason = reason_of(response)
        # A workspace may refuse its reports, and a plan its lists, to a token that is good.
        is_part = self._was_accepted or not path.startswith(ME)
        if status == HTTPStatus.FORBIDDEN and is_part:
            raise NotAllowed(
                f"Toggl does not allow {path} ({status}: {reason}). Your membership or plan may have changed. Stored records are kept.",
                status,
            )
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            raise NeedsReauthorization(
                "Toggl does not accept TOGGL_API_TOKEN. Copy the token again from the bottom of your profile page at Toggl to .env."
            )
        if status == HTTPStatus.PAYMENT_REQUIRED:
            raise BadResponse(f"Toggl: your plan does not include {path} ({reason}).", status)
        earliest = earliest_of(reason)
        if status == HTTPStatus.BAD_REQUEST and earliest:
            raise TooOld(f"Toggl: {reason}.", earliest)
        raise BadResponse(f"Toggl answered {status} to {path} ({reason}).", status)


class Reports:
    """The detailed report of a workspace, page by page."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._page_size: int | None = PAGE_SIZE

    def page(
        self, workspace: int, user: int, first: date, last: date, cursor: Cursor | None
    ) -> tuple[list[Json], Cursor | None]:
        """Return the rows of one user over the days from `first` to `last`, both included, at most 366 of them,
        and where the next page begins."""
        path = f"/reports/api/v3/workspace/{workspace}/search/time_entries"
        asked: dict[str, Json] = {
            "start_date": first.isoformat(),
            "end_date": last.isoformat(),
            # Without it a workspace gives everybody's entries.
            "user_ids": [user],
            "order_by": "date",
            "order_dir": "ASC",
            "grouped": False,
            "enrich_response": True,
            # Without it the person's own rounding distorts the times.
            "rounding": 0,
            "rounding_minutes": 0,
        }
        if cursor:
            asked |= {"first_id": cursor.id, "first_row_number": cursor.row}
        response = self._ask(path, asked)
        return listed(self._session.http.json(response), path), cursor_of(response)

    def _ask(self, path: str, asked: dict[str, Json]) -> requests.Response:
        """Ask for a page as large as may be, which is not documented: where the wish is refused, in Toggl's
        own size."""
        if self._page_size:
            sized = {**asked, "page_size": self._page_size}
            response = self._session.send("POST", path, json=sized)
            if response.status_code != HTTPStatus.BAD_REQUEST:
                return self._session.check(response, path)
            self._page_size = None
        return self._session.request("POST", path, json=asked)


class Subscriptions:
    """The webhook subscriptions of a workspace."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of(self, workspace: int) -> list[Item]:
        """Return the subscriptions of everybody in the workspace whom this person may see."""
        found = self._session.list(f"{SUBSCRIPTIONS}/{workspace}", {})
        return [one for one in found if isinstance(one, dict)]

    def save(self, workspace: int, wanted: Item, subscription: int | None = None) -> None:
        """Make a subscription, or change the one that is there. Toggl delivers a ping before it answers."""
        path = f"{SUBSCRIPTIONS}/{workspace}"
        if subscription is None:
            self._session.request("POST", path, json=wanted)
        else:
            self._session.request("PUT", f"{path}/{subscription}", json=wanted)

    def delete(self, workspace: int, subscription: int) -> None:
        self._session.request("DELETE", f"{SUBSCRIPTIONS}/{workspace}/{subscription}")


class TogglClient:
    """What Toggl has of the owner. Raises what `Session` does. The answer of `/me` holds the token itself: it is
    never kept."""

    service = SOURCE.title

    def __init__(self) -> None:
        self.session = Session()
        self.http = self.session.http
        self.remarks: list[str] = []
        self.subscriptions = Subscriptions(self.session)
        self._reports = Reports(self.session)

    @staticmethod
    def is_configured() -> bool:
        return bool(settings.TOGGL_API_TOKEN)

    def close(self) -> None:
        self.http.close()

    def get(self, path: str, params: Mapping[str, Any]) -> Any:
        return self.session.get(path, params)

    @cached_property
    def me(self) -> Item:
        """Return the `id` of the person, `workspaces`, `clients`, `projects` (those that are not archived) and
        `tags`, in one request."""
        answer = self.get(ME, {"with_related_data": "true"})
        if not isinstance(answer, dict) or type(answer.get("id")) is not int:
            raise BadResponse(f"Toggl: the answer to {ME} has no id.")
        names = ("workspaces", "clients", "projects", "tags")
        return {"id": answer["id"]} | {name: listed(answer.get(name), ME) for name in names}

    def entries(self, **params: str | int) -> list[Json]:
        """Return `/me/time_entries`: the person's own entries over all workspaces, at most 1,000, without
        a word on what was cut off."""
        return self.session.list(f"{ME}/time_entries", params)

    @cached_property
    def current(self) -> list[Json]:
        """Return the entry that is running, which no report has, or nothing."""
        answer = self.get(f"{ME}/time_entries/current", {})
        return [answer] if answer else []

    def projects(self) -> list[Json]:
        """Return all projects, the archived ones too."""
        return self.session.list(f"{ME}/projects", {"include_archived": "true"})

    def clients(self) -> list[Json]:
        return self.session.list(f"{ME}/clients", {})

    def report(
        self, workspace: int, first: date, last: date, cursor: Cursor | None
    ) -> tuple[list[Json], Cursor | None]:
        """Return a page of the owner's rows in the detailed report, as `Reports.page` does."""
        return self._reports.page(workspace, self.me["id"], first, last, cursor)


class NullList(list[Json]):
    """An empty list that came as null, as Toggl's lists may. It proves less than an empty one."""


def listed(answer: Json, path: str) -> list[Json]:
    if answer is None:
        return NullList()
    if not isinstance(answer, list):
        raise BadResponse(f"Toggl: the answer to {path} is not a list.")
    return answer


def cursor_of(response: requests.Response) -> Cursor | None:
    """Read the cursor from the headers; without them it was the last page. Raises BadResponse for what is
    neither."""
    values = [response.headers.get(f"X-Next-{name}", "") for name in ("ID", "Row-Number")]
    if not any(values):
        return None
    if not all(re.fullmatch(r"\d{1,18}", value) for value in values):
        raise BadResponse("Toggl: a report does not say where its next page starts.")
    return Cursor(*map(int, values))


def reason_of(response: requests.Response) -> str:
    """Return the text of an error, which comes as a JSON string or as bare text, under any content type. A
    page of HTML says nothing, and an object may be an answer of another kind, such as `/me` with the token in it."""
    text = response.text.strip()
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        parsed = text
    reason = parsed.strip() if isinstance(parsed, str) else ""
    reason = reason.replace(settings.TOGGL_API_TOKEN, "…")
    return "no reason given" if not reason or reason[0] in "<{[" else reason[:200]


def earliest_of(reason: str) -> date | None:
    found = re.search(r"must not be earlier than (\d{4}-\d\d-\d\d)", reason)
    try:
        earliest = date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None
    return earliest if earliest and earliest.year < 9999 else None
