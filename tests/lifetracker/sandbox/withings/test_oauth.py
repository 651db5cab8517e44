"""Consent and tokens, as Withings documents them."""

import re
import time
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from lifetracker.sandbox.server import Sandbox
from lifetracker.sandbox.withings.signing import signature

from .conftest import Caller, Record, sample

BACK = "https://example.com/oauth/withings/callback?keep=1"
BAD_CODE = sample("token_error_503_invalid_code")
BAD_REFRESH = sample("token_error_503_invalid_refresh_token")


@pytest.fixture
def asked(sandbox: Sandbox) -> dict[str, str]:
    """A request for consent that is in order."""
    sandbox.withings.redirect_uris.append(BACK)
    return {
        "response_type": "code",
        "client_id": sandbox.withings.client_id,
        "redirect_uri": BACK,
        "scope": "user.info,user.metrics",
        "state": "abc",
    }


def authorize(sandbox: Sandbox, asked: dict[str, str], decision: str = "") -> requests.Response:
    url = f"{sandbox.withings.url}/oauth2_user/authorize2"
    if not decision:
        return requests.get(url, params=asked, allow_redirects=False, timeout=5)
    form = asked | {"decision": decision}
    return requests.post(url, data=form, allow_redirects=False, timeout=5)


def sent_back(answer: requests.Response) -> dict[str, str]:
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("https://example.com/oauth/withings/callback?")
    query = parse_qs(urlsplit(answer.headers["Location"]).query, keep_blank_values=True)
    assert query.pop("keep") == ["1"]
    return {name: values[0] for name, values in query.items()}


def exchange(sandbox: Sandbox, asked: dict[str, str]) -> dict[str, str]:
    """The form that exchanges a fresh code."""
    return {
        "grant_type": "authorization_code",
        "code": sent_back(authorize(sandbox, asked, "allow"))["code"],
        "redirect_uri": asked["redirect_uri"],
    }


def test_the_consent_page_asks_and_carries_the_request_along(
    sandbox: Sandbox, asked: dict[str, str]
) -> None:
    asked["mode"] = "demo"
    answer = authorize(sandbox, asked)
    assert answer.status_code == 200
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', answer.text))
    assert {name: fields[name] for name in asked} == asked
    assert ">Allow</button>" in answer.text
    assert ">Deny</button>" in answer.text
    assert 'action="/withings/oauth2_user/authorize2"' in answer.text
    assert "<script>" not in authorize(sandbox, asked | {"state": '"><script>'}).text


def test_allow_leads_back_with_a_code_that_gives_tokens(
    sandbox: Sandbox, asked: dict[str, str], caller: Caller
) -> None:
    back = sent_back(authorize(sandbox, asked, "allow"))
    assert back.keys() == {"code", "state"}
    assert back["state"] == "abc"
    form = {"grant_type": "authorization_code", "code": back["code"], "redirect_uri": BACK}
    answer = caller.token(**form)
    expected = sample("token_success")
    assert answer.keys() == expected.keys()
    tokens = answer["body"]
    assert tokens.keys() == expected["body"].keys()
    for name in ("expires_in", "token_type", "scope"):
        assert tokens[name] == expected["body"][name]
    assert tokens["userid"] == sandbox.withings.user_id
    caller.use(tokens)
    assert caller.status() == 0


def test_the_user_s_id_may_be_a_string(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.withings.options.userid = "str"
    answer = caller.refresh(caller.tokens["refresh_token"])
    assert answer["body"]["userid"] == str(sandbox.withings.user_id)
    assert isinstance(sample("token_success_userid_string")["body"]["userid"], str)


def test_deny_leads_back_with_an_error(sandbox: Sandbox, asked: dict[str, str]) -> None:
    back = sent_back(authorize(sandbox, asked, "deny"))
    assert back == {"error": "access_denied", "state": "abc"}


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"scope": "user.info user.metrics"}, "invalid_scope"),
        ({"scope": "user.info+user.metrics"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"state": ""}, "invalid_request"),
    ],
)
def test_errors_lead_back(
    sandbox: Sandbox, asked: dict[str, str], wrong: dict[str, str], error: str
) -> None:
    for decision in ("", "allow"):
        assert sent_back(authorize(sandbox, asked | wrong, decision))["error"] == error


