"""How each service is connected, how far it was read, and when it is read next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count
from django.utils import timezone

from lifetracker.api.runs import coverage
from lifetracker.doctor.connections import of_connection, of_runs
from lifetracker.doctor.findings import Finding, note
from lifetracker.models import PendingDeletion
from lifetracker.tasks import planned_syncs
from lifetracker.web.connections.rejected import rejected_per_source
from lifetracker.web.source_status import SourceStatus, source_statuses
from lifetracker.words import counted

#: A schedule that is late by more was not followed.
LATE = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class SourceReport:
    status: SourceStatus
    #: By stream, as `/api/sync/coverage` has them.
    streams: list[dict[str, Any]]
    pending_deletions: int
    #: Those that nobody has dismissed.
    rejected_items: int
    #: When the schedule reads it next; None where it does not.
    next_run: datetime | None

    @property
    def source(self) -> str:
        return self.status.name

    @property
    def title(self) -> str:
        return self.status.title

    @property
    def configured(self) -> bool:
        return self.status.configured

    @property
    def connected(self) -> bool:
        return self.status.is_connected

    @property
    def token_expires_at(self) -> datetime | None:
        return self.status.credential.expires_at if self.status.credential else None

    @property
    def last_run(self) -> str | None:
        return self.status.runs.last_run.status if self.status.runs.last_run else None

    @property
    def last_success(self) -> datetime | None:
        return self.status.runs.last_success.finished_at if self.status.runs.last_success else None

    @property
    def is_late(self) -> bool:
        return self.next_run is not None and timezone.now() - self.next_run > LATE


def source_reports() -> list[SourceReport]:
    """Return one for each service, and one for each kind of file that is imported."""
    streams = {str(one["source"]): one["streams"] for one in coverage()}
    held = PendingDeletion.objects.filter(accepted=False).order_by().values_list("source")
    pending = dict(held.annotate(Count("pk")))
    rejected, planned = rejected_per_source(), planned_syncs()
    return [
        SourceReport(
            status=status,
            streams=streams.get(status.name, []),  # type: ignore[arg-type]  # a list of dictionaries
            pending_deletions=pending.get(status.name, 0),
            rejected_items=rejected.get(status.name, 0),
            next_run=planned.get(status.name),
        )
        for status in source_statuses()
    ]


def findings_of(report: SourceReport) -> Iterator[Finding]:
    status = report.status
    if not report.configured:
        return
    yield from of_connection(status)
    if report.connected:
        yield from of_runs(status)
        yield from of_streams(report)
        yield from of_schedule(report)
    yield from of_records(report)


def of_streams(report: SourceReport) -> Iterator[Finding]:
    if report.status.runs.last_success is None or report.status.is_stale:
        return  # of the whole source it is said already
    ends = {one["stream"]: [gap["end"] for gap in one["gaps"]] for one in report.streams}
    if behind := [name for name, found in ends.items() if None in found]:
        yield Finding(
            report.title,
            f"Not read up to now: {', '.join(behind)}.",
            f"Run `{report.status.command}`, and look at the reason if it fails.",
        )
    if short := [name for name, found in ends.items() if found and None not in found]:
        yield note(
            report.title,
            f"The history is not complete: {', '.join(short)}.",
            f"Run `{report.status.command} --full` to read it.",
        )


def of_schedule(report: SourceReport) -> Iterator[Finding]:
    """A person may have deleted it on purpose, or set the hours to 0."""
    if report.next_run is None and not report.status.is_import:
        command = f"Let cron run `{report.status.command}`"
        yield note(report.title, "It is not synced by itself.", f"{command}, or set its hours.")


def of_records(report: SourceReport) -> Iterator[Finding]:
    if report.rejected_items:
        yield Finding(
            report.title,
            f"{counted(report.rejected_items, 'item')} could not be stored.",
            'See "Rejected items" in the admin. After an update, run '
            f"`{report.status.command} --retry-rejected`.",
        )
    if report.pending_deletions:
        yield note(
            report.title,
            f"{counted(report.pending_deletions, 'deletion')} held back, because they are unusually many.",
            "A sync on another day decides, or you do in the admin.",
        )
