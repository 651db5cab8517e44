"""Import the diary of another app."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.utils import timezone

from lifetracker.management.import_command import ONLY_IN_DRY_RUN, ImportCommand, zone_of
from lifetracker.sync.file_imports import Lines
from nutrition.diary_import.entries import Options
from nutrition.diary_import.files import read_diary
from nutrition.diary_import.job import Outcome, import_diary
from nutrition.diary_import.summary import all_lines, count_words, remarks, zones_words


class Command(ImportCommand):
    help = "Import the diary of MyFitnessPal, Cronometer, MacroFactor or Lose It!: what they export as a file."
    file_help = "the CSV; or a zip or folder of them"
    zone_help = "Where the meals were eaten."
    only_in_dry_run = ONLY_IN_DRY_RUN | {"days complete"}
    replaces = "all meals of its app between its first and its last day"

    def reading(self, given: dict[str, Any]) -> Options:
        return Options(zone_of(given), timezone.now(), given["replace"])

    def import_file(self, path: Path, options: Options, *, dry_run: bool) -> Outcome:
        return import_diary(read_diary(path, options), options, dry_run=dry_run)

    def about(self, outcome: Outcome, options: Options) -> str:
        return f"{outcome.diary.about}. {zones_words(options)}"

    def lines(self, outcome: Outcome, options: Options) -> Iterable[Lines]:
        return all_lines(outcome)

    def ends(self, outcome: Outcome) -> Iterable[str]:
        return [count_words(outcome), *remarks(outcome)]
