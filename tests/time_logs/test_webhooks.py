"""Toggl's events: which are taken, what becomes of them, and how they are asked for."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from lifetracker import tasks
from lifetracker.models import SyncRun, WebhookDelivery
from lifetracker.sync.webhooks import own_secrets, sha256_signatures
from tests import databases
from tests.conftest import NOW, run
from tests.deliveries import post, process_deliveries, waiting
from tests.lifetracker.sandbox.receiving import receiving
from time_logs.models import TOGGL, TimeEntry, TogglProject
from time_logs.webhooks import PAUSE, is_of_another

PATH = "/webhooks/toggl"
PAYLOADS = Path(__file__).parents[1] / "payloads" / "toggl"


@pytest.fixture
def synced(toggl: Any) -> Any:
    databases.once(read_some)
    return toggl


def read_some() -> None:
    assert run(TOGGL).status == SyncRun.Status.SUCCESS


def send(service: Any, entry_id: int, to: str, **how: Any) -> int:
    return int(service.deliver_webhook(entry_id, to, secret=own_secrets("toggl")[0], **how))


def deliver(service: Any, entry_id: int, **how: Any) -> tuple[int, str]:
    return post(PATH, partial(send, service, entry_id, **how))


def newest(service: Any) -> int:
    return int(service.entries()[0]["id"])


def assert_equals_upstream(service: Any) -> None:
    theirs = {str(one["id"]): one["description"] or "" for one in service.entries()}
    ours = TimeEntry.objects.live().filter(source=TOGGL).values_list("source_id", "description")
    known = dict(ours)
    assert known == {key: text for key, text in theirs.items() if key in known}
    assert {str(one["id"]) for one in service.entries()[:50]} <= known.keys()


def test_changes_come_by_one_question_however_many_there_are(synced: Any, sandbox: Any) -> None:
    edited, deleted = (int(one["id"]) for one in synced.entries()[:2])
    added = synced.add(description="Written while nobody looked")
    synced.edit(edited, description="Another text")
    for number, entry_id in enumerate((added, edited, deleted)):
        deliver(synced, entry_id, event_id=number + 1)
    synced.delete(deleted)
    sandbox.requests.clear()
    assert process_deliveries() == ["success"]
    assert_equals_upstream(synced)
    assert TimeEntry.objects.get(source_id=deleted).deleted_at is not None
    assert len(sandbox.requests) == 1, [r.path for r in sandbox.requests]
    assert waiting() == 0


def test_an_event_counts_once(synced: Any) -> None:
    assert deliver(synced, newest(synced), event_id=7) == (200, "Thank you.")
    assert "already received" in deliver(synced, newest(synced), event_id=7)[1]
    assert "Thank" in deliver(synced, newest(synced), event_id=8)[1]
    assert WebhookDelivery.objects.count() == 2


@pytest.mark.parametrize("how", [{"signature": ""}, {"signature": "sha256=00"}])
def test_what_is_not_signed_is_refused(synced: Any, how: dict[str, str]) -> None:
    assert deliver(synced, newest(synced), **how)[0] == 401
    assert not WebhookDelivery.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"event_id": "1", "metadata": {}}',
        b'{"event_id": 1, "metadata": []}',
        b'{"event_id": 1',
    ],
)
def test_what_is_signed_and_cannot_be_read_is_refused(synced: Any, body: bytes) -> None:
    [signature] = sha256_signatures(own_secrets("toggl"), body)
    status, _ = post(
        PATH,
        partial(send, synced, newest(synced)),
        body=body or b" ",
        x_webhook_signature_256=signature,
    )
    assert status == (400 if body else 401)
    assert not WebhookDelivery.objects.exists()


def test_the_documented_signature_is_understood() -> None:
    body = (PAYLOADS / "webhook_ping.raw.json").read_bytes()
    text = (PAYLOADS / "webhook_ping.signature.txt").read_text()
    secret = next(line[7:] for line in text.splitlines() if line.startswith("secret="))
    [made] = sha256_signatures([secret], body)
    assert made in text


def test_somebody_elses_entries_leave_nothing(synced: Any) -> None:
    assert is_of_another({"user_id": 1})
    assert not is_of_another({"user_id": synced.user_id})
    assert not is_of_another({"name": "a project"})
    TimeEntry.objects.all().delete()
    assert not is_of_another({"user_id": 1}), "nobody is known yet"


def test_events_are_collected_because_the_quota_is_small(synced: Any, at: Any) -> None:
    deliver(synced, newest(synced), event_id=1)
    assert process_deliveries() == ["success"]
    for number in range(2, 10):
        at(NOW + timedelta(seconds=20 * number))
        deliver(synced, newest(synced), event_id=number)
        tasks.resume_stalled_runs()
        assert process_deliveries() == []
    at(NOW + PAUSE + timedelta(seconds=1))
    tasks.resume_stalled_runs()
    assert process_deliveries() == ["success"]
    assert waiting() == 0


def test_names_that_cannot_be_read_keep_no_entry_waiting(synced: Any, sandbox: Any) -> None:
    added = synced.add(description="Written while nobody looked")
    deliver(synced, added, event_id=1)
    WebhookDelivery.objects.create(
        source=TOGGL, delivery_id="2", event="project updated", subject={"model": "project"}
    )
    sandbox.faults.add(match="/api/v9/me", nth=2, times=None, kind="status", status=400)
    assert process_deliveries() == ["partial"]
    assert TimeEntry.objects.filter(source_id=added).exists()
    assert WebhookDelivery.objects.waiting().get().event == "project updated"


def test_a_workspaces_events_of_others_are_not_kept(synced: Any) -> None:
    TimeEntry.objects.filter(source=TOGGL).update(raw={"user_id": 4711})
    assert deliver(synced, newest(synced))[1] == "This event needs no action."
    assert not WebhookDelivery.objects.exists()


def test_an_address_that_is_not_validated_is_told(toggl: Any, settings: Any) -> None:
    with receiving("", usual=200) as receiver:
        settings.PUBLIC_URL = receiver.url
        with pytest.raises(CommandError, match="could not validate"):
            command("subscribe", "toggl")


def test_without_a_token_nothing_is_taken(synced: Any, settings: Any) -> None:
    settings.TOGGL_API_TOKEN = ""
    assert deliver(synced, newest(synced))[0] == 404


@pytest.mark.django_db(transaction=True)
def test_subscribing_and_all_that_follows(toggl: Any, live_server: Any, settings: Any) -> None:
    run(TOGGL)
    settings.PUBLIC_URL = live_server.url
    for _ in range(2):  # the second time replaces the first
        command("subscribe", "toggl")
    shown = toggl.state()["subscriptions"]
    assert {one["workspace_id"] for one in shown} == set(toggl.workspace_ids)
    assert len(shown) == len(toggl.workspace_ids)
    assert all(one["validated_at"] for one in shown), "the ping was answered with its code"
    listed = command("list")
    assert f"Life Tracker, {live_server.url[7:]}, validated, to {live_server.url}{PATH}" in listed
    assert own_secrets("toggl")[0] not in listed

    toggl.add(description="Told at once")
    project = next(one for one in toggl.projects() if one["active"])
    toggl.rename("project", project["id"], "A better name")
    assert {one.event for one in WebhookDelivery.objects.all()} == {
        "time_entry created",
        "project updated",
    }
    process_deliveries()
    assert TimeEntry.objects.filter(description="Told at once").exists()
    assert TogglProject.objects.get(source_id=project["id"]).name == "A better name"
    named = TimeEntry.objects.live().filter(project_ref=project["id"])
    assert {one.project for one in named} == {"A better name"}

    command("unsubscribe", "toggl")
    assert toggl.state()["subscriptions"] == []


def command(*words: str) -> str:
    out = StringIO()
    call_command("webhooks", *words, stdout=out)
    return out.getvalue()
