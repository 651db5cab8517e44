"""Import what the Zero fasting app exports."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.utils import timezone

from fasting.imports import Outcome, import_export, zones_of_earlier_csv
from fasting.imports.summary import (
    changes,
    count_words,
    rejected,
    remainder,
    remarks,
    zones_stored,
)
from fasting.zero import (
    ORDERS,
    Options,
    read_export,
)
from lifetracker.management.import_command import ImportCommand, zone_of
from lifetracker.sync.file_imports import Lines


class Command(ImportCommand):
    help = "Import the fasts of an export of the Zero app: its CSV, or its JSON data package."
    file_help = "the CSV; or the folder, zip or biodata.json of the package"
    zone_help = "Where the phone was that showed the times."
    replaces = "all fasts from Zero between its first and its last one"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--date-order",
            choices=list(ORDERS),
            help="For a CSV that does not tell: month first, day first or year first.",
        )
        parser.add_argument(
            "--notes", action="store_true", help="Import the private notes of the package too."
        )

    def reading(self, given: dict[str, Any]) -> Options:
        return Options(
            zone=zone_of(given),
            now=timezone.now(),
            zone_given=given["timezone"] is not None,
            known_zones=zones_of_earlier_csv(),
            date_order=given["date_order"],
            notes=given["notes"],
            replace=given["replace"],
        )

    def import_file(self, path: Path, options: Options, *, dry_run: bool) -> Outcome:
        return import_export(read_export(path, options), options, dry_run=dry_run)

    def about(self, outcome: Outcome, options: Options) -> str:
        return f"{outcome.export.about}. {zones_stored(outcome, options)}"

    def lines(self, outcome: Outcome, options: Options) -> Iterable[Lines]:
        return [
            *changes(outcome, options.zone),
            *remainder(outcome, options.zone),
            rejected(outcome),
        ]

    def ends(self, outcome: Outcome) -> Iterable[str]:
        return [count_words(outcome), *remarks(outcome)]
