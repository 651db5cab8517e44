"""End a run before it is done, because its owner wants that, in whichever process it is at work."""

from __future__ import annotations

from enum import Enum

from django.utils import timezone

from lifetracker.models import SYNC_LEASE, Lease, SyncRun
from lifetracker.sync.runs import LEASE


class Stop(Enum):
    """What became of the wish that a run ends."""

    STOPPED = "the sync has been stopped. What was read stays."
    ENDING = "the sync stops after what is being read now."
    ALREADY_ENDING = "the sync is already being stopped."
    ENDED = "the sync had already ended."


def stop(run_id: int) -> Stop:
    """Ask that a run ends, and end it at once where nobody works on it: it waits, or its process is gone.

    The wish is noted first, in a column that the run itself does not write. So whoever takes the run up at the same
    moment finds it before the first request. Raises SyncRun.DoesNotExist.
    """
    wished = SyncRun.objects.active().filter(pk=run_id, stop_asked_at=None)
    is_first = wished.update(stop_asked_at=timezone.now()) == 1
    run = SyncRun.objects.get(pk=run_id)
    if not run.is_active:
        return Stop.ENDED
    waiting = SyncRun.objects.filter(pk=run_id, status=SyncRun.Status.QUEUED)
    if waiting.mark_stopped() or end_if_abandoned(run):
        return Stop.STOPPED
    return Stop.ENDING if is_first else Stop.ALREADY_ENDING


def end_if_abandoned(run: SyncRun) -> bool:
    """End a run whose process is gone, and return whether that was so: who is alive holds the lease of the source."""
    lease = Lease.objects.acquire(SYNC_LEASE + run.source, LEASE)
    if lease is None:
        return False
    with lease:
        return SyncRun.objects.filter(pk=run.pk).mark_stopped() == 1
