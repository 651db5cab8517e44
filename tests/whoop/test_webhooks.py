"""WHOOP's deliveries: which are taken, and what becomes of them."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from lifetracker import tasks
from lifetracker.models import (
    GIVEN_UP,
    RejectedItem,
    SyncRun,
    WebhookDelivery,
    WebhookDeliveryQuerySet,
)
from oauth_integration.models import OAuthCredential
from tests import databases
from tests.conftest import NOW, assert_equals_upstream, run
from tests.deliveries import caught, post, process_deliveries, waiting
from whoop import webhooks
from whoop.models import WhoopRecovery, WhoopSleep
from workouts.models import Workout

PATH = "/webhooks/whoop"
PAYLOADS = Path(__file__).parents[1] / "payloads" / "whoop"


@pytest.fixture
def synced(whoop: Any) -> Any:
    """The whole history is here, and nothing is asked for any more."""
    databases.once(read_everything)
    return whoop


def read_everything() -> None:
    assert run(full=True).status == SyncRun.Status.SUCCESS


def newest(service: Any, kind: str) -> Any:
    return service.records(kind)[0]


def night_of(service: Any) -> Any:
    """A sleep that has a recovery."""
    nights = {r["sleep_id"] for r in service.records("recovery")}
    return next(s for s in service.records("sleep") if s["id"] in nights)


def deliver(service: Any, kind: str, record_id: str | int, **how: Any) -> tuple[int, str]:
    return post(PATH, partial(send, service, kind, record_id, **how))


def send(service: Any, kind: str, record_id: str | int, to: str, **how: Any) -> int:
    return int(service.deliver_webhook(kind, record_id, to, **how))


# --- Taken or refused -----------------------------------------------------------------------------


def test_a_good_delivery_is_kept_and_a_run_is_asked_for(synced: Any) -> None:
    sleep = night_of(synced)
    assert deliver(synced, "sleep", sleep["id"]) == (200, "Thank you.")
    kept = WebhookDelivery.objects.get()
    assert (kept.source, kept.event) == ("Whoop", "sleep.updated")
    assert kept.subject == {"kind": "sleep", "id": sleep["id"]}
    assert kept.handled_at is None
    assert SyncRun.objects.active().get().kind == "webhook"


def test_a_double_stores_nothing(synced: Any) -> None:
    sleep = night_of(synced)
    deliver(synced, "sleep", sleep["id"], trace_id="one")
    status, text = deliver(synced, "sleep", sleep["id"], trace_id="one")
    assert status == 200, "whoever sends it again must be told that it has come"
    assert "already received" in text
    process_deliveries()
    deliver(synced, "sleep", sleep["id"], trace_id="one")
    assert WebhookDelivery.objects.count() == 1
    assert not SyncRun.objects.active().exists(), "and nothing is done again"


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({"secret": "another"}, 401),
        ({"signature": ""}, 401),
        ({"signature": "bm9uZQ=="}, 401),
        ({"signature": "ünïcode"}, 401),
        ({"age": 71 * 60}, 401),
        ({"age": -6 * 60}, 401),
        ({"user_id": 1}, 403),
        ({"legacy": True}, 400),
        ({"trace_id": "x" * 81}, 400),
    ],
)
def test_what_is_not_right_is_refused_and_not_kept(
    synced: Any, how: dict[str, Any], status: int
) -> None:
    if how.get("signature") == "ünïcode":
        answer = post(
            PATH, partial(send, synced, "sleep", night_of(synced)["id"]), x_whoop_signature="ünï"
        )
    else:
        answer = deliver(synced, "sleep", night_of(synced)["id"], **how)
    assert answer[0] == status
    assert answer[1]
    assert not WebhookDelivery.objects.exists()
    assert not SyncRun.objects.active().exists()


@pytest.mark.parametrize("age", [0, 69 * 60, -4 * 60])
def test_clocks_may_differ_and_retries_may_be_late(synced: Any, age: int) -> None:
    assert deliver(synced, "sleep", night_of(synced)["id"], age=age)[0] == 200


def test_every_byte_is_signed(synced: Any) -> None:
    sleep = partial(send, synced, "sleep", night_of(synced)["id"])
    _, body = caught(PATH, sleep)
    assert post(PATH, sleep, body=body + b" ")[0] == 401
    assert post(PATH, sleep, x_whoop_signature_timestamp=None)[0] == 401


@pytest.mark.parametrize(
    "body",
    [
        b"no JSON",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"type": "sleep.updated"}',
        b'{"type": "sleep.updated", "trace_id": "t", "user_id": "1", "id": "x"}',
        b'{"type": "sleep.updated", "trace_id": "t", "user_id": true, "id": "x"}',
        b'{"type": "sleep.updated", "trace_id": "a\\u0000b", "user_id": 1, "id": "x"}',
        b'{"type": "sleep.updated", "trace_id": "t", "user_id": 99999999999999999999, "id": "x"}',
        b'{"type": "sleep.updated", "trace_id": "\\ud800", "user_id": 1, "id": "x"}',
    ],
)
def test_what_is_signed_and_cannot_be_read_is_refused(synced: Any, body: bytes) -> None:
    timestamp = "".join(filter(str.isdigit, caught(PATH, _any(synced))[0][STAMP]))
    [signature] = webhooks.signatures(timestamp, body)
    changed = {"x_whoop_signature": signature, "x_whoop_signature_timestamp": timestamp}
    status, text = post(PATH, _any(synced), body=body, **changed)
    assert status in {400, 403}
    assert text
    assert not WebhookDelivery.objects.exists()


STAMP = "X-WHOOP-Signature-Timestamp"


def _any(service: Any) -> Any:
    return partial(send, service, "sleep", night_of(service)["id"])


def test_a_large_body_or_one_of_another_type_is_refused(synced: Any) -> None:
    assert post(PATH, _any(synced), body=b" " * 1_000_001)[0] == 413
    assert post(PATH, _any(synced), content_type="text/plain")[0] == 415
    assert post(PATH, _any(synced), content_type=None)[0] == 415
    assert not WebhookDelivery.objects.exists()


def test_only_post_is_answered(synced: Any) -> None:
    for method in ("get", "head", "put", "delete", "patch"):
        answer = getattr(Client(), method)(PATH)
        assert answer.status_code == 405, method
        assert answer.headers["Allow"] == "POST"
    assert Client().post("/webhooks/nobody").status_code == 404


def test_without_a_secret_nothing_is_taken(whoop: Any, settings: Any) -> None:
    OAuthCredential.objects.update(client_secret="")
    OAuthCredential.objects.all().delete()
    settings.WHOOP_CLIENT_SECRET = ""
    status, text = deliver(whoop, "sleep", night_of(whoop)["id"])
    assert status == 404
    assert "docs/webhooks.md" in text


def test_while_the_secret_changes_the_new_one_counts_as_well(synced: Any, settings: Any) -> None:
    settings.WHOOP_CLIENT_SECRET = "the next one"
    sleep = night_of(synced)["id"]
    assert deliver(synced, "sleep", sleep, secret="the next one")[0] == 200
    assert deliver(synced, "sleep", sleep)[0] == 200


def test_the_signature_is_that_of_the_vector(whoop: Any) -> None:
    vector = json.loads((PAYLOADS / "webhook_signed_request.json").read_text())
    credential = OAuthCredential.objects.of("whoop")
    credential.client_secret = vector["client_secret"]
    credential.save()
    timestamp = vector["headers"][STAMP]
    made = webhooks.signatures(timestamp, vector["raw_body"].encode())
    assert made == [vector["headers"]["X-WHOOP-Signature"]]


@pytest.mark.parametrize("name", ["sleep_updated", "recovery_deleted", "workout_deleted"])
def test_the_documented_bodies_are_understood(whoop: Any, name: str) -> None:
    run()
    content = json.loads((PAYLOADS / f"webhook_{name}.json").read_text())
    notice = webhooks.read({}, content | {"user_id": newest(whoop, "sleep")["user_id"]})
    assert notice.event == name.replace("_", ".")
    assert notice.subject["id"] == content["id"]


def test_an_event_that_nobody_knows_leaves_nothing(synced: Any) -> None:
    content = {"trace_id": "t", "user_id": newest(synced, "sleep")["user_id"], "id": str(uuid4())}
    for kind in ("body.updated", "sleep.moved", "sleep", ""):
        assert webhooks.read({}, content | {"type": kind}) == webhooks.NOTHING_TO_DO


# --- Worked off -----------------------------------------------------------------------------------


def test_each_record_is_fetched_and_stored(synced: Any, sandbox: Any) -> None:
    sleep, workout = night_of(synced), newest(synced, "workout")
    synced.edit("sleep", sleep["id"], score={"sleep_performance_percentage": 12.0})
    synced.rescore("recovery", sleep["cycle_id"], recovery_score=3.0)
    synced.rescore("cycle", sleep["cycle_id"], strain=20.5)
    synced.rescore("workout", workout["id"], strain=19.0)
    deliver(synced, "sleep", sleep["id"])
    deliver(synced, "recovery", sleep["cycle_id"])
    deliver(synced, "workout", workout["id"])
    sandbox.requests.clear()
    assert process_deliveries() == ["success"]
    assert_equals_upstream(synced)
    assert WhoopRecovery.objects.get(sleep_id=sleep["id"]).recovery_score == 3
    assert len(sandbox.requests) == 4, "the night once, however many events speak of it"
    assert waiting() == 0


def test_a_new_night_comes_with_all_that_belongs_to_it(whoop: Any) -> None:
    run()
    sleep = night_of(whoop)
    for model in (WhoopSleep, WhoopRecovery):
        model.objects.filter(sleep_id=sleep["id"]).delete()
    deliver(whoop, "recovery", sleep["cycle_id"])
    assert process_deliveries() == ["success"]
    assert WhoopRecovery.objects.get(sleep_id=sleep["id"]).date is not None
    assert WhoopSleep.objects.filter(sleep_id=sleep["id"]).exists()


def test_what_is_deleted_gets_a_tombstone(synced: Any) -> None:
    sleep, workout = night_of(synced), newest(synced, "workout")
    synced.delete("sleep", sleep["id"])
    synced.delete("workout", workout["id"])
    deliver(synced, "sleep", sleep["id"], event="deleted")
    deliver(synced, "workout", workout["id"], event="deleted")
    assert process_deliveries() == ["success"]
    assert WhoopSleep.objects.get(sleep_id=sleep["id"]).deleted_at == NOW
    assert WhoopRecovery.objects.get(sleep_id=sleep["id"]).deleted_at == NOW
    assert Workout.objects.get(source_id=workout["id"]).deleted_at == NOW
    assert_equals_upstream(synced)
    assert waiting() == 0


@pytest.mark.parametrize("events", [("updated", "deleted"), ("deleted", "updated")])
def test_the_order_does_not_matter(synced: Any, events: tuple[str, str]) -> None:
    workout = newest(synced, "workout")
    synced.delete("workout", workout["id"])
    for event in events:
        deliver(synced, "workout", workout["id"], event=event)
        process_deliveries()
    assert_equals_upstream(synced)
    assert waiting() == 0


def test_what_is_not_there_yet_is_asked_for_again(synced: Any, at: Any) -> None:
    workout = newest(synced, "workout")
    Workout.objects.filter(source_id=workout["id"]).delete()
    synced.delete("workout", workout["id"])
    deliver(synced, "workout", workout["id"])
    assert process_deliveries() == ["success"]
    kept = WebhookDelivery.objects.get()
    assert (kept.handled_at, kept.attempts) == (None, 1)
    assert kept.outcome == "WHOOP does not show it yet."

    tasks.resume_stalled_runs()
    assert process_deliveries() == [], "not before its time"
    synced.restore("workout", workout["id"])
    at(NOW + timedelta(minutes=2))
    tasks.resume_stalled_runs()
    assert process_deliveries() == ["success"]
    assert_equals_upstream(synced)
    assert waiting() == 0


def test_what_never_appears_is_left_to_the_syncs_after_some_tries(synced: Any, at: Any) -> None:
    workout = newest(synced, "workout")
    Workout.objects.filter(source_id=workout["id"]).delete()
    synced.delete("workout", workout["id"])
    deliver(synced, "workout", workout["id"])
    for hours in range(webhooks.TRIES):
        at(NOW + timedelta(hours=3 * hours))
        tasks.resume_stalled_runs()
        process_deliveries()
    assert waiting() == 0
    assert WebhookDelivery.objects.get().attempts == webhooks.TRIES


def test_a_pending_score_is_fetched_when_it_is_there(synced: Any, at: Any) -> None:
    sleep = night_of(synced)
    synced.make_pending("recovery", sleep["cycle_id"])
    deliver(synced, "recovery", sleep["cycle_id"])
    process_deliveries()
    assert WhoopRecovery.objects.get(sleep_id=sleep["id"]).recovery_score is None
    assert waiting() == 1
    synced.rescore("recovery", sleep["cycle_id"], recovery_score=77.0)
    at(NOW + timedelta(minutes=2))
    tasks.resume_stalled_runs()
    process_deliveries()
    assert WhoopRecovery.objects.get(sleep_id=sleep["id"]).recovery_score == 77
    assert waiting() == 0


def test_one_that_cannot_be_fetched_does_not_hold_up_the_others(synced: Any, sandbox: Any) -> None:
    sleep, workout = night_of(synced), newest(synced, "workout")
    synced.edit("sleep", sleep["id"], score={"sleep_performance_percentage": 12.0})
    sandbox.faults.add(match="/activity/workout/", times=None, kind="status", status=400)
    deliver(synced, "workout", workout["id"])
    deliver(synced, "sleep", sleep["id"])
    assert process_deliveries() == ["partial"]
    assert WhoopSleep.objects.get(sleep_id=sleep["id"]).sleep_performance == 12
    left = WebhookDelivery.objects.waiting().get()
    assert left.event == "workout.updated"
    assert "400" in left.outcome


@pytest.mark.parametrize("fault", [{"kind": "status", "status": 500}, {"kind": "cut"}])
def test_one_that_always_fails_keeps_no_other_waiting(
    synced: Any, sandbox: Any, fault: dict[str, Any], at: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _seconds: None)
    sleep, workout = night_of(synced), newest(synced, "workout")
    synced.edit("sleep", sleep["id"], score={"sleep_performance_percentage": 12.0})
    sandbox.faults.add(match="/activity/workout/", times=None, **fault)
    deliver(synced, "workout", workout["id"])
    deliver(synced, "sleep", sleep["id"])
    assert process_deliveries() == ["partial"]
    assert WhoopSleep.objects.get(sleep_id=sleep["id"]).sleep_performance == 12
    assert WebhookDelivery.objects.waiting().get().event == "workout.updated"


def test_a_fault_of_ours_in_one_lets_the_others_go_on(synced: Any, monkeypatch: Any) -> None:
    sleep, workout = night_of(synced), newest(synced, "workout")
    synced.edit("sleep", sleep["id"], score={"sleep_performance_percentage": 12.0})
    monkeypatch.setitem(webhooks.FOLLOW, "workout", lambda *_: 1 / 0)
    deliver(synced, "workout", workout["id"])
    deliver(synced, "sleep", sleep["id"])
    with pytest.raises(ZeroDivisionError):
        process_deliveries()
    tasks.resume_stalled_runs()
    assert process_deliveries() == ["success"]
    assert WhoopSleep.objects.get(sleep_id=sleep["id"]).sleep_performance == 12
    assert WebhookDelivery.objects.waiting().get().event == "workout.updated"


def test_what_cannot_be_seen_for_once_is_not_buried(synced: Any, sandbox: Any) -> None:
    workout = newest(synced, "workout")
    sandbox.faults.add(match="/activity/workout/", times=1, kind="status", status=404)
    deliver(synced, "workout", workout["id"])
    process_deliveries()
    assert Workout.objects.get(source_id=workout["id"]).deleted_at is None
    assert waiting() == 1


@pytest.mark.parametrize("changed", [{"user_id": 999}, {"id": str(uuid4())}])
def test_another_record_than_the_one_asked_for_is_not_stored(
    synced: Any, changed: dict[str, Any]
) -> None:
    workout = newest(synced, "workout")
    synced.replace("workout", workout["id"], {**workout, **changed})
    before = list(Workout.objects.values().order_by("pk"))
    deliver(synced, "workout", workout["id"])
    assert process_deliveries() == ["failed"]
    assert list(Workout.objects.values().order_by("pk")) == before
    assert "a different workout" in WebhookDelivery.objects.get().outcome


def test_what_was_given_up_is_tried_again_when_it_comes_again(synced: Any) -> None:
    sleep = night_of(synced)
    deliver(synced, "sleep", sleep["id"], trace_id="one")
    WebhookDelivery.objects.update(handled_at=NOW, outcome=f"{GIVEN_UP}No consent.", attempts=7)
    assert deliver(synced, "sleep", sleep["id"], trace_id="one") == (200, "Thank you.")
    assert process_deliveries() == ["success"]
    assert waiting() == 0


def test_a_source_that_is_taken_off_collects_nothing_for_ever(
    synced: Any, settings: Any, at: Any
) -> None:
    deliver(synced, "sleep", night_of(synced)["id"])
    SyncRun.objects.active().delete()
    OAuthCredential.objects.all().delete()
    settings.WHOOP_CLIENT_ID = ""
    for days in range(10):
        at(NOW + timedelta(days=days))
        tasks.resume_stalled_runs()
    assert waiting() == 0
    assert "not set up" in WebhookDelivery.objects.get().outcome


def test_what_was_rejected_and_is_deleted_does_not_come_back(synced: Any) -> None:
    workout = newest(synced, "workout")
    synced.replace("workout", workout["id"], {**workout, "start": "soon"})
    deliver(synced, "workout", workout["id"])
    process_deliveries()
    assert RejectedItem.objects.exists()
    synced.delete("workout", workout["id"])
    deliver(synced, "workout", workout["id"], event="deleted")
    process_deliveries()
    assert not RejectedItem.objects.exists()


def test_what_does_not_fit_is_listed(synced: Any) -> None:
    workout = newest(synced, "workout")
    synced.replace("workout", workout["id"], {**workout, "start": "soon"})
    deliver(synced, "workout", workout["id"])
    process_deliveries()
    assert RejectedItem.objects.get().item_key == workout["id"]
    assert waiting() == 0


def test_without_consent_deliveries_wait_and_are_given_up_in_the_end(synced: Any, at: Any) -> None:
    OAuthCredential.objects.update(needs_reauthorization=True, access_token="", refresh_token="x")
    deliver(synced, "sleep", night_of(synced)["id"])
    for days in range(10):
        at(NOW + timedelta(days=days))
        tasks.resume_stalled_runs()
        process_deliveries()
    kept = WebhookDelivery.objects.get()
    assert kept.handled_at is not None
    assert kept.outcome.startswith("Given up. ")
    assert "onnect" in kept.outcome, "and says what is to be done"
    assert not SyncRun.objects.filter(kind="webhook").exists(), (
        "what waits for consent did not fail"
    )


def test_a_limit_that_is_reached_costs_no_attempt(synced: Any, settings: Any, at: Any) -> None:
    settings.WHOOP_REQUESTS_PER_MINUTE = 100
    synced.limits.configure(limit=1000, window=60, day_limit=0)
    deliver(synced, "sleep", night_of(synced)["id"])
    process_deliveries()
    kept = WebhookDelivery.objects.get()
    assert (kept.handled_at, kept.attempts) == (None, 0)
    assert kept.resume_at > NOW + timedelta(minutes=2)
    assert SyncRun.objects.active().get().resume_at is not None


def test_what_came_while_a_run_was_ending_gets_a_run(synced: Any, monkeypatch: Any) -> None:
    """The delivery is stored after the run's last look, and finds the run still in the ledger."""
    deliver(synced, "sleep", night_of(synced)["id"])
    first = SyncRun.objects.active().get()
    forget = WebhookDeliveryQuerySet.forget_old

    def at_the_end(self: Any) -> None:
        forget(self)
        monkeypatch.setattr(WebhookDeliveryQuerySet, "forget_old", forget)
        deliver(synced, "workout", newest(synced, "workout")["id"])

    monkeypatch.setattr(WebhookDeliveryQuerySet, "forget_old", at_the_end)
    assert process_deliveries() == ["success"]
    assert waiting() == 1
    assert SyncRun.objects.active().get() != first
    process_deliveries()
    assert waiting() == 0


