"""Any CSV, as the page and the queue import it: a file is kept, its columns are chosen and what it would do is shown, and then
it is done exactly so. Of a large file the columns must be known from an earlier one."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, BinaryIO, NamedTuple

from django.urls import reverse

from csv_import.choices import BEHAVIOUR, METRIC, WEIGHT, Choices
from csv_import.job import Outcome, import_table
from csv_import.models import KeptMapping, PendingCsv
from csv_import.summary import fingerprint, imported_words, preview_of
from csv_import.tables import CsvRow, CsvTable, read_upload
from lifetracker.sync.file_imports import Preview
from lifetracker.sync.files import CannotImport
from lifetracker.sync.importers import Imported, register_importer
from lifetracker.sync.previewed_imports import PreviewedImporter, TooLarge
from lifetracker.words import counted
from own_metrics.models import OwnValue


class Options(NamedTuple):
    """`choices`: None where the columns are those that are kept for such a file, or are still to be chosen."""

    delimiter: str = ""
    choices: Choices | None = None


#: The page that shows what was imported, by what it went to; of several the first one.
PAGES = {METRIC: "own-metrics", BEHAVIOUR: "journal", WEIGHT: "weight"}


def leading_target(outcome: Outcome) -> str:
    there = {fact.target.to for fact in outcome.facts.found}
    return next((to for to in PAGES if to in there), METRIC)


class CsvImporter(PreviewedImporter[CsvTable, Options, Outcome]):
    key = "csv"
    title = "A CSV"
    command = "import_csv"
    page = "csv-import"
    pending = PendingCsv
    records = OwnValue.objects.all()
    #: A preview of more would take longer than a browser waits.
    most_at_once = 30_000

    def options(self, values: dict[str, Any], *, replace: bool = False) -> Options:
        chosen = values.get("choices")
        return Options(values["delimiter"], Choices.from_json(chosen) if chosen else None)

    def read_file(self, name: str, file: BinaryIO, options: Options) -> CsvTable:
        return read_upload(name, file, options.delimiter)

    def rows(self, export: CsvTable) -> int:
        return len(export.rows)

    def run(self, export: CsvTable, options: Options, *, dry_run: bool, begun_by: str) -> Outcome:
        choices = options.choices or known_choices(export)
        return import_table(export, choices, dry_run=dry_run, begun_by=begun_by)

    def preview_of(self, outcome: Outcome, options: Options, question: str) -> Preview:
        return preview_of(outcome, question)

    def fingerprint(self, outcome: Outcome) -> str:
        return fingerprint(outcome)

    def imported(self, name: str, export: CsvTable, outcome: Outcome) -> Imported:
        page = PAGES[leading_target(outcome)]
        return Imported(imported_words(name, outcome), outcome.run, reverse(page))

    def to_json(self, export: CsvTable) -> Any:
        rows = [[row.number, *row.cells] for row in export.rows]
        return asdict(export) | {"rows": rows}

    def from_json(self, values: Any) -> CsvTable:
        rows = [CsvRow(number, cells) for number, *cells in values["rows"]]
        return CsvTable(**values | {"rows": rows})

    # --- Columns ----------------------------------------------------------------------------------

    def keep_preview(self, user: Any, name: str, file: BinaryIO, values: dict[str, Any]) -> None:
        """Keep a small file: as long as its columns are not chosen, there is no preview. Raises TooLarge for one that is
        read as one before, and CannotImport."""
        table = self.read_file(name, file, self.options(values))
        if self.rows(table) > self.most_at_once:
            known_choices(table)
            raise TooLarge
        text = json.dumps(self.to_json(table), ensure_ascii=False)
        PendingCsv.objects.keep(user, name, export=text, options=values, preview={})

    def table_kept(self, kept: PendingCsv) -> CsvTable:
        return self._export_kept(kept)

    def choose(self, kept: PendingCsv, table: CsvTable, choices: Choices) -> None:
        """Preview a file whose columns are chosen, and keep that. Raises CannotImport."""
        values = kept.options | {"choices": choices.to_json()}
        preview = self.previewed(table, values)
        kept.options, kept.preview = values, asdict(preview)
        kept.save(update_fields=["options", "preview"])


def known_choices(table: CsvTable) -> Choices:
    """Return what was chosen of the last file with these columns. Raises CannotImport where there was none."""
    mapping = KeptMapping.objects.of(table.header)
    if mapping is None:
        raise CannotImport(
            f"{table.name} has {counted(len(table.rows), 'row')}, so that a worker has to read it, and nobody has said yet what its "
            "columns are. Import a part of it first, with the same header: then the whole file is read like that."
        )
    choices: Choices = mapping.choices_for(table.header)
    return choices


CSV_IMPORTER = CsvImporter()
register_importer(CSV_IMPORTER)
