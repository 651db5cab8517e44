"""Diaries of other apps, as the page and the queue import them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from lifetracker import days
from lifetracker.sync.file_imports import Preview
from lifetracker.sync.importers import Imported, register_importer
from lifetracker.sync.previewed_imports import PreviewedImporter
from nutrition.day_address import day_address
from nutrition.diary_import.entries import Diary, Options
from nutrition.diary_import.files import read_upload
from nutrition.diary_import.job import Outcome, import_diary
from nutrition.diary_import.kept import diary_from_json, diary_to_json
from nutrition.diary_import.summary import fingerprint, imported_words, preview_of
from nutrition.models import Meal, PendingDiary


class DiaryImporter(PreviewedImporter[Diary, Options, Outcome]):
    key = "diary"
    title = "a food diary"
    command = "import_nutrition"
    page = "nutrition-import"
    pending = PendingDiary
    records = Meal.objects.all()
    #: Fifteen years of four meals a day.
    most_at_once = 100_000

    def options(self, values: dict[str, Any], *, replace: bool = False) -> Options:
        return Options(ZoneInfo(values["zone"]), datetime.fromisoformat(values["now"]), replace)

    def read_file(self, name: str, file: BinaryIO, options: Options) -> Diary:
        return read_upload(name, file, options)

    def rows(self, export: Diary) -> int:
        return len(export.eaten)

    def run(self, export: Diary, options: Options, *, dry_run: bool, begun_by: str) -> Outcome:
        return import_diary(export, options, dry_run=dry_run, begun_by=begun_by)

    def preview_of(self, outcome: Outcome, options: Options, question: str) -> Preview:
        return preview_of(outcome, options, question)

    def fingerprint(self, outcome: Outcome) -> str:
        return fingerprint(outcome)

    def imported(self, name: str, export: Diary, outcome: Outcome) -> Imported:
        """Lead to the last day with something eaten that the file has, as far as that has come."""
        come = [day for day in {one.day for one in export.eaten} if day <= days.today()]
        last = max(come, default=days.today())
        return Imported(imported_words(name, outcome), outcome.run, day_address(last))

    def to_json(self, export: Diary) -> Any:
        return diary_to_json(export)

    def from_json(self, values: Any) -> Diary:
        return diary_from_json(values)


DIARIES_OF_APPS = register_importer(DiaryImporter())
