from __future__ import annotations

from typing import Any

from lifetracker.models import SyncRun
from lifetracker.tasks import sync_source
from tests.conftest import NOW


def test_a_task_is_a_run(whoop: Any) -> None:
    run = SyncRun.objects.get(pk=sync_source("Whoop", days=3))
    assert (run.kind, run.status) == ("manual", "success")
    assert (NOW - run.window_start).days == 3
    assert SyncRun.objects.get(pk=sync_source("Whoop")).kind == "incremental"
