"""Import the weigh-ins of the data that Withings lets one download."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from lifetracker.management.import_command import ImportCommand
from lifetracker.sync.exported_facts import Outcome, all_lines, zones_words
from lifetracker.sync.file_imports import Lines
from weight.same_weigh_ins import DESTINATION
from weight.withings_export.export import Options
from weight.withings_export.files import read_export
from weight.withings_export.job import import_export

#: What a dry run names, and an import does not: there is too much of it.
ONLY_IN_DRY_RUN = {"new", "changed"}


class Command(ImportCommand):
    help = "Import the weigh-ins of the data that Withings lets you download."
    file_help = "the zip that came by e-mail; or the folder, or its weight.csv"
    zone_help = "In which the file has its times."
    replaces = "what is stored"

    def reading(self, given: dict[str, Any]) -> Options:
        zone = given["timezone"] or ZoneInfo(timezone.get_default_timezone_name())
        return Options(zone, timezone.now(), given["replace"])

    def import_file(self, path: Path, options: Options, *, dry_run: bool) -> Outcome:
        return import_export(read_export(path, options), options, dry_run=dry_run)

    def about(self, outcome: Outcome, options: Options) -> str:
        return f"{DESTINATION.about}. {zones_words(options.zone)}"

    def lines(self, outcome: Outcome, options: Options, *, dry_run: bool) -> Iterable[Lines]:
        found = all_lines(outcome)
        return found if dry_run else [one for one in found if one.title not in ONLY_IN_DRY_RUN]

    def ends(self, outcome: Outcome) -> Iterable[str]:
        return [DESTINATION.count_words(outcome)]
