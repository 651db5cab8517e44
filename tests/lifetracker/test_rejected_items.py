"""Rejected items that somebody dismisses: put aside with a reason, and new again when they change."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from lifetracker.models import RejectedItem, SyncRun
from lifetracker.sync import job as machinery
from lifetracker.sync.streams import sources
from tests.conftest import NOW, run

pytestmark = pytest.mark.django_db

CHANGELIST = "/admin/lifetracker/rejecteditem/"


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("robin"))
    return client


def act(staff: Client, action: str, reason: str = "") -> str:
    form = {
        "action": action,
        "reason": reason,
        "_selected_action": list(RejectedItem.objects.values_list("pk", flat=True)),
    }
    return staff.post(CHANGELIST, form, follow=True).text


def break_a_sleep(whoop: Any, number: int = 3, start: str = "yesterday") -> dict[str, Any]:
    sleep = whoop.records("sleep")[number]
    whoop.replace("sleep", sleep["id"], {**sleep, "start": start})
    return dict(sleep)


def test_a_dismissed_item_is_not_counted_and_not_retried(whoop: Any, staff: Client) -> None:
    break_a_sleep(whoop)
    assert run(days=20).counts["sleep"]["rejected"] == 1
    page = act(staff, "dismiss", "WHOOP's support knows of it.")
    assert "Items dismissed: 1." in page
    item = RejectedItem.objects.get()
    assert (item.dismissed_at, item.dismissed_by) == (NOW, "robin")
    assert item.dismissal_reason == "WHOOP's support knows of it."

    again = run(days=20).counts["sleep"]
    assert again["rejected"] == 0
    item.refresh_from_db()
    assert (item.dismissed_by, '"start": "yesterday"' in item.payload) == ("robin", True)
    assert machinery.retry_rejected(sources["Whoop"]).counts["sleep"]["seen"] == 0
    assert staff.get("/api/whoop/sync/status").json()["rejected_items"] == 0
    coverage = staff.get("/api/sync/coverage").text
    assert '"rejected_items":1' not in coverage
    assert "could not be understood" not in staff.get("/").text
    out, err = StringIO(), StringIO()
    call_command("sync_whoop", "--days", "20", stdout=out, stderr=err)
    assert " kept;" not in err.getvalue()


def test_another_try_is_no_sync(whoop: Any, sandbox: Any, staff: Client) -> None:
    """It asks WHOOP for nothing: the failure before it stays in view, and the next sync stays due."""
    break_a_sleep(whoop)
    sandbox.faults.add("/activity/sleep", kind="status", status=404, times=None)
    failed = run(days=20)
    tried = machinery.retry_rejected(sources["Whoop"])
    assert (failed.status, tried.kind, tried.status) == ("partial", "retry", "success")
    answer = staff.get("/api/whoop/sync/status").json()
    assert (answer["status"], answer["last_success"]) == ("partial", None)
    assert answer["last_run"]["id"] == failed.pk
    assert staff.get("/api/health").json()["last_success"] == {}
    assert "Tried" in staff.get("/connections/").text
    assert SyncRun.objects.last_success_per_source(["Whoop"]) == {}
    listed = staff.get("/api/sync/runs?kind=retry").json()["results"]
    assert [one["id"] for one in listed] == [tried.pk]


def test_it_is_new_again_when_its_payload_changes(whoop: Any, staff: Client) -> None:
    good = break_a_sleep(whoop)
    run(days=20)
    act(staff, "dismiss", "known")
    whoop.replace("sleep", good["id"], {**good, "start": "the day before"})
    assert run(days=20).counts["sleep"]["rejected"] == 1
    item = RejectedItem.objects.get()
    assert (item.dismissed_at, item.dismissed_by, item.dismissal_reason) == (None, "", "")
    assert "the day before" in item.payload
    # A good version takes it off the list, dismissed or not.
    act(staff, "dismiss", "known")
    whoop.replace("sleep", good["id"], good)
    assert run(days=20).status == SyncRun.Status.SUCCESS
    assert not RejectedItem.objects.exists()


def test_one_that_is_dismissed_hides_no_other(whoop: Any, staff: Client) -> None:
    break_a_sleep(whoop)
    run(days=20)
    act(staff, "dismiss", "known")
    break_a_sleep(whoop, 5)
    assert run(days=20).counts["sleep"]["rejected"] == 1
    assert RejectedItem.objects.pending().count() == 1
    listed = staff.get(f"{CHANGELIST}?dismissed=no")
    assert listed.context["cl"].result_count == 1
    assert staff.get(f"{CHANGELIST}?dismissed=yes").context["cl"].result_count == 1
    assert "1 item</dd>" in staff.get("/connections/").text


def test_a_dismissal_wants_a_reason_and_can_be_taken_back(whoop: Any, staff: Client) -> None:
    break_a_sleep(whoop)
    run(days=20)
    assert "Enter a reason" in act(staff, "dismiss", "  ")
    assert RejectedItem.objects.pending().count() == 1
    act(staff, "dismiss", "known")
    assert "Items pending again: 1." in act(staff, "take_back")
    assert RejectedItem.objects.pending().get().dismissal_reason == ""


def test_who_may_only_look_may_not_dismiss(client: Client) -> None:
    RejectedItem.objects.create(
        source="Whoop", stream="sleep", item_key="1", payload="{}", reason="odd"
    )
    reader = User.objects.create_user("ada", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_rejecteditem"))
    client.force_login(reader)
    act(client, "dismiss", "because")
    assert RejectedItem.objects.pending().count() == 1
    assert client.get(reverse("admin:lifetracker_rejecteditem_changelist")).status_code == 200
