"""What takes more than one process: a kill in the middle, many that need a token, the service's
limit."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from lifetracker.models import SyncRun, SyncState
from lifetracker.sandbox.server import Sandbox
from oauth_integration.models import OAuthCredential
from tests import processes
from tests.conftest import MODELS, RunningClock, assert_equals_upstream, run, store_tokens, use

SLEEPS = "/developer/v2/activity/sleep"


@pytest.fixture
def long_life(
    transactional_db: None, settings: Any, running_clock: RunningClock
) -> Iterator[Sandbox]:
    """Three years in the sandbox, whose time goes on, with consent given."""
    with Sandbox(seed=2, days=1100, shift=running_clock.shift) as sandbox:
        use(settings, sandbox)
        store_tokens(sandbox.whoop, sandbox.whoop.issue_tokens())
        yield sandbox


def variables(sandbox: Sandbox) -> dict[str, str]:
    return {"WHOOP_API_URL": sandbox.whoop.url, "WHOOP_REQUESTS_PER_MINUTE": "0"}


def test_kill_in_the_middle_of_a_history(long_life: Sandbox, running_clock: RunningClock) -> None:
    # The first chunk has some 5 pages of sleeps, the next ones some 16: this stands in the middle
    # of the third.
    long_life.faults.add(match=SLEEPS, nth=30, times=None, kind="delay", seconds=30)
    child = processes.start(
        "sync_whoop", "--full", env=processes.environment(**variables(long_life))
    )
    processes.wait_until(lambda: len([r for r in long_life.requests if SLEEPS in r.path]) >= 29)
    time.sleep(0.5)
    child.kill()
    child.communicate()
    long_life.faults.clear()

    state = SyncState.objects.get(stream="sleep")
    assert state.full_from is not None
    assert not state.whole_history
    assert SyncRun.objects.get().status == SyncRun.Status.RUNNING
    verified_starts = {
        r.query["start"]
        for r in long_life.requests
        if SLEEPS in r.path and r.query["start"] >= state.full_from.strftime("%Y-%m-%dT%H:%M")
    }
    assert verified_starts
    long_life.requests.clear()

    # The lease of the dead process runs out by itself.
    running_clock.advance(timedelta(seconds=61))
    record = run(full=True)

    assert record.status == SyncRun.Status.SUCCESS, record.error
    starts = {r.query.get("start") for r in long_life.requests if SLEEPS in r.path}
    assert not verified_starts & starts, "no verified chunk is read again"
    assert_equals_upstream(long_life.whoop)
    assert SyncState.objects.get(stream="sleep").whole_history
    assert SyncRun.objects.first() == record
    assert SyncRun.objects.last().status == SyncRun.Status.FAILED, "the dead run is closed"


def test_eight_processes_need_a_token_at_once(long_life: Sandbox, tmp_path: Path) -> None:
    whoop = long_life.whoop
    OAuthCredential.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    long_life.faults.add(match="/oauth2/token", kind="delay", seconds=1.0)
    imports = "from whoop.services.whoop_client import WhoopAPIClient as C"
    code = "print(C().get('/developer/v2/user/profile/basic', {})['user_id'])"
    env = processes.environment(**variables(long_life))
    results = processes.at_once(imports, code, 8, tmp_path, env)

    assert [code for code, _, _ in results] == [0] * 8, results
    assert {out.strip() for _, out, _ in results} == {str(whoop.data.profile["user_id"])}
    assert whoop.refreshes == 1
    assert not OAuthCredential.objects.get().needs_reauthorization


def test_a_long_history_stays_inside_the_limit(
    settings: Any, transactional_db: None, running_clock: RunningClock
) -> None:
    """Ten years, some 631 pages, with a limit of 100 in a window of a second. How long it takes is
    measured in `benchmarks/`."""
    with Sandbox(seed=3, days=3650, shift=running_clock.shift) as sandbox:
        use(settings, sandbox)
        settings.WHOOP_REQUESTS_PER_MINUTE = 100
        store_tokens(sandbox.whoop, sandbox.whoop.issue_tokens())
        sandbox.whoop.limits.configure(limit=100, window=1)
        record = run(full=True)
        assert record.status == SyncRun.Status.SUCCESS, record.error
        answered = [r.status for r in sandbox.requests if "/developer/" in r.path]
        assert len(answered) >= 631
        assert set(answered) == {200}
        pages = sum(-(-len(sandbox.whoop.records(kind)) // 25) for kind in MODELS)
        assert len(answered) < pages * 1.1, "chunks cost few pages"
        assert_equals_upstream(sandbox.whoop)


def test_the_days_limit_ends_the_run_and_the_next_one_goes_on(
    whoop: Any, sandbox: Any, settings: Any
) -> None:
    settings.WHOOP_REQUESTS_PER_MINUTE = 100
    whoop.limits.configure(limit=1000, window=60, day_limit=12)
    began = time.monotonic()
    record = run(full=True)
    assert time.monotonic() - began < 20, "nobody sleeps for a day"
    assert record.status == SyncRun.Status.PARTIAL
    assert "opens again in" in record.error
    assert len(sandbox.requests) <= 12 + 1
    whoop.limits.configure(limit=None)
    assert run(full=True).status == SyncRun.Status.SUCCESS
    assert_equals_upstream(whoop)
