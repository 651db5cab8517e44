"""The door to the network, against a real server, and its arithmetic on headers."""

from __future__ import annotations

import time
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import requests
from django.utils import timezone

from github_projects.services.github_requests import GitHubPolicy
from lifetracker.errors import BadResponse, NotConfigured, TryLater
from lifetracker.sync.http import (
    HttpClient,
    RateLimit,
    ResponsePolicy,
    place,
    seconds_until,
    wait_after_refusal,
)
from time_logs.services.toggl_client import QuotaPolicy
from whoop.services.whoop_client import DailySignals

PROFILE = "/developer/v2/user/profile/basic"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Waits that pass at once; how long they would have been."""
    waits: list[float] = []
    shift = [0.0]
    monotonic = time.monotonic

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        shift[0] += seconds

    monkeypatch.setattr(time, "sleep", sleep)
    monkeypatch.setattr(time, "monotonic", lambda: monotonic() + shift[0])
    return waits


@pytest.fixture
def address(sandbox: Any) -> str:
    return f"{sandbox.whoop.url}{PROFILE}"


@pytest.fixture
def bearer(sandbox: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {sandbox.whoop.issue_tokens()['access_token']}"}


@pytest.mark.parametrize(
    "fault", [{"kind": "status", "status": 503}, {"kind": "drop"}, {"kind": "cut"}]
)
def test_what_is_transient_is_tried_again(
    sandbox: Any, address: str, bearer: Any, fault: Any
) -> None:
    sandbox.faults.add(times=2, **fault)
    http = HttpClient("WHOOP")
    assert http.request("GET", address, headers=bearer).status_code == 200
    assert http.requests_made == 3


def test_four_attempts_are_enough(sandbox: Any, address: str, bearer: Any, quick: Any) -> None:
    sandbox.faults.add(times=None, kind="status", status=500)
    http = HttpClient("WHOOP")
    with pytest.raises(TryLater, match="500") as failure:
        http.request("GET", address, headers=bearer)
    assert http.requests_made == 4
    assert failure.value.after is None


def test_waits_between_attempts_are_not_all_alike(
    sandbox: Any, address: str, quick: list[float]
) -> None:
    sandbox.faults.add(times=None, kind="status", status=500)
    for _ in range(3):
        with pytest.raises(TryLater):
            HttpClient("WHOOP").request("GET", address)
    assert len({round(wait, 6) for wait in quick}) > 3


def test_a_refusal_is_not_tried_again(sandbox: Any, address: str) -> None:
    http = HttpClient("WHOOP")
    assert http.request("GET", address).status_code == 401
    assert http.requests_made == 1


def test_a_server_that_is_silent_does_not_hold_a_worker(
    sandbox: Any, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lifetracker.sync.http.READ_TIMEOUT", 0.2)
    sandbox.faults.add(times=None, kind="hang", seconds=3)
    began = time.monotonic()
    with pytest.raises(TryLater, match="ReadTimeout"):
        HttpClient("WHOOP").request("GET", address, attempts=1)
    assert time.monotonic() - began < 2


def test_nobody_is_there(quick: Any) -> None:
    with pytest.raises(TryLater, match="ConnectionError"):
        HttpClient("WHOOP").request("GET", "http://127.0.0.1:9/x")


def test_a_redirect_is_not_followed(requests_mock: Any) -> None:
    requests_mock.get(
        "https://a.example/", status_code=302, headers={"Location": "https://b.example/"}
    )
    assert HttpClient("X").request("GET", "https://a.example/").status_code == 302
    assert len(requests_mock.request_history) == 1


def test_what_is_no_json_is_said_without_its_content(sandbox: Any, address: str) -> None:
    sandbox.faults.add(kind="garbage")
    http = HttpClient("WHOOP")
    with pytest.raises(BadResponse, match="not JSON") as failure:
        http.json(http.request("GET", address))
    assert "Bad Gateway" not in str(failure.value)


@pytest.mark.parametrize(
    "body", ["9" * 5000, "[" * 100_000 + "]" * 100_000, '{"a": ', "", "\ufeff{}"]
)
def test_json_that_cannot_be_read(requests_mock: Any, body: str) -> None:
    requests_mock.get("https://a.example/", text=body)
    http = HttpClient("WHOOP")
    with pytest.raises(BadResponse, match="not JSON"):
        http.json(http.request("GET", "https://a.example/"))


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HTTP_PROXY", "http://"),
        ("HTTP_PROXY", "nonsense:abc"),
        ("REQUESTS_CA_BUNDLE", "/no/such.pem"),
    ],
)
def test_surroundings_that_cannot_be_used_are_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    scheme = "https" if variable == "REQUESTS_CA_BUNDLE" else "http"
    with pytest.raises(NotConfigured, match=variable):
        HttpClient("WHOOP").request("GET", f"{scheme}://whoop.example:9/", attempts=1)


@pytest.mark.parametrize("url", ["http://a b/", "http://", "ftp://x/", "x"])
def test_an_address_that_is_none_is_named(url: str) -> None:
    with pytest.raises(NotConfigured, match="address"):
        HttpClient("WHOOP").request("GET", url)


def test_a_place_has_no_password() -> None:
    assert place("http://user:secret@a.example:81/x") == "a.example:81/x"


def test_a_place_has_no_query() -> None:
    assert place("https://a.example/x/y?token=1") == "a.example/x/y"


# --- Limits ---------------------------------------------------------------------------------------


def answer(status: int = 200, **headers: str) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return response


def test_no_more_than_the_limit_in_any_window(quick: list[float]) -> None:
    limit = RateLimit(10, 60)
    sent: list[float] = []
    for _ in range(35):
        time.sleep(limit.delay())
        sent.append(time.monotonic())
        limit.count()
    for i, moment in enumerate(sent):
        assert len([m for m in sent[i:] if m < moment + 60]) <= 10
    assert sent[-1] - sent[0] < 3 * 60 + 1


def test_no_limit_no_wait() -> None:
    limit = RateLimit(0, 60)
    for _ in range(1000):
        limit.count()
    assert limit.delay() == 0


def test_a_part_that_others_used_is_waited_for(quick: list[float]) -> None:
    limit = RateLimit(100, 60)
    limit.count()
    limit.learn(answer(X_RateLimit_Remaining="0", X_RateLimit_Reset="40"))
    assert 40 < limit.delay() <= 41.1


def test_a_part_that_is_left_is_used() -> None:
    limit = RateLimit(100, 60)
    limit.learn(answer(X_RateLimit_Remaining="3", X_RateLimit_Reset="40"))
    assert limit.delay() == 0


def test_the_window_is_learned_and_a_lower_limit_of_ours_stands() -> None:
    limit = RateLimit(50, 60)
    limit.learn(answer(X_RateLimit_Limit="100, 100;window=2, 10000;window=86400"))
    assert (limit.limit, limit.window) == (50, 2)


@pytest.mark.parametrize("text", ["", "100", "a lot", ";window=", "100;window=x"])
def test_odd_headers_change_nothing(text: str) -> None:
    limit = RateLimit(100, 60)
    limit.learn(answer(X_RateLimit_Limit=text, X_RateLimit_Remaining="0", X_RateLimit_Reset=text))
    assert (limit.limit, limit.window) == (100, 60)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry_After": "7", "X_RateLimit_Reset": "50"}, 7),
        ({"X_RateLimit_Reset": "50"}, 51),
        ({"Retry_After": "Wed, 21 Oct 2015 07:28:00 GMT", "X_RateLimit_Reset": "3"}, 0),
        ({"Retry_After": "soon", "X_RateLimit_Reset": "3"}, 4),
        ({"Retry_After": "inf"}, 30 * 86_400),
        ({"Retry_After": "nan"}, 5),
        ({}, 5),
    ],
)
def test_how_long_a_429_asks_to_wait(headers: dict[str, str], seconds: float) -> None:
    assert wait_after_refusal(answer(429, **headers), 0) == seconds


def test_a_wait_for_hours_ends_the_run(requests_mock: Any) -> None:
    requests_mock.get("https://a.example/", status_code=429, headers={"X-RateLimit-Reset": "7200"})
    with pytest.raises(TryLater, match="2:00:01") as failure:
        HttpClient("WHOOP", RateLimit(100, 60)).request("GET", "https://a.example/")
    assert failure.value.after == timedelta(seconds=7201)


def test_a_429_for_ever_ends_too(requests_mock: Any, quick: Any) -> None:
    requests_mock.get("https://a.example/", status_code=429, headers={"Retry-After": "1"})
    with pytest.raises(TryLater, match="keeps reporting"):
        HttpClient("WHOOP").request("GET", "https://a.example/")


def test_waits_are_cut_so_that_a_lease_can_be_renewed(requests_mock: Any, quick: Any) -> None:
    requests_mock.get(
        "https://a.example/",
        [{"status_code": 429, "headers": {"Retry-After": "60"}}, {"json": {}}],
    )
    http = HttpClient("WHOOP")
    pulses: list[float] = []
    http.on_wait = pulses.append
    http.request("GET", "https://a.example/")
    assert len(pulses) >= 6 + 2
    assert max(quick) <= 10


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30", 30),
        ("0", 0),
        ("1.5", 1.5),
        ("-1", None),
        ("1e999", 30 * 86_400),
        ("nan", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("{moment}", 40),
        ("{millis}", 40),
        ("{iso}", 40),
        ("{http}", 40),
        ("1763900000", 0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
    ],
)
def test_a_moment_is_no_duration(text: str | None, seconds: float | None) -> None:
    moment = timezone.now() + timedelta(seconds=40)
    forms = {
        "moment": int(moment.timestamp()),
        "millis": int(moment.timestamp() * 1000),
        "iso": moment.isoformat(),
        "http": format_datetime(moment, usegmt=True),
    }
    found = seconds_until(text and text.format(**forms))
    assert found == (seconds if seconds is None else pytest.approx(seconds, abs=2))


@pytest.mark.parametrize("header", ["Retry-After", "X-RateLimit-Reset"])
@pytest.mark.parametrize(
    ("policy", "longest"),
    [
        (DailySignals(), timedelta(days=1)),
        (QuotaPolicy(), timedelta(hours=1)),
        (GitHubPolicy(), timedelta(hours=1)),
    ],
)
def test_no_wait_is_longer_than_the_longest_window_of_the_service(
    requests_mock: Any, header: str, policy: ResponsePolicy, longest: timedelta
) -> None:
    headers = {header: "2000000", "X-RateLimit-Remaining": "0"}
    requests_mock.get("https://a.example/", status_code=429, headers=headers)
    with pytest.raises(TryLater) as caught:
        HttpClient("A", policy=policy).request("GET", "https://a.example/")
    assert caught.value.after == longest
