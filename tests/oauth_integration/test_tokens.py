"""Tokens: refreshed once, stored before use, never lost to somebody else's trouble, never shown."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from lifetracker.errors import NeedsReauthorization, NotConfigured, TryLater
from lifetracker.models import SyncRun
from lifetracker.sync import http, transport
from lifetracker.sync.http import ResponsePolicy
from oauth_integration import tokens as module
from oauth_integration.models import OAuthCredential
from tests.conftest import NOW, run, store_tokens
from whoop.services.whoop_client import WhoopAPIClient

TOKEN = "/oauth2/token"


def expire() -> None:
    OAuthCredential.objects.update(expires_at=timezone.now() - timedelta(minutes=1))


def token_requests(sandbox: Any) -> int:
    return sum(TOKEN in request.path for request in sandbox.requests)


def test_a_fresh_token_is_used_as_it_is(whoop: Any, sandbox: Any) -> None:
    assert WhoopAPIClient().access_token() == OAuthCredential.objects.get().access_token
    assert token_requests(sandbox) == 0


def test_an_expired_token_is_refreshed_and_both_new_ones_are_stored(whoop: Any) -> None:
    old = OAuthCredential.objects.get()
    expire()
    token = WhoopAPIClient().access_token()
    new = OAuthCredential.objects.get()
    assert token == new.access_token != old.access_token
    assert new.refresh_token != old.refresh_token
    assert new.expires_at > timezone.now() + timedelta(minutes=50)
    assert run().status == SyncRun.Status.SUCCESS


def test_a_token_that_ends_soon_is_refreshed_ahead(whoop: Any) -> None:
    now = timezone.now()
    OAuthCredential.objects.update(
        expires_at=now + timedelta(seconds=60), updated_at=now - timedelta(minutes=59)
    )
    WhoopAPIClient().access_token()
    assert whoop.refreshes == 1


def test_tokens_that_live_for_a_minute_are_not_refreshed_for_every_request(whoop: Any) -> None:
    whoop.options.configure(token_lifetime=60)
    expire()
    assert run().status == SyncRun.Status.SUCCESS
    assert whoop.refreshes == 1


@pytest.mark.parametrize("odd", ["abc", 1e300, float("nan"), [1], None, -5, "60", True])
def test_an_odd_lifetime_does_not_cost_the_new_pair(
    whoop: Any, requests_mock: Any, settings: Any, odd: Any
) -> None:
    settings.WHOOP_API_URL = "https://whoop.example"
    answer = {"access_token": "new", "refresh_token": "newer", "expires_in": odd}
    requests_mock.post(
        "https://whoop.example/oauth/oauth2/token", json={**answer, "scope": "s " * 600}
    )
    expire()
    assert WhoopAPIClient().access_token() == "new"
    stored = OAuthCredential.objects.get()
    assert stored.refresh_token == "newer"
    assert stored.expires_at <= timezone.now() + timedelta(hours=1)


def test_a_database_that_is_busy_does_not_cost_the_new_pair(
    whoop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    save, failures = OAuthCredential.save, [OperationalError("database is locked")] * 2

    def busy(self: OAuthCredential, *args: Any, **options: Any) -> None:
        if failures:
            raise failures.pop()
        save(self, *args, **options)

    expire()
    monkeypatch.setattr(OAuthCredential, "save", busy)
    WhoopAPIClient().access_token()
    assert failures == []
    assert OAuthCredential.objects.get().expires_at > timezone.now()


def test_nothing_that_saves_a_row_under_a_wrong_key_destroys_it(whoop: Any, settings: Any) -> None:
    before = OAuthCredential.objects.get()
    key, settings.SECRET_KEY = settings.SECRET_KEY, "another key"
    with pytest.raises(CommandError):
        call_command("migrate_oauth_to_db")
    OAuthCredential.objects.get().save()
    settings.SECRET_KEY = key
    after = OAuthCredential.objects.get()
    assert after.refresh_token == before.refresh_token
    assert after.client_secret == before.client_secret
    assert run().status == SyncRun.Status.SUCCESS


def test_another_members_consent_is_refused(whoop: Any) -> None:
    run()
    whoop.data.profile = {**whoop.data.profile, "user_id": 4711}
    whoop.delete("workout", whoop.records("workout")[0]["id"])
    record = run()
    assert record.status == SyncRun.Status.FAILED
    assert "not the member" in record.error
    assert record.total("deleted") == 0


def test_a_token_that_is_refused_before_its_time_is_replaced(whoop: Any, sandbox: Any) -> None:
    credential = OAuthCredential.objects.get()
    credential.access_token = "revoked-by-somebody"
    credential.save()
    assert run().status == SyncRun.Status.SUCCESS
    assert whoop.refreshes == 1


def test_a_refused_token_that_another_process_replaced_is_not_refreshed_again(whoop: Any) -> None:
    client = WhoopAPIClient()
    stale = client.access_token()
    store_tokens_again(whoop)
    assert client.access_token(rejected=stale) != stale
    assert whoop.refreshes == 0


def store_tokens_again(whoop: Any) -> None:
    tokens = whoop.issue_tokens()
    OAuthCredential.objects.get().update_tokens(
        access_token=tokens["access_token"],
        refresh_token=tokens["refresh_token"],
        expires_at=timezone.now() + timedelta(hours=1),
        scopes="",
    )


def test_a_service_that_refuses_even_new_tokens_is_asked_twice_only(
    whoop: Any, sandbox: Any
) -> None:
    sandbox.faults.add(match="/developer/", times=None, kind="status", status=401)
    record = run()
    assert record.status == SyncRun.Status.FAILED
    assert "whoop_auth" in record.error
    assert token_requests(sandbox) == 1


def test_a_lost_answer_keeps_the_row_and_says_what_to_do(whoop: Any, sandbox: Any) -> None:
    expire()
    before = OAuthCredential.objects.get()
    sandbox.faults.add(match=TOKEN, kind="lost")
    record = run()
    after = OAuthCredential.objects.get()
    assert record.status == SyncRun.Status.FAILED
    assert "python manage.py whoop_auth" in record.error
    assert after.needs_reauthorization
    assert (after.refresh_token, after.client_secret) == (
        before.refresh_token,
        before.client_secret,
    )
    store_tokens_again(whoop)
    assert run().status == SyncRun.Status.SUCCESS, "consent heals it"


def test_a_lost_answer_where_nothing_was_rotated_is_no_trouble(whoop: Any, sandbox: Any) -> None:
    expire()
    sandbox.faults.add(match=TOKEN, kind="drop")
    assert run().status == SyncRun.Status.SUCCESS


@pytest.mark.parametrize("status", [500, 502, 503])
def test_5xx_at_the_token_endpoint_revokes_nothing_and_ends_the_run(
    whoop: Any, sandbox: Any, status: int
) -> None:
    expire()
    before = OAuthCredential.objects.get()
    sandbox.faults.add(match=TOKEN, times=None, kind="status", status=status)
    record = run()
    after = OAuthCredential.objects.get()
    assert record.status == SyncRun.Status.FAILED
    assert token_requests(sandbox) == 2, "no other endpoint tries its luck"
    assert not after.needs_reauthorization
    assert after.refresh_token == before.refresh_token
    sandbox.faults.clear()
    assert run().status == SyncRun.Status.SUCCESS


def test_invalid_grant_does_not_mark_a_row_that_somebody_renewed_meanwhile(whoop: Any) -> None:
    stored = OAuthCredential.objects.get()
    stored.mark_for_reauthorization(failed="an older token")
    assert not OAuthCredential.objects.get().needs_reauthorization


def test_a_wrong_secret_is_named_and_costs_no_consent(whoop: Any) -> None:
    OAuthCredential.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    credential = OAuthCredential.objects.get()
    credential.client_secret = "mistyped"
    credential.save()
    record = run()
    assert "WHOOP_CLIENT_SECRET" in record.error
    assert not OAuthCredential.objects.get().needs_reauthorization


def test_nobody_waits_for_ever_for_a_refresh(whoop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    expire()
    lease = module.Lease.objects.acquire("refresh:whoop", timedelta(minutes=5))
    assert lease
    monkeypatch.setattr(module, "REFRESH_LEASE", timedelta(seconds=-4.8))
    with pytest.raises(TryLater, match="another process") as failure:
        WhoopAPIClient().access_token()
    assert failure.value.after, "the other streams of the run would wait in vain too"


@pytest.fixture
def busy(whoop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process refreshes the token, for longer than a request waits."""
    expire()
    monkeypatch.setattr(module, "LONGEST_WAIT_IN_A_REQUEST", timedelta(seconds=0.2))
    assert module.Lease.objects.acquire("refresh:whoop", timedelta(minutes=5))


