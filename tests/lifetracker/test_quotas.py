"""What services say of how many requests they still take, and where that is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
from django.utils import timezone

from github_projects.services.github_requests import GitHubPolicy
from lifetracker.sync.http import ResponsePolicy
from lifetracker.sync.quotas import RequestQuota, tightest
from tests.conftest import NOW, run
from tests.github_projects.test_sync import few
from time_logs.services.toggl_client import QuotaPolicy
from weight.services.withings_client import EnvelopeSignals

HOUR = 3600
Said = tuple[str, int, int | None, int | None, float | None]


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    monkeypatch.setattr("time.time", NOW.timestamp)


def answer(headers: dict[str, str], path: str = "/any") -> requests.Response:
    response = requests.Response()
    response.headers.update(headers)
    response.url = f"https://service.example{path}"
    return response


def said(quota: RequestQuota | None) -> Said | None:
    """Return name, what is left, limit, window, and the seconds until the count begins anew."""
    if quota is None:
        return None
    assert quota.said_at == NOW
    left = quota.resets_at and (quota.resets_at - NOW).total_seconds()
    return quota.name, quota.remaining, quota.limit, quota.window, left


WHOOP = {"X-RateLimit-Limit": "100, 100;window=60, 10000;window=86400"}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (
            {**WHOOP, "X-RateLimit-Remaining": "98", "X-RateLimit-Reset": "3"},
            ("", 98, 100, 60, 3.0),
        ),
        (
            {
                "X-RateLimit-Limit": "10000, 100;window=60, 10000;window=86400",
                "X-RateLimit-Remaining": "12",
                "X-RateLimit-Reset": "40000",
            },
            ("", 12, 10_000, 86_400, 40_000.0),
        ),
        ({"X-RateLimit-Remaining": "7"}, ("", 7, None, None, None)),
        ({"X-RateLimit-Remaining": " 7 ", "X-RateLimit-Limit": "0"}, ("", 7, None, None, None)),
        (WHOOP, None),
        ({"X-RateLimit-Remaining": "many"}, None),
        ({"X-RateLimit-Remaining": "9" * 40}, None),
        ({"X-RateLimit-Remaining": "7", "X-RateLimit-Limit": "٣"}, ("", 7, None, None, None)),
        ({"X-RateLimit-Remaining": "7", "X-RateLimit-Reset": "soon"}, ("", 7, None, None, None)),
    ],
)
def test_whoop_and_whoever_says_it_in_this_way(
    headers: dict[str, str], expected: Said | None
) -> None:
    assert said(ResponsePolicy().quota(answer(headers))) == expected


@pytest.mark.parametrize(("resource", "name"), [("core", ""), ("graphql", "GraphQL points")])
def test_github_names_the_moment(resource: str, name: str) -> None:
    headers = {
        "X-RateLimit-Limit": "5000",
        "X-RateLimit-Remaining": "4812",
        "X-RateLimit-Reset": str(int(NOW.timestamp()) + 1200),
        "X-RateLimit-Resource": resource,
    }
    assert said(GitHubPolicy().quota(answer(headers))) == (name, 4812, 5000, HOUR, 1200.0)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/v9/me/time_entries", "Personal requests"),
        ("/reports/api/v3/workspace/9/search/time_entries", "Workspace requests"),
    ],
)
@pytest.mark.parametrize(("remaining", "left"), [("26", 26), ("0", 0), ("-3", 0)])
def test_toggl_says_what_is_left_and_of_nothing(
    path: str, name: str, remaining: str, left: int
) -> None:
    headers = {"X-Toggl-Quota-Remaining": remaining, "X-Toggl-Quota-Resets-In": "1800"}
    assert said(QuotaPolicy().quota(answer(headers, path))) == (name, left, None, HOUR, 1800.0)


def test_withings_says_nothing() -> None:
    assert EnvelopeSignals().quota(answer({})) is None


def test_the_tightest_is_the_one_of_which_the_smallest_part_is_left() -> None:
    def one(remaining: int, limit: int | None) -> RequestQuota:
        return RequestQuota("", remaining, limit, None, None, NOW)

    assert tightest([one(4000, 5000), one(60, 100), one(1, None)]) == one(60, 100)
    assert tightest([one(1, 5000), one(0, None)]) == one(0, None)
    assert tightest([]) is None


# --- Kept with the run, and said by the API -------------------------------------------------------


def kept(source: str) -> list[tuple[str, int, int | None]]:
    quotas = run(source).quotas
    assert all(datetime.fromisoformat(one["said_at"]) == NOW for one in quotas)
    return [(one["name"], one["remaining"], one["limit"]) for one in quotas]


def test_whoop_is_kept_with_the_run(whoop: Any, client: Any, admin_client: Any) -> None:
    whoop.limits.configure(limit=100)
    ended = run()
    assert ended.status == "success"
    (quota,) = ended.quotas
    # The request for the token is not counted by WHOOP, and there is none in this run.
    assert (quota["remaining"], quota["limit"], quota["window"]) == (100 - ended.requests, 100, 60)
    told = admin_client.get(f"/api/sync/runs/{ended.pk}").json()["quotas"]
    assert told == ended.quotas
    whoop.limits.configure(limit=None)
    assert run().quotas == [], "it is not carried over from a run to the next"


def test_toggl_counts_the_person_and_each_workspace(toggl: Any) -> None:
    toggl.quota.configure()
    found = kept("Toggl")
    assert {name for name, _, _ in found} <= {"Personal requests", "Workspace requests"}
    assert found
    assert all(limit is None and remaining > 0 for _, remaining, limit in found)


def test_github_counts_requests_and_points(github: Any) -> None:
    few(github)
    found = kept("GitHub")
    assert {name for name, _, _ in found} == {"", "GraphQL points"}
    assert all(0 < remaining < limit == 1_000_000 for _, remaining, limit in found)


def test_an_answer_that_says_nothing_leaves_what_was_said(withings: Any) -> None:
    assert run("Withings").quotas == []
    assert timezone.now() - NOW == timedelta(0)
