"""Weigh-ins from Withings' files, as the page and the queue import them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from lifetracker.sync.exported_facts import Outcome
from lifetracker.sync.facts_importer import FactsImporter
from lifetracker.sync.importers import register_importer
from weight.models import PendingWithingsExport, WeighIn
from weight.same_weigh_ins import DESTINATION
from weight.withings_export.export import Export, Options
from weight.withings_export.files import LARGEST_ZIP, read_upload
from weight.withings_export.job import import_export


class WithingsImporter(FactsImporter[Export, Options]):
    key = "withings"
    title = "Withings' data"
    command = "import_withings"
    page = "withings-import"
    pending = PendingWithingsExport
    records = WeighIn.objects.all()
    destination = DESTINATION
    #: Fifteen years of ten weigh-ins a day.
    most_at_once = 50_000
    #: Of a large zip the weigh-ins alone are read.
    read_at_once = LARGEST_ZIP

    def options(self, values: dict[str, Any], *, replace: bool = False) -> Options:
        return Options(ZoneInfo(values["zone"]), datetime.fromisoformat(values["now"]), replace)

    def read_file(self, name: str, file: BinaryIO, options: Options) -> Export:
        return read_upload(name, file, options)

    def rows(self, export: Export) -> int:
        return len(export.entries)

    def run(self, export: Export, options: Options, *, dry_run: bool, begun_by: str) -> Outcome:
        return import_export(export, options, dry_run=dry_run, begun_by=begun_by)

    def from_json(self, values: Any) -> Export:
        return Export.from_json(values)


WITHINGS = register_importer(WithingsImporter())
