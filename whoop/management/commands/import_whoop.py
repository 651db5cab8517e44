"""Import what WHOOP's app exports."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.utils import timezone

from lifetracker.management.import_command import ImportCommand, zone_of
from lifetracker.sync.file_imports import Lines
from whoop.exports.export import Options
from whoop.exports.files import read_export
from whoop.exports.job import import_export
from whoop.exports.outcome import Outcome
from whoop.exports.summary import about, all_lines, count_words, remarks, zones_words


class Command(ImportCommand):
    help = "Import what WHOOP's app exports: cycles, recoveries, sleeps, workouts and the journal."
    file_help = "the zip that came by e-mail; or the folder, or one of its tables"
    zone_help = "Of rows that name no zone."
    replaces = "what is stored"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--answers-on-waking-day",
            action="store_true",
            help="Give answers of the journal to the day on which you woke up. Default: to the day before.",
        )

    def reading(self, given: dict[str, Any]) -> Options:
        return Options(
            zone_of(given), timezone.now(), given["answers_on_waking_day"], given["replace"]
        )

    def import_file(self, path: Path, options: Options, *, dry_run: bool) -> Outcome:
        return import_export(read_export(path, options), options, dry_run=dry_run)

    def about(self, outcome: Outcome, options: Options) -> str:
        return " ".join(
            [f"{about(outcome.export)}.", zones_words(options), *remarks(outcome, options)]
        )

    def lines(self, outcome: Outcome, options: Options) -> Iterable[Lines]:
        return all_lines(outcome)

    def ends(self, outcome: Outcome) -> Iterable[str]:
        return count_words(outcome)
