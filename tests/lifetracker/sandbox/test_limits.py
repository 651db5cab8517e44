"""The rate limiter and its headers."""

import time

from lifetracker.sandbox.server import Sandbox

from .conftest import Caller


def test_without_a_limit_there_are_no_headers(caller: Caller) -> None:
    answer = caller.get("/v2/cycle")
    assert not [name for name in answer.headers if name.lower().startswith("x-ratelimit")]


def test_every_answer_carries_the_three_headers(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.whoop.limits.configure(limit=100, window=60, day_limit=10_000)
    for number, path in enumerate(("/v2/cycle", "/v2/cycle/1", "/v2/cycle?limit=99"), start=1):
        headers = caller.get(path).headers
        assert headers["X-RateLimit-Limit"] == "100, 100;window=60, 10000;window=86400"
        assert headers["X-RateLimit-Remaining"] == str(100 - number)
        assert headers["X-RateLimit-Reset"] == "60"
    caller.session.headers["Authorization"] = "Bearer nonsense"
    assert caller.get("/v2/cycle").headers["X-RateLimit-Remaining"] == "96"


def test_over_the_limit_is_an_empty_429_without_retry_after(
    sandbox: Sandbox, caller: Caller
) -> None:
    sandbox.whoop.limits.configure(limit=2, window=60)
    assert [caller.get("/v2/cycle").status_code for _ in range(3)] == [200, 200, 429]
    refused = caller.get("/v2/cycle")
    assert refused.content == b""
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert 0 < int(refused.headers["X-RateLimit-Reset"]) <= 60
    assert "Retry-After" not in refused.headers


def test_waiting_as_told_is_enough(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.whoop.limits.configure(limit=1, window=1)
    assert caller.get("/v2/cycle").status_code == 200
    refused = caller.get("/v2/cycle")
    assert refused.status_code == 429
    time.sleep(int(refused.headers["X-RateLimit-Reset"]))
    assert caller.get("/v2/cycle").status_code == 200


def test_the_window_opens_with_its_first_request(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.whoop.limits.configure(limit=5, window=0.3)
    time.sleep(0.25)
    assert caller.get("/v2/cycle").headers["X-RateLimit-Remaining"] == "4"
    time.sleep(0.15)
    assert caller.get("/v2/cycle").headers["X-RateLimit-Remaining"] == "3"
    time.sleep(0.2)
    assert caller.get("/v2/cycle").headers["X-RateLimit-Remaining"] == "4"


def test_the_day_has_a_limit_of_its_own(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.whoop.limits.configure(limit=100, window=60, day_limit=2)
    caller.get("/v2/cycle")
    caller.get("/v2/cycle")
    refused = caller.get("/v2/cycle")
    assert refused.status_code == 429
    assert refused.headers["X-RateLimit-Limit"] == "2, 100;window=60, 2;window=86400"
    assert int(refused.headers["X-RateLimit-Reset"]) > 86_000


def test_tokens_are_not_counted(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.whoop.limits.configure(limit=1, window=60)
    answer = caller.refresh(caller.tokens["refresh_token"])
    assert "X-RateLimit-Limit" not in answer.headers
    caller.use(answer.json())
    assert caller.get("/v2/cycle").status_code == 200
    sandbox.whoop.limits.configure(limit=None)
    assert [caller.get("/v2/cycle").status_code for _ in range(3)] == [200] * 3
