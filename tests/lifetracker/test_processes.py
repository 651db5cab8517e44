"""A kill in the middle of a history, and many processes that need a token, for the services that
came after WHOOP."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.utils import timezone

from lifetracker.models import RejectedItem, SyncRun, SyncState
from lifetracker.sandbox.server import Sandbox
from oauth_integration.models import OAuthCredential
from tests import processes
from tests.conftest import RunningClock, run, store_tokens, use
from tests.time_logs import test_sync as toggl_test
from tests.weight import test_sync as withings_test


@pytest.fixture
def long_life(
    transactional_db: None, settings: Any, running_clock: RunningClock
) -> Iterator[Sandbox]:
    """Two years in the sandbox, whose time goes on, with all services connected."""
    with Sandbox(seed=2, days=730, shift=running_clock.shift) as sandbox:
        use(settings, sandbox)
        settings.TOGGL_API_TOKEN = sandbox.toggl.api_token
        store_tokens(sandbox.withings, sandbox.withings.issue_tokens())
        sandbox.withings.options.configure(page_size=40)
        sandbox.toggl.options.configure(reports_page_limit=100, over_page_limit="clamp")
        yield sandbox


def variables(sandbox: Sandbox) -> dict[str, str]:
    return {
        "WITHINGS_API_URL": sandbox.withings.url,
        "WITHINGS_REQUESTS_PER_MINUTE": "0",
        "TOGGL_API_URL": sandbox.toggl.url,
        "TOGGL_API_TOKEN": sandbox.toggl.api_token,
        "TOGGL_REQUESTS_PER_MINUTE": "0",
    }


class Subject(NamedTuple):
    """The process is killed at the answer to so many requests."""

    name: str
    stream: str
    path: str
    requests: int
    check: Callable[[Any], None]


SUBJECTS = (
    Subject("Withings", "measure", "/measure", 12, withings_test.assert_equals_upstream),
    Subject("Toggl", "entry", "/search/time_entries", 30, toggl_test.assert_equals_upstream),
)


@pytest.mark.long
@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
def test_kill_in_the_middle_of_a_history(
    long_life: Sandbox, running_clock: RunningClock, subject: Subject
) -> None:
    name, stream, path, page, check = subject
    long_life.faults.add(match=path, nth=page, times=None, kind="delay", seconds=30)
    command = f"sync_{name.lower()}"
    child = processes.start(command, "--full", env=processes.environment(**variables(long_life)))

    def asked() -> list[Any]:
        return [r for r in long_life.requests if path in r.path]

    processes.wait_until(lambda: len(asked()) >= page - 1)
    time.sleep(0.5)
    child.kill()
    child.communicate()
    long_life.faults.clear()
    state = SyncState.objects.get(stream=stream)
    assert state.full_from is not None
    assert not state.whole_history
    before = len(asked())
    long_life.requests.clear()

    # The lease of the dead process runs out by itself.
    running_clock.advance(timedelta(seconds=61))
    record = run(name, full=True)
    assert record.status == SyncRun.Status.SUCCESS, record.error
    resumed = len(asked())
    long_life.requests.clear()
    run(name, full=True)
    whole = len(asked())
    assert resumed < whole, "what was verified is not read again"
    assert before + resumed >= whole
    check(getattr(long_life, name.lower()))
    assert not RejectedItem.objects.exists()
    assert SyncState.objects.get(stream=stream).whole_history
    assert SyncRun.objects.last().status == SyncRun.Status.FAILED, "the dead run is closed"


@pytest.mark.long
def test_four_processes_spend_one_refresh_token_once(long_life: Sandbox, tmp_path: Path) -> None:
    withings = long_life.withings
    OAuthCredential.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    long_life.faults.add(match="/v2/oauth2", kind="delay", seconds=1.0)
    imports = "from weight.services.withings_client import WithingsAPIClient as C"
    code = "print(len(C().get('/measure', {'action': 'getmeas', 'category': 1})['measuregrps']))"
    env = processes.environment(**variables(long_life))
    results = processes.at_once(imports, code, 4, tmp_path, env)
    assert [code for code, _, _ in results] == [0] * 4, results
    assert withings.refreshes == 1
    assert not OAuthCredential.objects.get().needs_reauthorization