@pytest.mark.parametrize("wrong", [{"client_id": "x"}, {"redirect_uri": f"{BACK}/"}])
def test_an_unknown_client_or_address_gets_a_page_and_no_redirect(
    sandbox: Sandbox, asked: dict[str, str], wrong: dict[str, str]
) -> None:
    answer = authorize(sandbox, asked | wrong, "allow")
    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_a_code_is_good_once_for_30_seconds(
    sandbox: Sandbox, asked: dict[str, str], caller: Caller
) -> None:
    in_time, late = exchange(sandbox, asked), exchange(sandbox, asked)
    sandbox.clock.advance(timedelta(seconds=29))
    assert caller.token(**in_time)["status"] == 0
    assert caller.token(**in_time) == BAD_CODE
    sandbox.clock.advance(timedelta(seconds=1))
    assert caller.token(**late) == BAD_CODE
    sandbox.withings.options.code_lifetime = 60
    patient = exchange(sandbox, asked)
    sandbox.clock.advance(timedelta(seconds=59))
    assert caller.token(**patient)["status"] == 0


def test_a_code_is_bound_to_its_redirect_uri(
    sandbox: Sandbox, asked: dict[str, str], caller: Caller
) -> None:
    form = exchange(sandbox, asked) | {"redirect_uri": sandbox.withings.redirect_uris[0]}
    assert caller.token(**form)["status"] == 503


def test_who_asks_for_tokens_and_how(sandbox: Sandbox, caller: Caller) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": caller.tokens["refresh_token"]}
    assert caller.token(**form, client_secret="wrong")["status"] == 503
    assert caller.token(**form, client_id="wrong")["status"] == 503
    assert caller.token(**form, action="")["status"] == 2554, "the classic failure"
    assert caller.token(**form | {"grant_type": "password"})["status"] == 503
    assert sandbox.withings.refreshes == 0
    assert caller.token(**form)["status"] == 0, "a failed attempt must not spend the token"


def test_a_code_or_token_that_nobody_issued(caller: Caller) -> None:
    form = {"grant_type": "authorization_code", "code": "x", "redirect_uri": "y"}
    assert caller.token(**form) == BAD_CODE
    assert caller.refresh("x") == BAD_REFRESH


def test_a_refresh_gives_a_new_pair(sandbox: Sandbox, caller: Caller) -> None:
    old = caller.tokens
    new = caller.refresh(old["refresh_token"])["body"]
    assert new["access_token"] != old["access_token"]
    assert new["refresh_token"] != old["refresh_token"]
    assert new["scope"] == old["scope"]
    assert sandbox.withings.refreshes == 1
    assert caller.status() == 0, "the former access token lives out its three hours"
    caller.use(new)
    assert caller.status() == 0


def test_the_former_refresh_token_dies_with_the_first_use_of_the_new_access_token(
    sandbox: Sandbox, caller: Caller
) -> None:
    former = caller.tokens["refresh_token"]
    new = caller.refresh(former)["body"]
    caller.status()
    again = caller.refresh(former)
    assert again["status"] == 0, "only the new access token ends the grace"
    caller.use(again["body"])
    assert caller.status() == 0
    assert caller.refresh(former) == BAD_REFRESH
    assert caller.refresh(new["refresh_token"]) == BAD_REFRESH, "it was replaced, unused"
    assert caller.refresh(again["body"]["refresh_token"])["status"] == 0
    assert sandbox.withings.refreshes == 3


def test_the_former_refresh_token_dies_after_eight_hours(sandbox: Sandbox, caller: Caller) -> None:
    former = caller.tokens["refresh_token"]
    caller.refresh(former)
    sandbox.clock.advance(timedelta(hours=7, minutes=59))
    newest = caller.refresh(former)["body"]
    sandbox.clock.advance(timedelta(minutes=1))
    assert caller.refresh(former) == BAD_REFRESH, "the hours count from the first new pair"
    assert caller.refresh(newest["refresh_token"])["status"] == 0


def test_a_use_ends_the_grace_of_all_before(caller: Caller) -> None:
    first = caller.tokens["refresh_token"]
    second = caller.refresh(first)["body"]["refresh_token"]
    caller.use(caller.refresh(second)["body"])
    caller.status()
    assert caller.refresh(first) == BAD_REFRESH
    assert caller.refresh(second) == BAD_REFRESH


def test_two_workers_that_refresh_at_once_break_the_chain_of_the_first(caller: Caller) -> None:
    one, other = (caller.refresh(caller.tokens["refresh_token"])["body"] for _ in range(2))
    caller.use(one)
    assert caller.status() == 401
    caller.use(other)
    assert caller.status() == 0
    assert caller.refresh(one["refresh_token"]) == BAD_REFRESH


