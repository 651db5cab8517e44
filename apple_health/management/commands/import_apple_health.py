"""Import an export of Apple Health."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from apple_health.export import words
from apple_health.export.job import Options, Outcome, import_path, options_now
from lifetracker.management.command import QuickCommand
from lifetracker.management.counting import given_path, write_lines
from lifetracker.sync.file_imports import REJECTED
from lifetracker.sync.files import MB, CannotImport

#: How often progress is told.
EVERY = 250 * MB


class Command(QuickCommand):
    help = "Import an export of Apple Health: days, nights, weigh-ins and workouts."
    requires_migrations_checks = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file",
            type=given_path,
            help="the zip that Health exports; or its folder, or its export.xml",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Say what would change, and change nothing."
        )
        parser.add_argument(
            "--all-sources",
            action="store_true",
            help="Take also what WHOOP and Withings wrote into Health while they are connected here.",
        )
        parser.add_argument(
            "--replace",
            action="store_true",
            help="Let the file replace what is stored, even if it agrees with none of it.",
        )

    def handle(self, *args: Any, **given: Any) -> None:
        path, dry_run = given["file"], given["dry_run"]
        options = options_now(all_sources=given["all_sources"], replace=given["replace"])
        try:
            outcome = self.import_file(path, options, dry_run=dry_run)
        except CannotImport as error:
            raise CommandError(str(error)) from None
        self.tell(path.name, outcome, dry_run=dry_run)

    def import_file(self, path: Path, options: Options, *, dry_run: bool) -> Outcome:
        told = 0

        def progress(done: int, total: int) -> None:
            nonlocal told
            if done - told >= EVERY:
                told = done
                of = f" of {total // MB:,}" if total else ""
                self.stdout.write(f"Read {done // MB:,}{of} MB.")

        return import_path(path, options, dry_run=dry_run, progress=progress)

    def tell(self, name: str, outcome: Outcome, *, dry_run: bool) -> None:
        self.stdout.write(f"{name}: {words.about(outcome)}")
        for found in words.all_lines(outcome, dry_run=dry_run):
            write_lines(found, self.stderr if found.title == REJECTED else self.stdout)
        for line in words.count_words(outcome):
            self.stdout.write(line)
        if dry_run:
            self.stdout.write("Nothing was changed: this was a dry run.")
