"""Exports of WHOOP's app, as the page and the queue import them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from lifetracker.sync.file_imports import Preview
from lifetracker.sync.importers import Imported, register_importer
from lifetracker.sync.previewed_imports import PreviewedImporter
from whoop.exports.export import Export, Options
from whoop.exports.files import read_upload
from whoop.exports.job import import_export
from whoop.exports.outcome import Outcome
from whoop.exports.summary import fingerprint, imported_words, preview_of
from whoop.models import PendingWhoopExport, WhoopCycle


class WhoopImporter(PreviewedImporter[Export, Options, Outcome]):
    key = "whoop"
    title = "WHOOP's export"
    command = "import_whoop"
    page = "whoop-import"
    pending = PendingWhoopExport
    records = WhoopCycle.objects.all()
    #: Ten years with twenty answers a day.
    most_at_once = 100_000

    def options(self, values: dict[str, Any], *, replace: bool = False) -> Options:
        now = datetime.fromisoformat(values["now"])
        return Options(ZoneInfo(values["zone"]), now, bool(values.get("on_waking_day")), replace)

    def read_file(self, name: str, file: BinaryIO, options: Options) -> Export:
        return read_upload(name, file, options)

    def rows(self, export: Export) -> int:
        return len(export.all_entries()) + len(export.answers)

    def run(self, export: Export, options: Options, *, dry_run: bool, begun_by: str) -> Outcome:
        return import_export(export, options, dry_run=dry_run, begun_by=begun_by)

    def preview_of(self, outcome: Outcome, options: Options, question: str) -> Preview:
        return preview_of(outcome, options, question)

    def fingerprint(self, outcome: Outcome) -> str:
        return fingerprint(outcome)

    def imported(self, name: str, export: Export, outcome: Outcome) -> Imported:
        return Imported(imported_words(name, outcome), outcome.run)

    def to_json(self, export: Export) -> Any:
        return asdict(export)

    def from_json(self, values: Any) -> Export:
        return Export.from_json(values)


WHOOP_EXPORTS = register_importer(WhoopImporter())
