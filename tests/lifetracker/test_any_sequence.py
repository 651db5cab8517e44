"""Whatever happens upstream and on the way, a good sync at the end leaves the database equal to the
upstream."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.test import override_settings
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lifetracker.models import Lease, RejectedItem, SyncRun, SyncState
from lifetracker.sandbox.server import Sandbox
from oauth_integration.models import OAuthCredential
from tests import conftest
from tests.conftest import NOW, run
from tests.time_logs import test_sync as toggl_test
from tests.weight import test_sync as withings_test
from time_logs.models import TimeEntry, TogglProject, TogglTag
from weight.models import MeasureGroup, WeighIn
from whoop.models import WhoopCycle, WhoopProfile, WhoopRecovery, WhoopSleep
from workouts.models import Workout

MODELS = (
    Lease,
    OAuthCredential,
    RejectedItem,
    SyncRun,
    SyncState,
    TimeEntry,
    TogglProject,
    TogglTag,
    MeasureGroup,
    WeighIn,
    WhoopCycle,
    WhoopProfile,
    WhoopRecovery,
    WhoopSleep,
    Workout,
)


class Subject(NamedTuple):
    """One service: what can happen to it, and what must hold at the end."""

    name: str
    add: Callable[[Any, datetime, int], Any]
    edit: Callable[[Any, int, int], Any]
    delete: Callable[[Any, int], Any]
    path: str
    equal: Callable[[Any], None]


def nth(ids: list[Any], number: int) -> Any:
    return sorted(ids)[number % len(ids)]


def edit_group(service: Any, which: int, value: int) -> None:
    groups = {group["grpid"]: group for group in service.groups()}
    grpid = nth(list(groups), which)
    moved = groups[grpid]["date"] + value % 3 * 60
    service.edit(grpid, date=moved, measures=[{"type": 1, "value": 60_000 + value, "unit": -3}])


def edit_entry(service: Any, which: int, value: int) -> None:
    entries = {entry["id"]: entry for entry in service.entries()}
    entry_id = nth(list(entries), which)
    if entries[entry_id]["stop"] is None:
        service.stop(entry_id)
    else:
        service.edit(entry_id, description=f"edit {value}", billable=value % 2 == 0)


def edit_workout(service: Any, which: int, value: int) -> None:
    workout = nth([record["id"] for record in service.records("workout")], which)
    service.rescore("workout", workout, strain=value % 20 + 0.5)


def add_workout(service: Any, moment: datetime, value: int) -> None:
    like = service.records("workout")[0]
    end = moment + timedelta(minutes=30)
    times = {"start": as_whoop_writes(moment), "end": as_whoop_writes(end)}
    service.add("workout", {**like, **times, "id": str(uuid4())})


def as_whoop_writes(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


SUBJECTS = (
    Subject(
        "Withings",
        lambda service, moment, value: service.weigh(60 + value % 30, moment),
        edit_group,
        lambda service, which: service.delete(nth([g["grpid"] for g in service.groups()], which)),
        "/measure",
        withings_test.assert_equals_upstream,
    ),
    Subject(
        "Toggl",
        lambda service, moment, value: toggl_test.put(
            service, start=moment, description=f"{value}"
        ),
        edit_entry,
        lambda service, which: service.delete(nth([e["id"] for e in service.entries()], which)),
        "/time_entries",
        toggl_test.assert_equals_upstream,
    ),
    Subject(
        "Whoop",
        add_workout,
        edit_workout,
        lambda service, which: service.delete(
            "workout", nth([r["id"] for r in service.records("workout")], which)
        ),
        "/v2/",
        conftest.assert_equals_upstream,
    ),
)

numbers = st.integers(0, 9999)
# Within what each run reads again, because only Toggl tells of deletions of any age.
moments = st.integers(1, 9 * 24).map(lambda hours: NOW - timedelta(hours=hours))
# What is not verified, some days, more than one piece of them, everything.
orders = st.sampled_from([{}, {}, {"days": 3}, {"days": 200}, {"full": True}])
steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), moments, numbers),
        st.tuples(st.just("edit"), numbers, numbers),
        st.tuples(st.just("delete"), numbers),
        st.tuples(st.just("sync"), orders),
        st.tuples(
            st.just("fail"),
            st.sampled_from(["cut", "drop", "lost", "garbage", "status"]),
            st.integers(1, 3),
            orders,
        ),
        st.tuples(st.just("wait"), st.integers(1, 600)),
    ),
    max_size=14,
)


@pytest.fixture
def world(db: None) -> Iterator[Callable[[], Any]]:
    """Makes a new, small upstream over an empty database."""
    running: list[Sandbox] = []

    def begin() -> Sandbox:
        for model in MODELS:
            model.objects.all().delete()
        while running:
            running.pop().stop()
        sandbox = Sandbox(seed=1, days=12, now=NOW).start()
        running.append(sandbox)
        for service in (sandbox.whoop, sandbox.withings):
            conftest.store_tokens(service, service.issue_tokens(lifetime=30 * 86_400))
        sandbox.withings.options.configure(page_size=5)
        return sandbox

    yield begin
    while running:
        running.pop().stop()


class Clock:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox, self.now = sandbox, NOW

    def advance(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.sandbox.clock.set(self.now)


def execute_run(subject: Subject, service: Any, sandbox: Sandbox, clock: Clock, step: Any) -> None:
    match step:
        case ("add", moment, value):
            subject.add(service, moment, value)
        case ("edit", which, value):
            subject.edit(service, which, value)
        case ("delete", which):
            subject.delete(service, which)
        case ("wait", minutes):
            clock.advance(minutes)
        case ("sync", order):
            run(subject.name, **order)
        case ("fail", kind, at, order):
            sandbox.faults.add(subject.path, kind=kind, nth=at, times=None)
            run(subject.name, **order)
            sandbox.faults.clear()


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sequence=steps)
def test_any_sequence_ends_equal(
    world: Callable[[], Sandbox], subject: Subject, sequence: list[Any]
) -> None:
    sandbox = world()
    service = getattr(sandbox, subject.name.lower())
    clock = Clock(sandbox)
    reached = {**conftest.addresses(sandbox), "TOGGL_API_TOKEN": sandbox.toggl.api_token}
    with (
        # Not pytest's fixture, whose changes would pile up over all examples.
        override_settings(**reached),
        patch.object(timezone, "now", lambda: clock.now),
        patch("lifetracker.sync.http.HttpClient._wait", lambda *_: None),
    ):
        for step in sequence:
            execute_run(subject, service, sandbox, clock, step)
        record = run(subject.name)
        assert record.status == SyncRun.Status.SUCCESS, record.error
        subject.equal(service)
