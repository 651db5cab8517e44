"""Exports of the Zero app, as the page and the queue import them."""

from __future__ import annotations

from dataclasses import asdict
from dataclasses import replace as with_values
from datetime import datetime
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from fasting.imports import Outcome, import_export, zones_of_earlier_csv
from fasting.imports.summary import fingerprint, imported_words, preview_of
from fasting.models import FastingPeriod, PendingImport
from fasting.zero import Export, Options, export_from_json, read_upload
from lifetracker.sync.file_imports import Preview
from lifetracker.sync.importers import Imported, register_importer
from lifetracker.sync.previewed_imports import PreviewedImporter


class ZeroImporter(PreviewedImporter[Export, Options, Outcome]):
    key = "zero"
    title = "Zero's export"
    command = "import_zero"
    page = "fasting-import"
    pending = PendingImport
    records = FastingPeriod.objects.all()
    #: Fifty years of a fast a day.
    most_at_once = 20_000

    def options(self, values: dict[str, Any], *, replace: bool = False) -> Options:
        return Options(
            zone=ZoneInfo(values["zone"]),
            now=datetime.fromisoformat(values["now"]),
            zone_given=values["zone_given"],
            date_order=values.get("date_order"),
            notes=values["notes"],
            replace=replace,
        )

    def read_file(self, name: str, file: BinaryIO, options: Options) -> Export:
        return read_upload(name, file, with_values(options, known_zones=zones_of_earlier_csv()))

    def rows(self, export: Export) -> int:
        return len(export.fasts)

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
        return export_from_json(values)


ZERO_EXPORTS = register_importer(ZeroImporter())
