"""A command that imports a file which an app exported."""

from __future__ import annotations

from abc import ABC, abstractmethod
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.core.management.base import CommandError
from django.utils import timezone

from lifetracker.management.command import QuickCommand
from lifetracker.management.counting import given_path, time_zone, write_lines
from lifetracker.sync.file_imports import REJECTED, Lines, Question
from lifetracker.sync.files import CannotImport

#: The titles of what a dry run names, and an import does not: there is too much of it.
ONLY_IN_DRY_RUN = frozenset({"new", "changed"})


def zone_of(given: dict[str, Any]) -> ZoneInfo:
    """Return the zone that was given, else that of the settings."""
    return given["timezone"] or ZoneInfo(timezone.get_default_timezone_name())


class ImportCommand(QuickCommand, ABC):
    """Imports a file, or says what that would do. `Options` and `Outcome` are the importer's own."""

    requires_migrations_checks = True
    #: What the file may be, where its times are from, and what it may replace.
    file_help: ClassVar[str]
    zone_help: ClassVar[str]
    replaces: ClassVar[str]
    only_in_dry_run: ClassVar[frozenset[str]] = ONLY_IN_DRY_RUN

    @abstractmethod
    def reading(self, given: dict[str, Any]) -> Any:
        """Return the Options that were given."""

    @abstractmethod
    def import_file(self, path: Path, options: Any, *, dry_run: bool) -> Any:
        """Return the Outcome. Raises CannotImport, and Question among it."""

    @abstractmethod
    def about(self, outcome: Any, options: Any) -> str:
        """Return what the file is, and where its times are from."""

    @abstractmethod
    def lines(self, outcome: Any, options: Any) -> Iterable[Lines]:
        """Return what is written, removed, kept and rejected."""

    @abstractmethod
    def ends(self, outcome: Any) -> Iterable[str]:
        """Return the counts in words, and what else is to be known."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=given_path, help=self.file_help)
        parser.add_argument(
            "--dry-run", action="store_true", help="Say what would change, and change nothing."
        )
        parser.add_argument(
            "--timezone", type=time_zone, help=f"{self.zone_help} Default: TIME_ZONE."
        )
        parser.add_argument(
            "--replace",
            action="store_true",
            help=f"Let the file replace {self.replaces}, even if it has few of them.",
        )

    def handle(self, *args: Any, **given: Any) -> None:
        path, dry_run, options = given["file"], given["dry_run"], self.reading(given)
        try:
            outcome = self.import_file(path, options, dry_run=dry_run)
        except Question as question:
            if dry_run:
                self.tell(path.name, question.outcome, options, dry_run=True)
            raise CommandError(str(question)) from None
        except CannotImport as error:
            raise CommandError(str(error)) from None
        self.tell(path.name, outcome, options, dry_run=dry_run)

    def tell(self, name: str, outcome: Any, options: Any, *, dry_run: bool) -> None:
        self.stdout.write(f"{name}: {self.about(outcome, options)}")
        for found in self.lines(outcome, options):
            if dry_run or found.title not in self.only_in_dry_run:
                write_lines(found, self.stderr if found.title == REJECTED else self.stdout)
        for words in self.ends(outcome):
            self.stdout.write(words)
        if dry_run:
            self.stdout.write("Nothing was changed: this was a dry run.")
