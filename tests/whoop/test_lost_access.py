"""A permission less, an ended membership, another member: what is stored of it stays."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from lifetracker.models import SyncState
from oauth_integration.models import OAuthCredential
from tests import databases
from tests.conftest import MODELS, NOW, run, store_tokens, stored
from tests.deliveries import process_deliveries
from tests.oauth_integration.test_consent import decide, paste, service  # noqa: F401 - a fixture
from tests.whoop.test_webhooks import deliver, night_of
from whoop.models import WhoopProfile, WhoopRecovery, WhoopSleep
from workouts.models import Workout

STREAMS = {
    "read:cycles": "cycle",
    "read:sleep": "sleep",
    "read:recovery": "recovery",
    "read:workout": "workout",
}


def everything() -> dict[str, Any]:
    return {kind: stored(kind) for kind in MODELS}


def read_thirty_days() -> None:
    run()


def verified(stream: str) -> SyncState:
    return SyncState.objects.get(source="Whoop", stream=stream)


@pytest.mark.parametrize("refusal", [403, 401])
@pytest.mark.parametrize(("scope", "stream"), STREAMS.items())
def test_a_permission_that_was_taken_away_costs_its_stream_alone(
    whoop: Any, at: Any, refusal: int, scope: str, stream: str
) -> None:
    databases.once(read_thirty_days)
    before, claimed = everything(), verified(stream).verified_to
    whoop.options.configure(missing_scope=refusal)
    whoop.drop_scope(scope)
    at(NOW + timedelta(days=2))
    record = run()
    assert record.status == "partial"
    assert f"lacks the permission {scope}" in record.counts[stream]["error"]
    assert "connect again" in record.error.lower()
    failed = {name for name, counts in record.counts.items() if counts.get("error")}
    assert failed == {stream}, "the others go on"
    assert record.total("deleted") == 0
    assert stored(stream) == before[stream]
    assert verified(stream).verified_to == claimed, "what could not be read is not claimed"
    other = "sleep" if stream != "sleep" else "cycle"
    assert verified(other).verified_to == NOW + timedelta(days=2)

    store_again(whoop)
    assert run().status == "success"
    assert verified(stream).verified_to == NOW + timedelta(days=2)


def store_again(whoop: Any) -> None:
    OAuthCredential.objects.all().delete()
    store_tokens(whoop, whoop.issue_tokens())


def test_a_permission_that_was_never_told_is_found_out(whoop: Any) -> None:
    """By a 401 to a token that is good for the rest."""
    whoop.options.configure(missing_scope=401)
    whoop.drop_scope("read:workout")
    OAuthCredential.objects.update(scopes="")
    record = run()
    assert record.status == "partial"
    assert "read:workout" in record.counts["workout"]["error"]
    assert not OAuthCredential.objects.get().needs_reauthorization


@pytest.mark.parametrize("how", ["scope", "gone"])
def test_body_measures_that_cannot_be_read_stay_as_they_were(whoop: Any, how: str) -> None:
    databases.once(read_thirty_days)
    before = WhoopProfile.objects.values("weight_kilogram", "height_meter").get()
    assert before["weight_kilogram"] is not None
    if how == "scope":
        whoop.drop_scope("read:body_measurement")
    else:
        whoop.data.body = None
    whoop.data.profile["first_name"] = "Marie"
    record = run()
    assert record.status == "success", record.error
    assert ("read:body_measurement" in record.error) is (how == "scope")
    assert WhoopProfile.objects.values("weight_kilogram", "height_meter").get() == before
    assert WhoopProfile.objects.get().first_name == "Marie"


@pytest.mark.parametrize("answer", ["empty", 403, 401])
def test_an_ended_membership_deletes_nothing(whoop: Any, at: Any, answer: Any) -> None:
    run(full=True)
    before = everything()
    whoop.options.configure(membership=answer)
    at(NOW + timedelta(days=1))
    for order in ({}, {"days": 3}, {"full": True}):
        record = run(**order)
        assert record.status in {"partial", "failed"}
        assert record.error
        assert record.total("deleted") == 0
        assert everything() == before
    assert verified("cycle").verified_to == NOW


def test_three_records_of_an_ended_membership_are_not_deleted(whoop: Any) -> None:
    run(days=2)
    MODELS["workout"].objects.all().delete()
    for kind in ("cycle", "sleep", "recovery"):
        rows = MODELS[kind].objects.order_by("-source_id")
        rows.exclude(pk__in=list(rows.values_list("pk", flat=True)[:1])).delete()
    before = everything()
    assert sum(map(len, before.values())) == 3
    whoop.options.configure(membership="empty")
    record = run(days=2)
    assert record.total("deleted") == 0
    assert "membership may have ended" in record.error
    assert everything() == before


def test_the_only_record_of_a_time_can_still_be_deleted(whoop: Any) -> None:
    """Older ones are listed as before, so that an empty answer can be believed."""
    run(full=True)
    newest, *_ = whoop.records("workout")
    days = (NOW - Workout.objects.get(source_id=newest["id"]).start).days + 1
    for one in Workout.objects.filter(start__gte=NOW - timedelta(days=days)):
        whoop.delete("workout", one.source_id)
    record = run(days=days)
    assert record.status == "success", record.error
    assert newest["id"] not in stored("workout")


def test_another_members_records_are_refused_without_a_profile_too(whoop: Any) -> None:
    databases.once(read_thirty_days)
    before = everything()
    WhoopProfile.objects.all().delete()
    whoop.drop_scope("read:profile")
    newest = whoop.records("cycle")[0]
    whoop.edit("cycle", newest["id"], user_id=newest["user_id"] + 1)
    record = run()
    assert "not the member" in record.error
    assert record.total("deleted") == 0
    assert everything() == before


def test_a_delivery_brings_what_the_consent_still_opens(whoop: Any, at: Any) -> None:
    run(full=True)
    whoop.drop_scope("read:recovery")
    sleep = night_of(whoop)
    whoop.edit("sleep", sleep["id"], nap=True)
    recovery = WhoopRecovery.objects.get(sleep_id=sleep["id"])
    deliver(whoop, "sleep", sleep["id"])
    assert process_deliveries() == ["partial"]
    assert WhoopSleep.objects.get(source_id=sleep["id"]).nap is True
    recovery.refresh_from_db()
    assert recovery.deleted_at is None


def test_a_refresh_that_tells_only_what_it_asked_for_is_no_smaller_consent(
    whoop: Any, sandbox: Any
) -> None:
    tokens = json.dumps({**whoop.issue_tokens(), "scope": "offline"})
    before = OAuthCredential.objects.get().scopes
    OAuthCredential.objects.update(expires_at=NOW)
    sandbox.faults.add("/oauth2/token", kind="status", status=200, body=tokens)
    assert run().error == ""
    assert OAuthCredential.objects.get().scopes == before


def test_the_command_says_at_once_what_was_not_allowed(
    service: Any,  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service.withhold("read:sleep", "offline")
    out, err = StringIO(), StringIO()
    paste(monkeypatch, out, decide)
    call_command("whoop_auth", no_browser=True, stdout=out, stderr=err)
    assert "WHOOP is connected" in out.getvalue()
    assert "the consent lacks offline, read:sleep" in err.getvalue()


def test_the_page_says_at_once_what_was_not_allowed(
    service: Any,  # noqa: F811 - the fixture
    person: Client,
) -> None:
    service.withhold("read:workout")
    address = person.post("/oauth/whoop/connect").headers["Location"]
    back = decide(address).partition("?")[2]
    page = person.get(f"/oauth/whoop/callback?{back}", follow=True).content.decode()
    assert "WHOOP is connected" in page
    assert "the consent lacks read:workout" in page
