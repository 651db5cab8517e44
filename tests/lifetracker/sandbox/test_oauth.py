"""Consent and tokens, as WHOOP documents them."""

import json
import re
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from lifetracker.sandbox.server import Sandbox

from .conftest import Caller

PAYLOADS = Path(__file__).parents[2] / "payloads" / "whoop"
BACK = "https://example.com/back?keep=1"
ALL = "offline read:recovery read:cycles read:sleep read:workout read:profile read:body_measurement"


def sample(name: str) -> dict[str, Any]:
    return json.loads((PAYLOADS / f"{name}.json").read_text())


@pytest.fixture
def asked(sandbox: Sandbox) -> dict[str, str]:
    """A request for consent that is in order."""
    sandbox.whoop.redirect_uris.append(BACK)
    return {
        "response_type": "code",
        "client_id": sandbox.whoop.client_id,
        "redirect_uri": BACK,
        "scope": ALL,
        "state": "abcdefgh12345678",
    }


def authorize(sandbox: Sandbox, asked: dict[str, str], decision: str = "") -> requests.Response:
    url = f"{sandbox.whoop.url}/oauth/oauth2/auth"
    if not decision:
        return requests.get(url, params=asked, allow_redirects=False, timeout=5)
    form = asked | {"decision": decision}
    return requests.post(url, data=form, allow_redirects=False, timeout=5)


def sent_back(answer: requests.Response) -> dict[str, str]:
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("https://example.com/back?")
    query = parse_qs(urlsplit(answer.headers["Location"]).query, keep_blank_values=True)
    assert query.pop("keep") == ["1"]
    return {name: values[0] for name, values in query.items()}


def code(sandbox: Sandbox, asked: dict[str, str]) -> dict[str, str]:
    """The form that exchanges a fresh code."""
    return {
        "grant_type": "authorization_code",
        "code": sent_back(authorize(sandbox, asked, "allow"))["code"],
        "redirect_uri": asked["redirect_uri"],
    }


def test_the_consent_page_asks_and_carries_the_request_along(
    sandbox: Sandbox, asked: dict[str, str]
) -> None:
    answer = authorize(sandbox, asked)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', answer.text))
    assert {name: fields[name] for name in asked} == asked
    assert ">Allow</button>" in answer.text
    assert ">Deny</button>" in answer.text
    assert 'action="/whoop/oauth/oauth2/auth"' in answer.text


def test_what_is_shown_is_escaped(sandbox: Sandbox, asked: dict[str, str]) -> None:
    page = authorize(sandbox, asked | {"state": '"><script>alert(1)</script>'}).text
    assert "<script>" not in page


def test_allow_leads_back_with_a_code_that_gives_tokens(
    sandbox: Sandbox, asked: dict[str, str], caller: Caller
) -> None:
    back = sent_back(authorize(sandbox, asked, "allow"))
    assert back["state"] == asked["state"]
    assert back["scope"] == ALL
    form = {"grant_type": "authorization_code", "code": back["code"], "redirect_uri": BACK}
    answer = caller.token(form)
    assert answer.headers["Content-Type"] == "application/json"
    tokens = answer.json()
    assert tokens.keys() == sample("token").keys()
    assert (tokens["expires_in"], tokens["token_type"]) == (3600, "bearer")
    assert tokens["scope"] == ALL
    caller.use(tokens)
    assert caller.get("/v2/user/profile/basic").status_code == 200


def test_deny_leads_back_with_an_error(sandbox: Sandbox, asked: dict[str, str]) -> None:
    expected = sample("error_authorize_access_denied")["location_query"]
    assert sent_back(authorize(sandbox, asked, "deny")) == expected


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("invalid_state", {"state": "short"}), ("invalid_scope", {"scope": "offline read:body"})],
)
def test_errors_lead_back_with_the_texts_of_the_samples(
    sandbox: Sandbox, asked: dict[str, str], name: str, wrong: dict[str, str]
) -> None:
    expected = sample(f"error_authorize_{name}")["location_query"]
    for decision in ("", "allow"):
        assert sent_back(authorize(sandbox, asked | wrong, decision)) == expected


