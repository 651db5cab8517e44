"""What the queue runs."""

from __future__ import annotations

from lifetracker.streams import sources
from lifetracker.sync import Order, sync


def sync_source(name: str, days: int | None = None) -> int:
    """One run of the source `name`; returns the id of its row in the ledger. Raises NotConfigured
    and TryLater."""
    return int(sync(sources[name], Order.of(days)).pk)