def test_a_request_does_not_wait_long_for_a_refresh(admin_client: Client, busy: None) -> None:
    answer = admin_client.get("/api/whoop/api/profile")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "40"
    assert "another process is refreshing" in answer.json()["detail"]
    told = admin_client.get("/api/whoop/auth/test").json()
    assert (told["ok"], told["error"]) == (False, "try_later")


def test_a_page_does_not_wait_long_for_a_refresh(admin_client: Client, busy: None) -> None:
    page = admin_client.post(
        "/oauth/whoop/disconnect", follow=True, headers={"accept": "text/html"}
    )
    assert "still connected" in page.text
    assert "another process is refreshing" in page.text
    assert OAuthCredential.objects.get().is_connected


def test_the_lease_of_a_refresh_is_renewed_while_the_answer_is_waited_for(
    whoop: Any, sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the token endpoint takes longer than the lease lasts, nobody else may refresh."""
    expire()
    monkeypatch.setattr(module, "REFRESH_LEASE", timedelta(seconds=0.3))
    monkeypatch.setattr(transport, "WAIT_SLICE", 0.1)
    sandbox.faults.add("/oauth2/token", kind="hang", seconds=0.8)
    began = time.monotonic()
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(seconds=time.monotonic() - began))
    taken = []

    class Watching(WhoopAPIClient):
        def policy(self) -> ResponsePolicy:
            return SignalsThatTry()

    class SignalsThatTry(ResponsePolicy):
        def failed(self, response: Any) -> str | None:
            taken.append(module.Lease.objects.acquire("refresh:whoop", timedelta(seconds=1)))
            return super().failed(response)

    Watching().access_token()
    assert taken == [None]
    assert whoop.refreshes == 1


def test_first_values_come_from_the_environment(settings: Any, whoop: Any, sandbox: Any) -> None:
    tokens = whoop.issue_tokens()
    OAuthCredential.objects.all().delete()
    settings.WHOOP_CLIENT_ID = whoop.client_id
    settings.WHOOP_CLIENT_SECRET = whoop.client_secret
    settings.WHOOP_REFRESH_TOKEN = tokens["refresh_token"]
    assert run().status == SyncRun.Status.SUCCESS
    stored = OAuthCredential.objects.get()
    assert stored.client_id == whoop.client_id
    assert stored.refresh_token not in {"", tokens["refresh_token"]}


def test_a_forgotten_connection_does_not_come_back_from_the_environment(
    settings: Any, whoop: Any
) -> None:
    settings.WHOOP_REFRESH_TOKEN = "an-old-one"
    OAuthCredential.objects.get().forget_tokens()
    assert not OAuthCredential.objects.of("whoop").is_connected
    with pytest.raises(NeedsReauthorization, match="not connected"):
        WhoopAPIClient().access_token()


@pytest.mark.parametrize("name", ["CLIENT_ID", "CLIENT_SECRET", "REDIRECT_URI"])
def test_a_missing_value_is_named_with_the_next_step(settings: Any, db: None, name: str) -> None:
    for each in ("CLIENT_ID", "CLIENT_SECRET", "REDIRECT_URI"):
        setattr(settings, f"WHOOP_{each}", "" if each == name else "a-value")
    with pytest.raises(NotConfigured, match=f"WHOOP_{name}.*docs/whoop.md"):
        WhoopAPIClient().get_authorization_url("a-state-of-16-chars")


def test_without_offline_access_the_next_step_is_said(whoop: Any) -> None:
    credential = OAuthCredential.objects.get()
    credential.refresh_token = ""
    credential.save()
    expire()
    with pytest.raises(NeedsReauthorization, match="no refresh token"):
        WhoopAPIClient().access_token()


def test_secrets_are_encrypted_at_rest(whoop: Any) -> None:
    credential = OAuthCredential.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM oauth_integration_oauthcredential")
        row = str(cursor.fetchall())
    for secret in (credential.access_token, credential.refresh_token, credential.client_secret):
        assert len(secret) > 10
        assert secret not in row


def test_an_older_key_still_opens_and_is_rotated_away(whoop: Any, settings: Any) -> None:
    token = OAuthCredential.objects.get().access_token
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another key"
    settings.SECRET_KEY_FALLBACKS = [old]
    assert OAuthCredential.objects.get().access_token == token
    call_command("rotate_encryption")
    settings.SECRET_KEY_FALLBACKS = []
    assert OAuthCredential.objects.get().access_token == token


def test_a_lost_key_is_said_and_mended_by_a_new_consent(whoop: Any, settings: Any) -> None:
    settings.SECRET_KEY = "another key"
    with pytest.raises(NeedsReauthorization, match="SECRET_KEY_FALLBACKS"):
        run()
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("rotate_encryption")
    OAuthCredential.objects.all().delete()
    store_tokens(whoop, whoop.issue_tokens())
    assert run().status == SyncRun.Status.SUCCESS


def test_disconnect_revokes_upstream_then_forgets(whoop: Any) -> None:
    token = OAuthCredential.objects.get().access_token
    assert WhoopAPIClient().disconnect() == ""
    stored = OAuthCredential.objects.get()
    assert (stored.access_token, stored.refresh_token) == ("", "")
    assert stored.client_id == whoop.client_id
    other = http.HttpClient("WHOOP")
    answer = other.request(
        "GET",
        f"{whoop.url}/developer/v2/cycle",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 401


def test_disconnect_forgets_whatever_upstream_answers(whoop: Any, sandbox: Any) -> None:
    sandbox.faults.add(match="/user/access", times=None, kind="status", status=500)
    assert "500" in WhoopAPIClient().disconnect()
    assert OAuthCredential.objects.get().refresh_token == ""


@pytest.mark.parametrize(
    "fault",
    [
        {"match": TOKEN, "kind": "lost"},
        {"match": TOKEN, "kind": "garbage", "times": None},
        {"match": TOKEN, "kind": "status", "status": 500, "times": None},
        {"match": "/developer/", "kind": "status", "status": 401, "times": None},
        {"match": "/developer/", "kind": "garbage", "times": None},
        {"match": "/developer/", "kind": "status", "status": 403, "times": None},
        {"match": "/developer/", "kind": "cut", "times": None},
    ],
)
def test_no_secret_leaves_a_failing_run(
    whoop: Any,
    sandbox: Any,
    fault: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = secrets_of(OAuthCredential.objects.get())
    if fault["match"] == TOKEN:
        expire()
    sandbox.faults.add(**fault)
    with pytest.raises(CommandError) as failure:
        call_command("sync_whoop")
    credential = OAuthCredential.objects.get()
    secrets |= secrets_of(credential)
    record = SyncRun.objects.get()
    said = "".join(
        [
            *capsys.readouterr(),
            caplog.text,
            str(failure.value),
            repr(failure.value.__context__),
            record.error,
            str(record.counts),
            repr(credential),
            str(credential),
            repr(WhoopAPIClient()),
        ]
    )
    assert record.error, "it was a failing run"
    assert [secret for secret in secrets if secret in said] == []


def secrets_of(credential: OAuthCredential) -> set[str]:
    return {credential.access_token, credential.refresh_token, credential.client_secret}