def test_another_response_type_or_no_state_is_refused(
    sandbox: Sandbox, asked: dict[str, str]
) -> None:
    implicit = sent_back(authorize(sandbox, asked | {"response_type": "token"}))
    assert implicit["error"] == "unsupported_response_type"
    del asked["state"]
    stateless = sent_back(authorize(sandbox, asked))
    assert stateless["error"] == "invalid_state"
    assert "state" not in stateless


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "somebody"},
        {"redirect_uri": "https://example.com/back"},
        {"redirect_uri": f"{BACK}/"},
    ],
)
def test_an_unknown_client_or_address_gets_a_page_and_no_redirect(
    sandbox: Sandbox, asked: dict[str, str], wrong: dict[str, str]
) -> None:
    for decision in ("", "allow"):
        answer = authorize(sandbox, asked | wrong, decision)
        assert answer.status_code == 400
        assert "Location" not in answer.headers
        assert answer.headers["Content-Type"].startswith("text/html")


def assert_error(answer: requests.Response, name: str) -> None:
    expected = sample(f"error_token_{name}")
    assert (answer.status_code, answer.json()) == (expected["status"], expected["body"])


def test_a_code_is_good_once(sandbox: Sandbox, asked: dict[str, str], caller: Caller) -> None:
    form = code(sandbox, asked)
    assert caller.token(form).status_code == 200
    assert_error(caller.token(form), "invalid_grant")


def test_a_code_lasts_ten_minutes(sandbox: Sandbox, asked: dict[str, str], caller: Caller) -> None:
    in_time, late = code(sandbox, asked), code(sandbox, asked)
    sandbox.clock.advance(timedelta(minutes=9, seconds=59))
    assert caller.token(in_time).status_code == 200
    sandbox.clock.advance(timedelta(seconds=1))
    assert_error(caller.token(late), "invalid_grant")


def test_a_code_is_bound_to_its_redirect_uri(
    sandbox: Sandbox, asked: dict[str, str], caller: Caller
) -> None:
    form = code(sandbox, asked) | {"redirect_uri": sandbox.whoop.redirect_uris[0]}
    assert_error(caller.token(form), "invalid_grant")


def test_the_secret_is_needed_and_only_in_the_body(caller: Caller) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": caller.tokens["refresh_token"]}
    assert_error(caller.token(form | {"client_secret": "wrong"}), "invalid_client")
    assert_error(caller.token(form | {"client_id": "wrong"}), "invalid_client")
    basic = requests.post(
        f"{caller.sandbox.whoop.url}/oauth/oauth2/token",
        data=form,
        auth=(caller.sandbox.whoop.client_id, caller.sandbox.whoop.client_secret),
        timeout=5,
    )
    assert_error(basic, "invalid_client")
    assert caller.token(form).status_code == 200, "a failed attempt must not spend the token"


def test_only_a_form_is_understood(caller: Caller) -> None:
    body = {
        "grant_type": "refresh_token",
        "refresh_token": caller.tokens["refresh_token"],
        "client_id": caller.sandbox.whoop.client_id,
        "client_secret": caller.sandbox.whoop.client_secret,
    }
    url = f"{caller.sandbox.whoop.url}/oauth/oauth2/token"
    assert_error(requests.post(url, json=body, timeout=5), "invalid_request")
    assert requests.get(url, params=body, timeout=5).status_code == 405


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"grant_type": "refresh_token"},
        {"grant_type": "authorization_code"},
        {"grant_type": "client_credentials"},
    ],
)
def test_a_malformed_request_is_told_so(caller: Caller, form: dict[str, str]) -> None:
    assert_error(caller.token(form), "invalid_request")


