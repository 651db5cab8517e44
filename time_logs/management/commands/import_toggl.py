"""Import a detailed report of Toggl."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.utils import timezone

from lifetracker.management.import_command import ImportCommand, zone_of
from lifetracker.sync.exported_facts import Outcome, all_lines, zones_words
from lifetracker.sync.file_imports import Lines
from time_logs.same_entries import DESTINATION
from time_logs.toggl_export.export import Options
from time_logs.toggl_export.files import read_export
from time_logs.toggl_export.job import import_export


class Command(ImportCommand):
    help = "Import the time entries of a detailed report that Toggl exported as CSV."
    file_help = "the CSV; or a zip or folder of them"
    zone_help = "That of your profile at Toggl, in which the file has its times."
    replaces = "what is stored"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--user",
            default="",
            metavar="EMAIL",
            help="Whose entries to import of a report of several people, by e-mail or name.",
        )

    def reading(self, given: dict[str, Any]) -> Options:
        return Options(zone_of(given), timezone.now(), given["user"], given["replace"])

    def import_file(self, path: Path, options: Options, *, dry_run: bool) -> Outcome:
        return import_export(read_export(path, options), options, dry_run=dry_run)

    def about(self, outcome: Outcome, options: Options) -> str:
        return f"{DESTINATION.about}. {zones_words(options.zone)}"

    def lines(self, outcome: Outcome, options: Options) -> Iterable[Lines]:
        return all_lines(outcome)

    def ends(self, outcome: Outcome) -> Iterable[str]:
        return [DESTINATION.count_words(outcome)]