def test_a_pushed_record_hides_no_failed_sync(synced: Any, person: Client) -> None:
    failed = {"kind": "incremental", "status": "failed", "error": "Broken."}
    for values in (failed, {"kind": "webhook", "status": "success"}):
        SyncRun.objects.create(source="Whoop", finished_at=timezone.now(), **values)
    assert "Broken." in person.get("/connections/").text
    assert person.get("/api/whoop/sync/status").json()["last_run"]["error"] == "Broken."


def test_a_pushed_record_is_no_sync(synced: Any) -> None:
    last = SyncRun.objects.last_success("Whoop")
    deliver(synced, "sleep", night_of(synced)["id"])
    process_deliveries()
    assert SyncRun.objects.last_success("Whoop") == last
    assert SyncRun.objects.last_success_per_source(["Whoop"])["Whoop"] == last.finished_at


def test_old_deliveries_are_forgotten(synced: Any, at: Any) -> None:
    deliver(synced, "sleep", night_of(synced)["id"])
    process_deliveries()
    at(NOW + timedelta(days=31))
    deliver(synced, "workout", newest(synced, "workout")["id"])
    process_deliveries()
    assert WebhookDelivery.objects.get().event == "workout.updated"


def test_receiving_takes_few_statements(synced: Any, django_assert_num_queries: Any) -> None:
    """However many wait already."""
    deliver(synced, "sleep", night_of(synced)["id"])
    with django_assert_num_queries(9):
        deliver(synced, "workout", newest(synced, "workout")["id"])
