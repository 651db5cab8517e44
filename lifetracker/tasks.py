"""What the queue runs."""

from __future__ import annotations

from lifetracker.models import SyncRun
from lifetracker.streams import sources
from lifetracker.sync import Order, sync


def sync_source(name: str, days: int | None = None) -> int:
    """One run of the source `name`; returns the id of its row in the ledger. Raises NotConfigured
    and TryLater."""
    kind = SyncRun.Kind.MANUAL if days else SyncRun.Kind.INCREMENTAL
    return int(sync(sources[name], Order(kind=kind, days=days)).pk)
