"""WHOOP's status, the test of the connection, and consent by the API, against the sandbox."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from oauth_integration.models import OAuthCredential, PendingConsent
from tests.conftest import NOW, use

JSON = "application/json"
GETS = ["status", "auth/test", "auth/authorize-url"]
REFUSED = {401, 403}


@pytest.fixture
def service(sandbox: Any, settings: Any, db: None, at: Any) -> Any:
    """WHOOP's stand-in, set up and not connected."""
    at(NOW)
    use(settings, sandbox)
    settings.WHOOP_CLIENT_ID = sandbox.whoop.client_id
    settings.WHOOP_CLIENT_SECRET = sandbox.whoop.client_secret
    settings.WHOOP_REDIRECT_URI = sandbox.whoop.redirect_uris[0]
    return sandbox.whoop


@pytest.fixture
def robin(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_user("robin", is_staff=True))
    return client


def consent(robin: Client) -> dict[str, str]:
    """What the person's browser is sent back with, after the API told where to go."""
    begun = robin.get("/api/whoop/auth/authorize-url")
    assert begun.status_code == 200, begun.content
    address = begun.json()["authorize_url"]
    form = dict(parse_qsl(urlsplit(address).query)) | {"decision": "allow"}
    answer = requests.post(address.partition("?")[0], data=form, allow_redirects=False, timeout=5)
    back = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
    assert back["state"] == begun.json()["state"]
    return {"code": back["code"], "state": back["state"]}


def exchange(robin: Client, **body: Any) -> Any:
    return robin.post("/api/whoop/auth/exchange-code", body, JSON)


def is_connected() -> bool:
    return any(row.is_connected for row in OAuthCredential.objects.all())


@pytest.mark.parametrize("slash", ["", "/"])
def test_nothing_without_a_login(client: Client, service: Any, slash: str) -> None:
    for path in GETS:
        assert client.get(f"/api/whoop/{path}{slash}").status_code in REFUSED
    assert client.post(f"/api/whoop/auth/exchange-code{slash}").status_code in REFUSED
    assert not PendingConsent.objects.exists()


def test_the_methods(robin: Client, service: Any) -> None:
    for path in GETS:
        assert robin.post(f"/api/whoop/{path}").status_code == 405
        assert robin.options(f"/api/whoop/{path}").status_code == 200
    assert robin.get("/api/whoop/auth/exchange-code").status_code == 405


# --- Status ---------------------------------------------------------------------------------------


def test_the_status_before_anything_is_set_up(robin: Client, settings: Any) -> None:
    settings.WHOOP_CLIENT_ID = ""
    assert robin.get("/api/whoop/status").json() == {
        "configured": False,
        "connected": False,
        "needs_reauthorization": False,
        "scopes": [],
        "missing_scopes": [],
        "expires_at": None,
        "redirect_uri": settings.WHOOP_REDIRECT_URI,
    }


def test_the_status_of_a_connection(
    robin: Client, whoop: Any, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(3):  # session, person, credential
        answer = robin.get("/api/whoop/status")
    status = answer.json()
    assert (status["configured"], status["connected"]) == (True, True)
    assert "read:recovery" in status["scopes"]
    assert status["missing_scopes"] == []
    assert status["expires_at"].endswith("Z")
    stored = OAuthCredential.objects.get()
    for secret in (stored.client_secret, stored.access_token, stored.refresh_token):
        assert secret
        assert secret not in answer.text


def test_scopes_that_were_not_granted_are_told(robin: Client, whoop: Any) -> None:
    OAuthCredential.objects.update(scopes="offline read:sleep read:cycles")
    missing = robin.get("/api/whoop/status").json()["missing_scopes"]
    assert missing == ["read:recovery", "read:workout", "read:profile", "read:body_measurement"]


# --- The test of the connection -------------------------------------------------------------------


def test_a_connection_that_works(robin: Client, whoop: Any, sandbox: Any) -> None:
    answer = robin.get("/api/whoop/auth/test")
    assert answer.status_code == 200
    assert answer.json() == {"ok": True, "error": None, "detail": "WHOOP answers."}
    assert [r.path for r in sandbox.requests] == ["/whoop/developer/v2/user/profile/basic"]


def test_one_that_is_not_set_up(robin: Client, settings: Any) -> None:
    settings.WHOOP_CLIENT_ID = ""
    answer = robin.get("/api/whoop/auth/test").json()
    assert (answer["ok"], answer["error"]) == (False, "not_configured")
    assert "WHOOP_CLIENT_ID" in answer["detail"]


def test_one_that_was_withdrawn(robin: Client, whoop: Any, sandbox: Any) -> None:
    sandbox.faults.add(match="/developer/", times=None, kind="status", status=401)
    answer = robin.get("/api/whoop/auth/test").json()
    assert (answer["ok"], answer["error"]) == (False, "needs_reauthorization")
    assert "Connect" in answer["detail"]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "status", "status": 503}, "try_later"),
        ({"kind": "status", "status": 429, "headers": {"Retry-After": "60"}}, "try_later"),
        ({"kind": "drop"}, "try_later"),
        ({"kind": "garbage"}, "bad_response"),
        ({"kind": "status", "status": 403}, "bad_response"),
    ],
)
def test_trouble_is_told_by_its_kind_at_the_first_attempt(
    robin: Client, whoop: Any, sandbox: Any, fault: dict[str, Any], error: str
) -> None:
    sandbox.faults.add(match="/developer/", times=None, **fault)
    answer = robin.get("/api/whoop/auth/test").json()
    assert (answer["ok"], answer["error"]) == (False, error)
    assert answer["detail"]
    assert len(sandbox.requests) == 1


