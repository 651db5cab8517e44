"""The thing itself: the whole history of WHOOP through `lifetracker.sync.job`, as `sync_whoop --full`
reads it."""

from __future__ import annotations

import time
from typing import Any

from lifetracker.models import SyncRun
from lifetracker.sync.job import sync
from lifetracker.sync.plans import SyncRequest
from whoop.streams import source as whoop


class WholeSync:
    def __call__(self) -> dict[str, Any]:
        begin = time.monotonic()
        run = sync(whoop, SyncRequest(kind=SyncRun.Kind.FULL, full=True))
        if run.status != SyncRun.Status.SUCCESS or run.total("rejected"):
            raise RuntimeError(f"the sync ended as {run.status}: {run.error}, {run.counts}")
        return {
            "requests": run.requests,
            "records": run.total("created") + run.total("updated") + run.total("unchanged"),
            "begin": begin,
            "end": time.monotonic(),
        }
