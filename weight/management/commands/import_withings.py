"""Import the weigh-ins of the data that Withings lets one download."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.utils import timezone

from lifetracker.management.import_command import ImportCommand, zone_of
from lifetracker.sync.exported_facts import Outcome, all_lines, zones_words
from lifetracker.sync.file_imports import Lines
from weight.same_weigh_ins import DESTINATION
from weight.withings_export.export import Options
from weight.withings_export.files import read_export
from weight.withings_export.job import import_export


class Command(ImportCommand):
    help = "Import the weigh-ins of the data that Withings lets you download."
    file_help = "the zip that came by e-mail; or the folder, or its weight.csv"
    zone_help = "In which the file has its times."
    replaces = "what is stored"

    def reading(self, given: dict[str, Any]) -> Options:
        return Options(zone_of(given), timezone.now(), given["replace"])

    def import_file(self, path: Path, options: Options, *, dry_run: bool) -> Outcome:
        return import_export(read_export(path, options), options, dry_run=dry_run)

    def about(self, outcome: Outcome, options: Options) -> str:
        return f"{DESTINATION.about}. {zones_words(options.zone)}"

    def lines(self, outcome: Outcome, options: Options) -> Iterable[Lines]:
        return all_lines(outcome)

    def ends(self, outcome: Outcome) -> Iterable[str]:
        return [DESTINATION.count_words(outcome)]