def test_a_refresh_replaces_both_tokens(sandbox: Sandbox, caller: Caller) -> None:
    old = caller.tokens
    new = caller.refresh(old["refresh_token"]).json()
    assert new["access_token"] != old["access_token"]
    assert new["refresh_token"] != old["refresh_token"]
    assert caller.get("/v2/cycle").status_code == 401, "the former access token is dead at once"
    caller.use(new)
    assert caller.get("/v2/cycle").status_code == 200
    assert sandbox.whoop.refreshes == sandbox.whoop.generation == 1


def test_asking_for_offline_does_not_narrow_the_grant(caller: Caller) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": caller.tokens["refresh_token"]}
    assert caller.token(form | {"scope": "offline"}).json()["scope"] == ALL


def test_reuse_kills_the_whole_family(sandbox: Sandbox, caller: Caller) -> None:
    stranger = sandbox.whoop.issue_tokens()
    spent = caller.tokens["refresh_token"]
    caller.use(caller.refresh(spent).json())
    assert_error(caller.refresh(spent), "invalid_grant")
    assert caller.get("/v2/cycle").status_code == 401
    assert_error(caller.refresh(caller.tokens["refresh_token"]), "invalid_grant")
    assert caller.refresh(stranger["refresh_token"]).status_code == 200
    assert sandbox.whoop.refreshes == 2


def test_in_single_mode_only_the_second_use_fails(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.whoop.options.rotation = "single"
    spent = caller.tokens["refresh_token"]
    caller.use(caller.refresh(spent).json())
    assert_error(caller.refresh(spent), "invalid_grant")
    assert caller.get("/v2/cycle").status_code == 200
    assert caller.refresh(caller.tokens["refresh_token"]).status_code == 200


def test_of_two_refreshes_at_once_one_wins(sandbox: Sandbox) -> None:
    sandbox.whoop.options.rotation = "single"
    for _ in range(10):
        statuses = race(sandbox, sandbox.whoop.issue_tokens()["refresh_token"])
        assert sorted(statuses) == [200, 400]
    assert sandbox.whoop.refreshes == 10


def race(sandbox: Sandbox, refresh_token: str) -> list[int]:
    statuses: list[int] = []
    start = threading.Barrier(2)

    def run() -> None:
        caller = Caller(sandbox)
        with caller.session:
            start.wait(5)
            statuses.append(caller.refresh(refresh_token).status_code)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    return statuses


def test_without_offline_there_is_no_refresh_token(sandbox: Sandbox) -> None:
    tokens = sandbox.whoop.issue_tokens("read:recovery read:sleep")
    assert tokens.keys() == sample("token_without_offline").keys()
    assert tokens["scope"] == "read:recovery read:sleep"


def test_an_access_token_expires_by_the_sandbox_s_clock(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.clock.advance(timedelta(seconds=3599))
    assert caller.get("/v2/cycle").status_code == 200
    sandbox.clock.advance(timedelta(seconds=1))
    assert caller.get("/v2/cycle").status_code == 401
    assert caller.refresh(caller.tokens["refresh_token"]).status_code == 200


@pytest.mark.parametrize("lifetime", [0, -60])
def test_tokens_can_be_issued_expired(sandbox: Sandbox, caller: Caller, lifetime: int) -> None:
    caller.use(sandbox.whoop.issue_tokens(lifetime=lifetime))
    assert caller.tokens["expires_in"] == lifetime
    assert caller.get("/v2/cycle").status_code == 401


def test_the_lifetime_is_an_option(sandbox: Sandbox) -> None:
    sandbox.whoop.options.token_lifetime = 120
    assert sandbox.whoop.issue_tokens()["expires_in"] == 120


def test_the_client_is_the_same_after_a_restart() -> None:
    first, again, other = (Sandbox(seed=seed, days=1).whoop for seed in (1, 1, 2))
    assert (first.client_id, first.client_secret) == (again.client_id, again.client_secret)
    assert first.client_id != other.client_id
