"""Import the diary of another app."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from lifetracker.management.import_command import ImportCommand
from lifetracker.sync.file_imports import Lines
from nutrition.diary_import.entries import Options
from nutrition.diary_import.files import read_diary
from nutrition.diary_import.job import Outcome, import_diary
from nutrition.diary_import.summary import all_lines, count_words, remarks, zones_words

#: What a dry run names, and an import does not: there is too much of it.
ONLY_IN_DRY_RUN = {"new", "changed", "days complete"}


class Command(ImportCommand):
    help = "Import the diary of MyFitnessPal, Cronometer, MacroFactor or Lose It!: what they export as a file."
    file_help = "the CSV; or a zip or folder of them"
    zone_help = "Where the meals were eaten."
    replaces = "all meals of its app between its first and its last day"

    def reading(self, given: dict[str, Any]) -> Options:
        zone = given["timezone"] or ZoneInfo(timezone.get_default_timezone_name())
        return Options(zone, timezone.now(), given["replace"])

    def import_file(self, path: Path, options: Options, *, dry_run: bool) -> Outcome:
        return import_diary(read_diary(path, options), options, dry_run=dry_run)

    def about(self, outcome: Outcome, options: Options) -> str:
        return f"{outcome.diary.about}. {zones_words(options)}"

    def lines(self, outcome: Outcome, options: Options, *, dry_run: bool) -> Iterable[Lines]:
        found = all_lines(outcome)
        return found if dry_run else [one for one in found if one.title not in ONLY_IN_DRY_RUN]

    def ends(self, outcome: Outcome) -> Iterable[str]:
        return [count_words(outcome), *remarks(outcome)]
