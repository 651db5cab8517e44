"""The brake on deletions: what is to be marked as deleted because a complete reading did not bring it.

One wrong answer, such as an empty list that is well-formed, must not hide a history. So a reading
that misses too many records deletes nothing at first (`too_many`). What it missed is kept as pending
(`PendingDeletion`), and is deleted when a run on another day misses it too, or when the owner accepts
it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from lifetracker import days
from lifetracker.models import PendingDeletion
from lifetracker.sync.streams import Incomplete

# So many are always deleted at once, and so is a share of this size of what was looked at.
FEW = 10
SHARE = 0.2
# A pending deletion that no reading has confirmed or refuted for so long confirms nothing any more.
KEPT = timedelta(days=30)


class DeletionsHeld(Incomplete):
    """A complete reading missed so many records that none was marked as deleted."""


def too_many(missing: int, rows: int) -> bool:
    return missing > FEW and missing > SHARE * rows


class Deletions:
    """Decides for one run of a source which missing records may be marked as deleted.

    Judged are each reading alone, and all readings of a stream in the run together, so that a
    history that is read in many small windows is not deleted ten records at a time. `accept`: the
    owner said that what is missing is deleted.
    """

    def __init__(self, source: str, *, accept: bool = False) -> None:
        self._source = source
        self._accept = accept
        self._today = days.today()
        # By stream, what is pending: since today, and confirmed if it is missing again.
        self._held: dict[str, set[str]] = defaultdict(set)
        self._confirmed: dict[str, set[str]] = defaultdict(set)
        self._load()
        # By stream, what the run has found missing, of which rows.
        self._missing = defaultdict(set, {name: set(ids) for name, ids in self._held.items()})
        self._judged = defaultdict(set, {name: set(ids) for name, ids in self._held.items()})

    def _load(self) -> None:
        pending = PendingDeletion.objects.filter(source=self._source)
        expired = set()
        for row in pending:
            if row.accepted or self._today - KEPT <= row.held_on < self._today:
                self._confirmed[row.stream].add(row.source_id)
            elif row.held_on == self._today:
                self._held[row.stream].add(row.source_id)
            else:
                # Too old, or written by a clock that was ahead.
                expired.add(row.pk)
        if expired:
            pending.filter(pk__in=expired).delete()

    def hold(
        self, stream: str, missing: set[str], rows: set[str], *, doubtful: bool = False
    ) -> bool:
        """Return whether none of the `missing` may be deleted now; they are pending from then on. `rows`:
        those of the reading, missing or not. `doubtful`: however few they are."""
        fresh = missing - self._confirmed[stream]
        self._missing[stream] |= fresh
        self._judged[stream] |= rows
        refused = doubtful or self._is_refused(stream, fresh, rows)
        if self._accept or not fresh or not refused:
            return False
        added = fresh - self._held[stream]
        PendingDeletion.objects.bulk_create(
            [
                PendingDeletion(
                    source=self._source, stream=stream, source_id=source_id, held_on=self._today
                )
                for source_id in sorted(added)
            ],
            batch_size=500,
        )
        self._held[stream] |= fresh
        return True

    def _is_refused(self, stream: str, fresh: set[str], rows: set[str]) -> bool:
        return (
            not fresh.isdisjoint(self._held[stream])
            or too_many(len(fresh), len(rows))
            or too_many(len(self._missing[stream]), len(self._judged[stream]))
        )

    def settle(self, stream: str, ids: Iterable[str]) -> None:
        """These are there, or are deleted: their deletion is not pending any more."""
        known = self._held[stream] | self._confirmed[stream]
        settled = sorted(known.intersection(ids))
        pending = PendingDeletion.objects.filter(source=self._source, stream=stream)
        for start in range(0, len(settled), 500):
            pending.filter(source_id__in=settled[start : start + 500]).delete()
        for group in (self._held, self._confirmed, self._missing):
            group[stream].difference_update(settled)

    def held(self, stream: str) -> int:
        return len(self._held[stream])

    def describe(self, service: str, stream: str) -> str:
        """Return what was held back of a stream up to now, and what to do about it."""
        return (
            f"{service} no longer lists {self.held(stream):,} of {len(self._judged[stream]):,} records stored here. "
            "Nothing was deleted, and this part of the history does not count as verified. "
            "Your access or membership may have ended. If the records are really deleted, sync again on another day, sync now with --accept-deletions, "
            "or accept the deletions in the admin."
        )
