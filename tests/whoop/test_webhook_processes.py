"""A thousand deliveries at two web processes and two workers, one of which is killed."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, NamedTuple

import pytest
import requests
from django.db import connection

from lifetracker.models import BEGINNING, Lease, SyncRun, WebhookDelivery
from lifetracker.sandbox.server import Sandbox
from tests import processes
from tests.conftest import RunningClock, addresses, assert_equals_upstream, run, store_tokens, use

WORKOUTS = "/developer/v2/activity/workout"
NIGHTS, EDITED, DELETED = 150, 100, 50


class Delivery(NamedTuple):
    kind: str
    id: str
    event: str
    trace_id: str


@pytest.fixture
def life(transactional_db: None, settings: Any, running_clock: RunningClock) -> Iterator[Sandbox]:
    """The whole history is here, and time goes on."""
    with Sandbox(seed=4, days=420, shift=running_clock.shift) as sandbox:
        use(settings, sandbox)
        store_tokens(sandbox.whoop, sandbox.whoop.issue_tokens())
        assert run(full=True).status == "success"
        yield sandbox


@pytest.fixture
def start(
    life: Sandbox, request: pytest.FixtureRequest
) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts one more process of the program: `start(processes.serve, port)`. On PostgreSQL Redis
    carries the queue's messages, as they run together."""
    variables = {name: str(value) for name, value in addresses(life).items()}
    variables["QUEUE_WORKERS"] = "1"
    if connection.vendor == "postgresql":
        variables["REDIS_URL"] = request.getfixturevalue("redis_url")
    env = processes.environment(**variables)
    started: list[subprocess.Popen[str]] = []

    def launch(how: Callable[..., subprocess.Popen[str]], *what: Any) -> subprocess.Popen[str]:
        started.append(how(*what, env=env))
        return started[-1]

    yield launch
    for process in started:
        processes.kill(process)


def worker(env: dict[str, str]) -> subprocess.Popen[str]:
    return processes.start("qcluster", env=env, new_session=True)


def changed_upstream(whoop: Any) -> list[Delivery]:
    """What WHOOP tells of after 300 edits of nights, 100 of workouts, and 50 deletions."""
    told = []
    scored = {r["sleep_id"]: r for r in whoop.records("recovery") if r["score_state"] == "SCORED"}
    nights = [
        s for s in whoop.records("sleep") if s["id"] in scored and s["score_state"] == "SCORED"
    ][:NIGHTS]
    for night in nights:
        whoop.edit("sleep", night["id"], score={"sleep_performance_percentage": 1.5})
        whoop.rescore("recovery", night["cycle_id"], recovery_score=2.0)
        told += [("sleep", night["id"], "updated"), ("recovery", night["cycle_id"], "updated")]
    scored_workouts = [w for w in whoop.records("workout") if w["score_state"] == "SCORED"]
    for workout in scored_workouts[:EDITED]:
        whoop.rescore("workout", workout["id"], strain=0.25)
        told.append(("workout", workout["id"], "updated"))
    for workout in scored_workouts[EDITED : EDITED + DELETED]:
        whoop.delete("workout", workout["id"])
        told += [("workout", workout["id"], event) for event in ("updated", "deleted")]
    return [Delivery(*one, trace_id=f"trace-{number}") for number, one in enumerate(told)]


def deliver(whoop: Any, deliveries: list[Delivery], ports: list[int]) -> list[int]:
    """By turns to each of the web processes, eight at a time; the statuses."""

    def one(number: int, what: Delivery) -> int:
        to = f"http://127.0.0.1:{ports[number % len(ports)]}/webhooks/whoop"
        return int(
            whoop.deliver_webhook(what.kind, what.id, to, event=what.event, trace_id=what.trace_id)
        )

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(one, range(len(deliveries)), deliveries))


def answers(port: int) -> bool:
    with suppress(requests.ConnectionError):
        return requests.get(f"http://127.0.0.1:{port}/api/health", timeout=5).status_code == 200
    return False


def written() -> dict[str, int]:
    """By what, how often the runs of deliveries have written a record that was told of. The cycle of
    today comes along, and goes on growing meanwhile."""
    found = {"created": 0, "updated": 0, "deleted": 0}
    for record in SyncRun.objects.filter(kind="webhook"):
        for stream in ("sleep", "recovery", "workout"):
            for name in found:
                found[name] += record.counts[stream][name]
    return found


def is_done(expected: int) -> bool:
    return WebhookDelivery.objects.filter(handled_at__isnull=False).count() == expected


@pytest.mark.long
def test_a_thousand_deliveries(life: Sandbox, start: Any) -> None:
    deliveries = changed_upstream(life.whoop)
    assert len(deliveries) == 500
    doubled = deliveries * 2
    random.Random(7).shuffle(doubled)  # noqa: S311 - an order, the same each time

    ports = processes.free_ports(2)
    for port in ports:
        start(processes.serve, port)
    first = start(worker)
    processes.wait_until(lambda: all(map(answers, ports)))
    # In the middle of its work the first worker meets a request that takes for ever.
    life.faults.add(match=WORKOUTS, nth=40, kind="delay", seconds=120)
    assert set(deliver(life.whoop, doubled[:400], ports)) == {200}
    processes.wait_until(lambda: len([r for r in life.requests if WORKOUTS in r.path]) >= 39)
    start(worker)
    assert set(deliver(life.whoop, doubled[400:], ports)) == {200}
    assert not is_done(len(deliveries))
    processes.kill(first)
    life.faults.clear()
    # A minute later what it held is free, and another one was started in its place.
    Lease.objects.update(expires_at=BEGINNING)
    WebhookDelivery.objects.waiting().update(resume_at=None)
    start(worker)
    processes.wait_until(
        lambda: is_done(len(deliveries)),
        seconds=120,
        tell=lambda: list(SyncRun.objects.values("kind", "status", "error", "attempts")),
    )
    processes.wait_until(lambda: not SyncRun.objects.active().exists())

    assert WebhookDelivery.objects.count() == len(deliveries), "each is kept once"
    assert_equals_upstream(life.whoop)
    edited = 2 * NIGHTS + EDITED
    assert written() == {"created": 0, "updated": edited, "deleted": DELETED}, "each once"
