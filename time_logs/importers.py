"""Detailed reports of Toggl, as the page and the queue import them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from lifetracker.sync.exported_facts import Outcome
from lifetracker.sync.facts_importer import FactsImporter
from lifetracker.sync.importers import register_importer
from time_logs.models import PendingTogglExport, TimeEntry
from time_logs.names import entries_url
from time_logs.same_entries import DESTINATION
from time_logs.toggl_export.export import Export, Options
from time_logs.toggl_export.files import read_upload
from time_logs.toggl_export.job import import_export


class TogglImporter(FactsImporter[Export, Options]):
    key = "toggl"
    title = "Toggl's report"
    command = "import_toggl"
    page = "toggl-import"
    pending = PendingTogglExport
    records = TimeEntry.objects.all()
    destination = DESTINATION
    #: Ten years with 25 entries a day.
    most_at_once = 100_000

    def options(self, values: dict[str, Any], *, replace: bool = False) -> Options:
        now = datetime.fromisoformat(values["now"])
        return Options(ZoneInfo(values["zone"]), now, values.get("user", ""), replace)

    def read_file(self, name: str, file: BinaryIO, options: Options) -> Export:
        return read_upload(name, file, options)

    def rows(self, export: Export) -> int:
        return len(export.entries)

    def run(self, export: Export, options: Options, *, dry_run: bool, begun_by: str) -> Outcome:
        return import_export(export, options, dry_run=dry_run, begun_by=begun_by)

    def from_json(self, values: Any) -> Export:
        return Export.from_json(values)

    def address_of(self, export: Export) -> str:
        """Return the last day of the file."""
        day = max(one.item["date"] for one in export.entries.values())
        return entries_url(day, day)


TOGGL = register_importer(TogglImporter())