# --- Consent --------------------------------------------------------------------------------------


def test_consent_by_the_api(robin: Client, service: Any) -> None:
    answer = exchange(robin, **consent(robin))
    assert answer.status_code == 200, answer.json()
    assert answer.json()["connected"] is True
    assert OAuthCredential.objects.get().is_connected
    assert robin.get("/api/whoop/auth/test").json()["ok"]
    assert not PendingConsent.objects.exists()


def test_a_wrong_state_changes_nothing(robin: Client, service: Any, sandbox: Any) -> None:
    given = consent(robin)
    before = len(sandbox.requests)
    for state in ("x" * 32, given["state"][:-1], "ü"):
        answer = exchange(robin, code=given["code"], state=state)
        assert (answer.status_code, list(answer.json())) == (400, ["state"])
    assert len(sandbox.requests) == before
    assert not is_connected()
    assert exchange(robin, **given).status_code == 200, "the right one is still good"


def test_a_state_is_good_once(robin: Client, service: Any) -> None:
    given = consent(robin)
    assert exchange(robin, **given).status_code == 200
    token = OAuthCredential.objects.get().access_token
    again = exchange(robin, **given)
    assert (again.status_code, list(again.json())) == (400, ["state"])
    assert OAuthCredential.objects.get().access_token == token


def test_a_state_runs_out(robin: Client, service: Any, at: Any) -> None:
    given = consent(robin)
    at(timezone.now() + timedelta(minutes=10))
    answer = exchange(robin, **given)
    assert (answer.status_code, list(answer.json())) == (400, ["state"])
    assert not is_connected()


def test_a_state_is_for_the_one_who_began(robin: Client, service: Any) -> None:
    given = consent(robin)
    other = Client()
    other.force_login(User.objects.create_user("other", is_staff=True))
    assert exchange(other, **given).status_code == 400
    consent(other)
    assert exchange(other, **given).status_code == 400
    assert exchange(robin, **given).status_code == 200


def test_beginning_anew_ends_the_one_before(robin: Client, service: Any) -> None:
    first = consent(robin)
    second = consent(robin)
    assert exchange(robin, **first).status_code == 400
    assert exchange(robin, **second).status_code == 200


def test_the_state_itself_is_not_stored(robin: Client, service: Any) -> None:
    state = robin.get("/api/whoop/auth/authorize-url").json()["state"]
    assert state not in str(PendingConsent.objects.values_list())


def test_a_wrong_code_is_named_and_spends_the_state(robin: Client, service: Any) -> None:
    given = consent(robin)
    answer = exchange(robin, code="no-such-code", state=given["state"])
    assert (answer.status_code, list(answer.json())) == (400, ["code"])
    assert not is_connected()
    assert exchange(robin, **given).status_code == 400


def test_a_service_that_is_away(robin: Client, service: Any, sandbox: Any) -> None:
    given = consent(robin)
    sandbox.faults.add(match="/oauth2/token", times=None, kind="status", status=503)
    answer = exchange(robin, **given)
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) == 300
    assert "detail" in answer.json()


@pytest.mark.parametrize("named", ["code", "state"])
@pytest.mark.parametrize("value", [None, "", "x" * 3000, {"a": 1}])
def test_what_is_missing_or_odd_is_named(
    robin: Client, service: Any, named: str, value: Any
) -> None:
    answer = exchange(robin, **{"code": "c", "state": "s", named: value})
    assert (answer.status_code, list(answer.json())) == (400, [named])


def test_what_is_not_set_up_is_said(robin: Client, settings: Any) -> None:
    settings.WHOOP_CLIENT_ID = ""
    answer = robin.get("/api/whoop/auth/authorize-url")
    assert answer.status_code == 409
    assert "WHOOP_CLIENT_ID" in answer.json()["detail"]
    assert not PendingConsent.objects.exists()


def test_the_browser_may_bring_back_what_the_api_began(robin: Client, service: Any) -> None:
    given = consent(robin)
    assert robin.get("/oauth/whoop/callback", given)["Location"] == "/connections/#whoop"
    assert is_connected()
    assert exchange(robin, **given).status_code == 400, "and that was the once"


def test_the_browser_brings_nothing_of_somebody_else(robin: Client, service: Any) -> None:
    given = consent(robin)
    other = Client()
    other.force_login(User.objects.create_user("other", is_staff=True))
    other.get("/oauth/whoop/callback", given)
    assert not is_connected()
