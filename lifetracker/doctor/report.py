"""Everything that was found, in one report."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from lifetracker.doctor.backups import of_backups
from lifetracker.doctor.findings import Finding
from lifetracker.doctor.machine import (
    Queue,
    Storage,
    of_queue,
    of_settings,
    of_storage,
    queue,
    storage,
)
from lifetracker.doctor.sources import SourceReport, findings_of, source_reports
from lifetracker.ops.failures import database_failure


@dataclass(frozen=True, kw_only=True)
class Report:
    """`storage`, `queue`, `sources`: None and none where the database cannot say it."""

    findings: list[Finding]
    # The clock is looked up when a report is made, and not when this is loaded.
    checked_at: datetime = field(default_factory=lambda: timezone.now())  # noqa: PLW0108
    version: str = settings.VERSION
    storage: Storage | None = None
    queue: Queue | None = None
    sources: list[SourceReport] = field(default_factory=list)

    @property
    def troubles(self) -> list[Finding]:
        """Return what needs the owner."""
        return [one for one in self.findings if one.needs_owner]

    @property
    def notes(self) -> list[Finding]:
        return [one for one in self.findings if not one.needs_owner]

    @property
    def healthy(self) -> bool:
        return not self.troubles


def examine() -> Report:
    """Look at everything. A database that is away, or lacks migrations, can say nothing of what it should hold."""
    findings = list(of_settings())
    try:
        stored = storage()
        findings += of_storage(stored)
        if stored.pending_migrations:
            return Report(findings=findings, storage=stored)
        reports, waiting = source_reports(), queue()
    except DatabaseError as error:
        trouble = Finding("Database", database_failure(error), "Nothing else works without it.")
        return Report(findings=[trouble, *findings])
    findings += [finding for report in reports for finding in findings_of(report)]
    findings += [*of_queue(waiting, reports), *of_backups()]
    return Report(findings=findings, storage=stored, queue=waiting, sources=reports)
