"""Withings' notifications: which are taken, what becomes of them, and how they are asked for."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from lifetracker import tasks
from lifetracker.models import SyncRun, SyncState, WebhookDelivery
from lifetracker.sync.streams import Window
from lifetracker.sync.webhooks import WebhookRejected, own_secrets, webhooks
from oauth_integration.models import OAuthCredential
from tests import databases
from tests.conftest import NOW, run, store_tokens
from tests.deliveries import post, process_deliveries, waiting
from weight.models import WITHINGS, MeasureGroup, WeighIn
from weight.webhooks import joined, read, window_of

PAYLOADS = Path(__file__).parents[1] / "payloads" / "withings"
HOUR = timedelta(hours=1)


@pytest.fixture
def synced(withings: Any) -> Any:
    OAuthCredential.objects.update(account=str(withings.user_id))
    databases.once(read_everything)
    return withings


def read_everything() -> None:
    assert run(WITHINGS, full=True).status == SyncRun.Status.SUCCESS


def path(secret: str | None = None) -> str:
    return f"/webhooks/withings?secret={own_secrets('withings')[0] if secret is None else secret}"


def deliver(service: Any, grpid: int, secret: str | None = None, **how: Any) -> tuple[int, str]:
    return post(path(secret), lambda to: service.deliver(grpid, to, **how))


def living() -> set[str]:
    return set(MeasureGroup.objects.live().values_list("source_id", flat=True))


# --- Taken or refused -----------------------------------------------------------------------------


def test_a_weigh_in_is_there_after_its_notification(synced: Any) -> None:
    [weight, _] = synced.weigh(71.4)
    assert deliver(synced, weight) == (200, "Thank you.")
    assert process_deliveries() == ["success"]
    assert float(WeighIn.objects.live().first().weight_kg) == 71.4
    assert waiting() == 0


@pytest.mark.parametrize("secret", ["", "x", "%C3%BC", "0" * 64])
def test_without_the_secret_of_the_address_nothing_is_taken(synced: Any, secret: str) -> None:
    [weight, _] = synced.weigh(71.4)
    assert deliver(synced, weight, secret=secret)[0] == 401
    assert Client().head(path(secret)).status_code == 401
    assert not WebhookDelivery.objects.exists()


def test_withings_may_look_whether_somebody_is_there(synced: Any) -> None:
    assert Client().head(path()).status_code == 200
    assert Client().get(path()).status_code == 200
    assert Client().put(path()).status_code == 405


def test_another_person_is_refused(synced: Any) -> None:
    [weight, _] = synced.weigh(71.4)
    assert deliver(synced, weight, user_id=4711)[0] == 403
    OAuthCredential.objects.update(account="")
    assert deliver(synced, weight)[0] == 404
    assert not WebhookDelivery.objects.exists()


def test_an_older_secret_is_good_while_its_key_is(synced: Any, settings: Any) -> None:
    old = own_secrets("withings")[0]
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert own_secrets("withings")[0] != old
    assert Client().head(path(old)).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"startdate": None},
        {"enddate": None},
        {"startdate": "soon"},
        {"startdate": "-5"},
        {"enddate": "99999999999999"},
        {"startdate": "1789560000", "enddate": "1789550000"},
        {"startdate": "0"},
        {"date": "no day"},
        {"date": "0001-01-01"},
        {"startdate": "4000000000", "enddate": "4000000001"},
    ],
)
def test_a_time_that_is_none_is_refused(withings: Any, changes: dict[str, Any]) -> None:
    OAuthCredential.objects.update(account="29")
    good = {"userid": "29", "appli": "1", "startdate": "1789550000", "enddate": "1789550001"}
    assert read({}, dict(good)).event == "appli 1"
    wrong = {name: value for name, value in (good | changes).items() if value is not None}
    with pytest.raises(WebhookRejected, match="cannot be read"):
        read({}, wrong)


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("callback_appli1", "appli 1"),
        ("callback_appli46_delete", "account"),
        ("callback_appli46_unlink", "account"),
    ],
)
def test_the_documented_bodies_are_understood(withings: Any, name: str, event: str) -> None:
    content = dict(parse_qsl((PAYLOADS / f"{name}.form.txt").read_text().strip()))
    OAuthCredential.objects.update(account=content["userid"])
    assert read({}, content).event == event


def test_what_is_not_ours_to_keep_leaves_nothing(synced: Any) -> None:
    [weight, _] = synced.weigh(71.4)
    status, text = deliver(synced, weight, appli=44)
    assert (status, text) == (200, "This event needs no action.")
    assert not WebhookDelivery.objects.exists()


def test_a_form_and_nothing_else(synced: Any) -> None:
    [weight, _] = synced.weigh(71.4)
    send = partial(synced.deliver, weight)
    assert post(path(), send, content_type="application/json")[0] == 415
    assert post(path(), send, body=b"a" * 1_000_001)[0] == 413
    assert post(path(), send, body=b"&".join(b"a=1" for _ in range(5000)))[0] == 400
    assert post(path(), send, body=b"\xff\xfe=\xff")[0] in {400, 403}
    assert not WebhookDelivery.objects.exists()


# --- Worked off -----------------------------------------------------------------------------------


def test_edits_and_deletions_are_seen(synced: Any) -> None:
    [edited, _] = synced.weigh(71.4, at=NOW - HOUR)
    [deleted, _] = synced.weigh(72.0, at=NOW - 2 * HOUR)
    for one in (edited, deleted):
        deliver(synced, one)
    process_deliveries()
    assert {str(edited), str(deleted)} <= living()
    synced.delete(deleted)
    deliver(synced, deleted)
    process_deliveries()
    assert str(deleted) not in living()
    assert str(edited) in living(), "what lies beside it stays"


def test_many_notifications_for_one_weigh_in_are_read_once(synced: Any, sandbox: Any) -> None:
    [weight, _] = synced.weigh(71.4)
    assert deliver(synced, weight) == (200, "Thank you.")
    assert "already received" in deliver(synced, weight)[1]
    deliver(synced, weight, date=True)
    assert waiting() == 2
    sandbox.requests.clear()
    process_deliveries()
    assert len([r for r in sandbox.requests if r.path.endswith("/measure")]) == 1
    assert waiting() == 0


def test_a_small_window_moves_no_state_that_it_does_not_touch(synced: Any) -> None:
    before = SyncState.objects.get(source=WITHINGS, stream="measure")
    [weight, _] = synced.weigh(71.4, at=NOW - timedelta(days=20))
    deliver(synced, weight)
    process_deliveries()
    after = SyncState.objects.get(source=WITHINGS, stream="measure")
    assert (after.verified_from, after.verified_to) == (before.verified_from, before.verified_to)


def test_the_same_again_is_read_again(synced: Any) -> None:
    [weight, _] = synced.weigh(71.4)
    deliver(synced, weight)
    process_deliveries()
    assert deliver(synced, weight) == (200, "Thank you."), "nobody is at the first one any more"
    assert waiting() == 1


def test_one_window_that_fails_keeps_no_other_waiting(synced: Any, sandbox: Any) -> None:
    [first, _] = synced.weigh(71.4, at=NOW - HOUR)
    [second, _] = synced.weigh(72.0, at=NOW - timedelta(days=40))
    deliver(synced, second)
    deliver(synced, first)
    # Windows are read from the oldest to the newest.
    sandbox.faults.add(match="/measure", kind="cut", times=4)
    assert process_deliveries() == ["partial"]
    assert str(first) in living()
    assert str(second) not in living()
    assert waiting() == 1


def test_a_clock_that_is_slow_loses_nothing(synced: Any, at: Any) -> None:
    moment = NOW + timedelta(minutes=2)
    [weight, _] = synced.weigh(71.4, at=moment)
    deliver(synced, weight)
    process_deliveries()
    assert waiting() == 1
    at(NOW + timedelta(minutes=5))
    tasks.resume_stalled_runs()
    process_deliveries()
    assert str(weight) in living()
    assert waiting() == 0


@pytest.mark.django_db(transaction=True)
def test_a_body_that_was_cut_off_is_refused(withings: Any, live_server: Any) -> None:
    body = b"userid=1&appli=1&startdate=1789550000&enddate=1789550001"
    host, _, port = live_server.url.removeprefix("http://").partition(":")
    head = f"POST {path()} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body) + 1}\r\n"
    kind = "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall((head + kind).encode() + body)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"cut off" in answer


def test_a_withdrawn_consent_shows(synced: Any) -> None:
    synced.revoke()
    content = {"userid": str(synced.user_id), "appli": "46", "action": "unlink"}
    WebhookDelivery.objects.create(source=WITHINGS, delivery_id="1", **said(content))
    tasks.resume_stalled_runs()
    process_deliveries()
    assert OAuthCredential.objects.of("withings").needs_reauthorization
    assert "onnect" in SyncRun.objects.get(kind="webhook").error


def said(content: dict[str, str]) -> dict[str, Any]:
    notice: Any = read({}, content)
    return {"event": notice.event, "subject": notice.subject}


def test_a_day_is_read_wherever_it_was() -> None:
    window = window_of({"date": "2026-09-16"})
    assert window.start <= datetime(2026, 9, 15, 12, tzinfo=UTC)
    assert window.end >= datetime(2026, 9, 17, 12, tzinfo=UTC)


def test_windows_that_touch_become_one() -> None:
    def hours(start: int, end: int) -> Window:
        return Window(NOW + start * HOUR, NOW + end * HOUR)

    assert joined([hours(5, 6), hours(0, 2), hours(1, 3), hours(3, 4)]) == [
        hours(0, 4),
        hours(5, 6),
    ]
    assert joined([hours(0, 9), hours(2, 3)]) == [hours(0, 9)]
    assert joined([]) == []


# --- Subscribing ----------------------------------------------------------------------------------


def command(*words: str) -> str:
    out = StringIO()
    call_command("webhooks", *words, stdout=out)
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_subscribing_and_all_that_follows(withings: Any, live_server: Any, settings: Any) -> None:
    OAuthCredential.objects.update(account=str(withings.user_id))
    settings.PUBLIC_URL = live_server.url
    assert "Subscribed to weigh-ins" in command("subscribe", "withings")
    [subscription] = withings.subscriptions()
    assert subscription["callbackurl"] == webhooks[WITHINGS].address()

    shown = command("list")
    assert f"appli 1 to {live_server.url}/webhooks/withings" in shown
    assert own_secrets("withings")[0] not in shown

    [weight, _] = withings.weigh(70.9)
    assert set(withings.deliver(weight)) == {200}
    process_deliveries()
    assert str(weight) in living()
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    withings_is_connected(withings)
    command("subscribe", "withings")
    [subscription] = withings.subscriptions()
    assert subscription["callbackurl"] == webhooks[WITHINGS].address(), "the old one is gone"

    assert "Unsubscribed from weigh-ins" in command("unsubscribe", "withings")
    assert withings.subscriptions() == []
    assert "There was no subscription" in command("unsubscribe", "withings")


def withings_is_connected(withings: Any) -> None:
    OAuthCredential.objects.all().delete()
    store_tokens(withings, withings.issue_tokens())


def test_without_an_address_nobody_can_be_told(withings: Any, settings: Any) -> None:
    with pytest.raises(CommandError, match="PUBLIC_URL is not set"):
        command("subscribe", "withings")
    settings.PUBLIC_URL = "http://127.0.0.1:9"
    with pytest.raises(CommandError, match="Withings answered status"):
        command("subscribe", "withings")
    assert "WHOOP: /webhooks/whoop, 0 deliveries waiting" in command("list")
