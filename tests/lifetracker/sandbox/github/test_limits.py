"""Primary limits of REST and of GraphQL, and the secondary one."""

import time

import pytest

from .conftest import LIST, Caller, sample


def test_headers_count_down(caller: Caller) -> None:
    caller.github.limits.configure(core=10)
    for used in (1, 2, 3):
        headers = caller.get("/user").headers
        assert headers["X-RateLimit-Limit"] == "10"
        assert headers["X-RateLimit-Used"] == str(used)
        assert headers["X-RateLimit-Remaining"] == str(10 - used)
        assert headers["X-RateLimit-Resource"] == "core"
    # By real time, not by the sandbox's clock.
    assert 3500 < int(headers["X-RateLimit-Reset"]) - time.time() <= 3601


def test_rest_used_up(caller: Caller) -> None:
    caller.github.limits.configure(core=2)
    answers = [caller.get("/user") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 403]
    assert "API rate limit exceeded" in answers[2].json()["message"]
    assert answers[2].headers["X-RateLimit-Remaining"] == "0"
    assert "Retry-After" not in answers[2].headers
    assert caller.post(LIST).json()["data"]


def test_the_limit_can_be_asked_for_nothing(caller: Caller) -> None:
    caller.github.limits.configure(core=1)
    for _ in range(3):
        core = caller.found("/rate_limit")["resources"]["core"]
        assert (core["remaining"], core["used"]) == (1, 0)
    caller.get("/user")
    assert caller.found("/rate_limit")["rate"]["remaining"] == 0


def test_graphql_used_up_is_a_200(caller: Caller) -> None:
    caller.github.limits.configure(graphql=1)
    assert "errors" not in caller.post(LIST).json()
    answer = caller.post(LIST)
    assert answer.status_code == 200
    assert [one["type"] for one in answer.json()["errors"]] == ["RATE_LIMITED"]
    assert "data" not in answer.json()
    assert answer.headers["X-RateLimit-Remaining"] == "0"
    assert answer.headers["X-RateLimit-Resource"] == "graphql"
    assert caller.get("/user").status_code == 200


def test_the_window_ends(caller: Caller) -> None:
    caller.github.limits.configure(core=1, graphql=1, window=0.6)
    assert [caller.get("/user").status_code for _ in range(2)] == [200, 403]
    time.sleep(0.65)
    assert caller.get("/user").status_code == 200


def test_nobody_has_a_limit_of_their_own(caller: Caller) -> None:
    caller.github.limits.configure(anonymous=2, core=1)
    caller.use(None)
    path = "/repos/mara-lindner/sketches"
    known = {"If-None-Match": caller.get(path).headers["ETag"]}
    # Without a token what has not changed counts as well.
    assert [caller.get(path, headers=known).status_code for _ in range(2)] == [304, 403]
    caller.use(caller.github.token)
    assert caller.get(path).status_code == 200


@pytest.mark.parametrize(("retry_after", "status"), [(60, 403), (None, 429)])
def test_the_secondary_limit(caller: Caller, retry_after: int | None, status: int) -> None:
    caller.github.limits.configure(core=50)
    caller.github.limits.secondary(2, retry_after, status)
    recorded = sample("synthetic_secondary_limit_403.json")
    for answer in (caller.get("/user/repos"), caller.post(LIST)):
        assert answer.status_code == status
        assert answer.json()["message"] == recorded["body"]["message"]
        assert answer.headers.get("Retry-After") == (str(retry_after) if retry_after else None)
        assert answer.headers["X-RateLimit-Remaining"] != "0"
    assert caller.get("/user").status_code == 200


def test_the_secondary_limit_can_go_on_until_it_is_lifted(caller: Caller) -> None:
    caller.github.limits.secondary(None)
    assert {caller.get("/user").status_code for _ in range(5)} == {403}
    caller.github.limits.secondary(0)
    assert caller.get("/user").status_code == 200
    with pytest.raises(ValueError, match="403 or a 429"):
        caller.github.limits.secondary(status=500)
