"""Who is let in, and how often: the token, the quotas, the leaky bucket, and faults."""

import time

import pytest
import requests

from lifetracker.sandbox.server import Sandbox

from .conftest import PAYLOADS, Caller

LEFT, RESET = "X-Toggl-Quota-Remaining", "X-Toggl-Quota-Resets-In"


@pytest.mark.parametrize(
    "auth",
    [
        ("wrong", "api_token"),
        ("", "api_token"),
        ("{token}", "password"),
        ("{token}", ""),
        (" {token}", "api_token"),
        ("api_token", "{token}"),
    ],
)
def test_only_the_token_with_the_fixed_password_is_let_in(
    caller: Caller, auth: tuple[str, str]
) -> None:
    user, password = (part.format(token=caller.toggl.api_token) for part in auth)
    for path in ("/api/v9/me", "/api/v9/me/logged", "/webhooks/api/v1/status"):
        url = caller.toggl.url + path
        answer = requests.get(url, auth=(user, password), timeout=5)
        assert (answer.status_code, answer.content) == (401, b"")


@pytest.mark.parametrize("header", [None, "Basic", "Basic %%%", "Basic /w==", "Bearer {token}"])
def test_other_authorizations_are_refused(caller: Caller, header: str | None) -> None:
    headers = {"Authorization": header.format(token=caller.toggl.api_token)} if header else {}
    answer = requests.get(f"{caller.toggl.url}/api/v9/me", headers=headers, timeout=5)
    assert (answer.status_code, answer.content) == (401, b"")


def test_without_a_limit_plenty_is_left(caller: Caller) -> None:
    for path in ("/me", "/me/nothing", "/workspaces/1/tags"):
        headers = caller.get(path).headers
        assert int(headers[LEFT]) > 900_000
        assert 3595 <= int(headers[RESET]) <= 3600


def test_user_and_organizations_have_quotas_of_their_own(caller: Caller) -> None:
    main, own = caller.toggl.workspace_ids
    caller.toggl.quota.configure(user=3, organization=2)
    assert [caller.get("/me").headers[LEFT] for _ in range(2)] == ["2", "1"]
    assert caller.report(main, start_date="2026-03-09").headers[LEFT] == "1"
    assert caller.get(f"/workspaces/{main}/projects").headers[LEFT] == "0"
    assert caller.report(main, start_date="2026-03-09").status_code == 402
    assert caller.get(f"/workspaces/{own}/projects").headers[LEFT] == "1"
    assert caller.get("/me/logged").headers[LEFT] == "0"
    assert caller.get("/me/logged").status_code == 402


def test_over_the_quota_is_402_with_the_text_of_the_sample(caller: Caller) -> None:
    caller.toggl.quota.configure(user=1)
    caller.get("/me")
    refused = caller.get("/me")
    head, _, text = (PAYLOADS / "error_402_quota.http").read_text().partition("\n\n")
    assert refused.status_code == 402
    assert refused.headers[LEFT] == "0"
    assert refused.text == text.replace("133", refused.headers[RESET])
    assert refused.headers["Content-Type"] in head
    assert caller.report(start_date="2026-03-09").status_code == 200


def test_the_quota_can_be_asked_for_without_costing_any(caller: Caller) -> None:
    organizations = [w["organization_id"] for w in caller.found("/me/workspaces")]
    caller.toggl.quota.configure(user=2, organization=5)
    assert caller.get("/me/quota").headers[LEFT] == "2"
    for _ in range(4):
        caller.get("/me")
    user, main, own = caller.found("/me/quota")
    assert user == {
        "organization_id": None,
        "remaining": -2,
        "resets_in_secs": user["resets_in_secs"],
        "total": 2,
    }
    assert 3590 < user["resets_in_secs"] <= 3600
    assert [main["organization_id"], own["organization_id"]] == organizations
    assert (main["remaining"], main["total"]) == (5, 5)


def test_waiting_as_told_is_enough(caller: Caller) -> None:
    caller.toggl.quota.configure(user=1, window=1)
    assert caller.get("/me").status_code == 200
    refused = caller.get("/me")
    assert refused.status_code == 402
    time.sleep(int(refused.headers[RESET]))
    assert caller.get("/me").status_code == 200


def test_the_bucket_overflows_into_a_page_of_html(caller: Caller) -> None:
    caller.toggl.bucket.configure(per_second=5, burst=2)
    assert [caller.get("/me").status_code for _ in range(3)] == [200, 200, 429]
    refused = caller.get("/me")
    page = (PAYLOADS / "error_429_leaky_bucket.http").read_text().partition("\n\n")[2]
    assert refused.text == page
    assert refused.headers["Content-Type"] == "text/html"
    assert "Retry-After" not in refused.headers
    time.sleep(0.25)
    assert caller.get("/me").status_code == 200
    caller.toggl.bucket.configure(burst=0, retry_after=7)
    assert caller.get("/me").headers["Retry-After"] == "7"
    caller.toggl.bucket.configure(per_second=None)
    assert [caller.get("/me").status_code for _ in range(10)] == [200] * 10


def test_a_refusal_by_the_bucket_costs_no_quota(caller: Caller) -> None:
    caller.toggl.quota.configure(user=10)
    caller.toggl.bucket.configure(per_second=0.001, burst=1)
    caller.get("/me")
    assert caller.get("/me").status_code == 429
    caller.toggl.bucket.configure(per_second=None)
    assert caller.get("/me").headers[LEFT] == "8"


def test_faults_strike_here_too(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.faults.add("/toggl/api/v9/me/time_entries", kind="status", status=503)
    assert caller.get("/me/time_entries").status_code == 503
    sandbox.faults.add("/search/time_entries", kind="garbage", half=True)
    with pytest.raises(requests.exceptions.JSONDecodeError):
        caller.report(start_date="2026-03-02").json()
    assert caller.get("/me/time_entries").status_code == 200