def test_a_lost_answer_is_healed_by_the_former_token(sandbox: Sandbox, caller: Caller) -> None:
    former = caller.tokens["refresh_token"]
    sandbox.faults.add("/withings/v2/oauth2", kind="lost")
    with pytest.raises(requests.ConnectionError):
        caller.refresh(former)
    assert sandbox.withings.refreshes == 1
    caller.use(caller.refresh(former)["body"])
    assert caller.status() == 0


def test_tokens_expire_by_the_sandbox_s_clock(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.clock.advance(timedelta(hours=3, seconds=-1))
    assert caller.status() == 0
    sandbox.clock.advance(timedelta(seconds=1))
    answer = caller.post("/measure", action="getmeas")
    assert answer == sample("error_401_invalid_token")
    sandbox.clock.advance(timedelta(days=364, hours=20))
    fresh = caller.refresh(caller.tokens["refresh_token"])["body"]
    sandbox.clock.advance(timedelta(days=365))
    assert caller.refresh(fresh["refresh_token"]) == BAD_REFRESH


def test_lifetimes_and_scopes_of_issued_tokens(sandbox: Sandbox, caller: Caller) -> None:
    assert sandbox.withings.issue_tokens()["expires_in"] == 10_800
    sandbox.withings.options.token_lifetime = 120
    assert sandbox.withings.issue_tokens()["expires_in"] == 120
    caller.use(sandbox.withings.issue_tokens(lifetime=-60))
    assert caller.status() == 401
    caller.use(sandbox.withings.issue_tokens("user.activity"))
    assert caller.tokens["scope"] == "user.activity"
    assert caller.post("/measure", action="getmeas")["status"] == 277


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic abc"])
def test_without_a_good_token_there_is_nothing(caller: Caller, header: str) -> None:
    caller.session.headers["Authorization"] = header
    for path in ("/measure", "/notify", "/v2/user"):
        assert caller.post(path) == sample("error_401_invalid_token")


def nonce(caller: Caller, **wrong: str) -> Record:
    withings, timestamp = caller.sandbox.withings, str(int(time.time()))
    signed = signature(withings.client_secret, "getnonce", withings.client_id, timestamp)
    form = {
        "action": "getnonce",
        "client_id": withings.client_id,
        "timestamp": timestamp,
        "signature": signed,
    }
    return caller.post("/v2/signature", **form | wrong)


def signed(caller: Caller, action: str) -> dict[str, str]:
    """What a signed call carries in place of the secret."""
    withings, value = caller.sandbox.withings, nonce(caller)["body"]["nonce"]
    made = signature(withings.client_secret, action, withings.client_id, value)
    return {"client_id": withings.client_id, "action": action, "nonce": value, "signature": made}


def test_a_nonce_and_a_signature_replace_the_secret(sandbox: Sandbox, caller: Caller) -> None:
    assert nonce(caller).keys() == sample("getnonce_success").keys()
    form = signed(caller, "requesttoken") | {
        "grant_type": "refresh_token",
        "refresh_token": caller.tokens["refresh_token"],
    }
    assert caller.post("/v2/oauth2", **form)["status"] == 0
    assert caller.post("/v2/oauth2", **form)["status"] == 503, "a nonce is good once"
    late = form | signed(caller, "requesttoken")
    sandbox.clock.advance(timedelta(minutes=30))
    assert caller.post("/v2/oauth2", **late)["status"] == 503
    forged = form | signed(caller, "requesttoken") | {"signature": "0" * 64}
    assert caller.post("/v2/oauth2", **forged)["status"] == 342
    assert nonce(caller, signature="0")["status"] == 342
    assert nonce(caller, timestamp="now")["status"] == 503
    assert nonce(caller, client_id="x")["status"] == 503
    assert nonce(caller, action="x")["status"] == 2554


def test_a_signed_revocation_ends_everything(sandbox: Sandbox, caller: Caller) -> None:
    userid = str(sandbox.withings.user_id)
    assert caller.post("/v2/oauth2", **signed(caller, "revoke"), userid="1")["status"] == 247
    assert caller.status() == 0
    assert caller.post("/v2/oauth2", **signed(caller, "revoke"), userid=userid)["status"] == 0
    assert caller.status() == 401
    assert caller.refresh(caller.tokens["refresh_token"]) == BAD_REFRESH


def test_the_client_is_the_same_after_a_restart() -> None:
    first, again, other = (Sandbox(seed=seed, days=1).withings for seed in (1, 1, 2))
    assert (first.client_id, first.client_secret) == (again.client_id, again.client_secret)
    assert first.client_id not in (other.client_id, Sandbox(seed=1, days=1).whoop.client_id)
