"""A clock that is wrong, of this machine or of a service: nothing is claimed by it, and what was
written down by it keeps nothing from going on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_q.models import Schedule

from lifetracker.models import Lease, SyncRun, SyncState, WebhookDelivery
from lifetracker.tasks import execute_run, on_worker_start
from tests.conftest import NOW, assert_equals_upstream, run, upstream
from tests.makers import delivery
from time_logs.models import TOGGL, TimeEntry
from whoop.models import WHOOP, WhoopSleep

YEARS = timedelta(days=73 * 365)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets the clock of this machine alone."""
    return lambda moment: monkeypatch.setattr(timezone, "now", lambda: moment)


@pytest.mark.parametrize("error", [YEARS, -YEARS / 4, timedelta(hours=2), -timedelta(hours=2)])
def test_nothing_is_verified_while_the_clocks_differ(
    whoop: Any, at: Any, machine: Any, error: timedelta
) -> None:
    run(days=30)
    before = list(SyncState.objects.values_list("stream", "verified_from", "verified_to"))
    live = WhoopSleep.objects.live().count()
    at(NOW + timedelta(minutes=5))
    machine(NOW + error)
    record = run(days=30)
    assert record.status != SyncRun.Status.SUCCESS
    assert "Set this machine's clock." in record.error
    after = list(SyncState.objects.values_list("stream", "verified_from", "verified_to"))
    assert after == before
    assert WhoopSleep.objects.live().count() == live
    at(NOW + timedelta(minutes=10))
    assert run(full=True).status == SyncRun.Status.SUCCESS
    assert_equals_upstream(whoop)


def test_what_came_while_the_clocks_differed_is_kept(whoop: Any, machine: Any) -> None:
    machine(NOW + timedelta(hours=2))
    run(days=30)
    assert WhoopSleep.objects.count() > 20
    assert WhoopSleep.objects.count() <= len(upstream(whoop, "sleep"))
    assert (
        not SyncState.objects.filter(verified_to__isnull=False).exclude(stream="profile").exists()
    )


def test_a_small_difference_is_none(whoop: Any, machine: Any) -> None:
    machine(NOW + timedelta(minutes=30))
    record = run(days=30)
    assert (record.status, record.error) == (SyncRun.Status.SUCCESS, "")


def test_changes_are_not_given_up_for_a_wrong_clock(toggl: Any, machine: Any) -> None:
    run(TOGGL)
    before = SyncState.objects.get(stream="entry")
    machine(NOW + YEARS)
    record = run(TOGGL)
    assert "Set this machine's clock." in record.error
    after = SyncState.objects.get(stream="entry")
    assert (after.verified_to, after.changed_to) == (before.verified_to, before.changed_to)
    assert TimeEntry.objects.live().exists()


# --- What was written while the clock was ahead ---------------------------------------------------


@pytest.mark.django_db
def test_a_lease_of_the_far_future_is_free(machine: Any) -> None:
    machine(NOW + YEARS)
    assert Lease.objects.acquire("sync:Whoop", timedelta(seconds=60)) is not None
    machine(NOW)
    taken = Lease.objects.acquire("sync:Whoop", timedelta(seconds=60))
    assert taken is not None
    assert Lease.objects.acquire("sync:Whoop", timedelta(seconds=60)) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ahead", "waits"), [(timedelta(hours=3), True), (YEARS, False), (-timedelta(hours=1), False)]
)
def test_a_run_does_not_wait_for_the_far_future(
    machine: Any, ahead: timedelta, waits: bool
) -> None:
    machine(NOW)
    waiting = SyncRun.objects.create(
        source="Nobody", kind="incremental", status="queued", in_queue=True, resume_at=NOW + ahead
    )
    assert waiting.must_wait is waits
    assert SyncRun.objects.stalled(NOW).exists() is not waits
    assert (execute_run(waiting.pk) == "nothing to do") is waits


@pytest.mark.django_db
def test_a_delivery_does_not_wait_for_the_far_future(machine: Any) -> None:
    machine(NOW)
    delivery(1, resume_at=NOW + timedelta(hours=3))
    late = delivery(2, resume_at=NOW + YEARS)
    assert list(WebhookDelivery.objects.due()) == [late]


@pytest.mark.django_db
def test_schedules_of_the_far_future_begin_now(machine: Any) -> None:
    machine(NOW)
    on_worker_start()
    postpone = NOW + timedelta(days=40)
    Schedule.objects.filter(name="Sync Toggl").update(next_run=postpone)
    Schedule.objects.filter(name="Sync Whoop").update(next_run=NOW + YEARS)
    on_worker_start()
    planned = dict(Schedule.objects.values_list("name", "next_run"))
    assert (planned["Sync Whoop"], planned["Sync Toggl"]) == (NOW, postpone)


def test_a_success_of_the_far_future_is_not_waited_for(whoop: Any) -> None:
    SyncRun.objects.create(
        source=WHOOP,
        kind="incremental",
        status="success",
        started_at=NOW + YEARS,
        finished_at=NOW + YEARS,
    )
    on_worker_start()
    assert SyncRun.objects.filter(source=WHOOP, status="queued").exists()
