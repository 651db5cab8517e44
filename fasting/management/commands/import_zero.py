"""Import what the Zero fasting app exports."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable
from operator import attrgetter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import CommandError, OutputWrapper
from django.utils import timezone

from fasting.imports import Outcome, Question, Stored, import_export, zones_of_earlier_csv
from fasting.models import FastingPeriod, spoken
from fasting.zero import CSV, ORDERS, CannotImport, Fast, Options, read_export, zone_name
from lifetracker.management.command import QuickCommand
from lifetracker.words import counted

# Lines of one kind; how many more there are is said.
MOST_LINES = 20


def time_zone(text: str) -> ZoneInfo:
    if zone_name(text) is None:
        raise ArgumentTypeError(
            f"{text!r} is not a time zone. Use a name such as Europe/Berlin or America/New_York."
        )
    return ZoneInfo(text)


def given_path(text: str) -> Path:
    # An empty one, as of a variable that is not set, would be the folder in which one happens to be.
    if not text.strip():
        raise ArgumentTypeError("it is empty. Give the name of a file.")
    return Path(text)


class Command(QuickCommand):
    help = "Import the fasts of an export of the Zero app: its CSV, or its JSON data package."
    requires_migrations_checks = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file",
            type=given_path,
            help="the CSV; or the folder, zip or biodata.json of the package",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Say what would change, and change nothing."
        )
        parser.add_argument(
            "--timezone",
            type=time_zone,
            help="Where the phone was that showed the times. Default: TIME_ZONE.",
        )
        parser.add_argument(
            "--date-order",
            choices=list(ORDERS),
            help="For a CSV that does not tell: month first, day first or year first.",
        )
        parser.add_argument(
            "--notes", action="store_true", help="Import the private notes of the package too."
        )
        parser.add_argument(
            "--replace",
            action="store_true",
            help="Let the file replace all fasts from Zero between its first and its last one, "
            "even if it has few of them.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        given: ZoneInfo | None = options["timezone"]
        reading = Options(
            zone=given or ZoneInfo(timezone.get_default_timezone_name()),
            now=timezone.now(),
            zone_given=given is not None,
            known_zones=zones_of_earlier_csv(),
            date_order=options["date_order"],
            notes=options["notes"],
            replace=options["replace"],
        )
        name, dry_run = options["file"].name, options["dry_run"]
        try:
            export = read_export(options["file"], reading)
            outcome = import_export(export, reading, dry_run=dry_run)
        except Question as question:
            if dry_run:
                self.tell(name, question.outcome, reading, dry_run=True)
            raise CommandError(str(question)) from None
        except CannotImport as error:
            raise CommandError(str(error)) from None
        self.tell(name, outcome, reading, dry_run=dry_run)

    def tell(self, name: str, outcome: Outcome, options: Options, *, dry_run: bool) -> None:
        export, zone = outcome.export, options.zone
        self.stdout.write(f"{name}: {export.about}. {zones_stored(outcome, options)}")
        if dry_run:
            new = (f"{times(fast, zone)} ({fast.where})" for fast in outcome.created)
            self.lines("new", new)
            self.lines("changed", (change(*pair, zone) for pair in outcome.updated))
        self.lines("removed", (fast.times(zone) for fast in outcome.removed))
        stays = sorted([*outcome.kept, *outcome.spared], key=attrgetter("start"))
        self.lines("kept, though not in this file", (fast.times(zone) for fast in stays))
        self.lines(
            "running, not imported", (f"since {r.since} ({r.where})" for r in export.running)
        )
        self.lines("note", export.remarks)
        overlaps = outcome.overlaps
        pairs = (f"{times(a, zone)} and {times(b, zone)}" for a, b in overlaps.pairs)
        self.lines("overlap", pairs, count=overlaps.count)
        refusals = (f"{refusal.where}: {refusal.reason}" for refusal in outcome.refusals)
        self.lines("rejected", refusals, self.stderr)
        self.stdout.write(
            f"{len(outcome.created)} new, {len(outcome.updated)} changed, "
            f"{outcome.unchanged} the same, {len(outcome.removed)} removed, "
            f"{len(outcome.refusals)} rejected, {len(export.running)} running, "
            f"{export.duplicates} listed twice, "
            f"{outcome.matched} matched with the other form of export"
        )
        if outcome.kept:
            self.stdout.write(
                f"Not in this file, and kept: {counted(len(outcome.kept), 'fast')} of the other form of export. "
                "Too few others are in both to know what was deleted in the app."
            )
        if outcome.spared:
            self.stdout.write(
                f"Not in this file, and kept: {counted(len(outcome.spared), 'fast')}. A row that cannot be read "
                "could be any of them."
            )
        if overlaps.count:
            self.stdout.write(f"Pairs of fasts that overlap, all kept: {overlaps.count}")
        if dry_run:
            self.stdout.write("Nothing was changed: this was a dry run.")

    def lines(
        self,
        title: str,
        texts: Iterable[str],
        to: OutputWrapper | None = None,
        count: int | None = None,
    ) -> None:
        """`count`: how many there are, if these are only the first."""
        every = list(texts)
        shown = every[:MOST_LINES]
        count = len(every) if count is None else count
        if count > MOST_LINES:
            shown.append(f"and {count - MOST_LINES} more")
        for text in shown:
            (to or self.stdout).write(f"  {title}: {text}")


def zones_stored(outcome: Outcome, options: Options) -> str:
    """In which zones the fasts of the file are stored, and in which one their times are told here."""
    assumed, parts = options.zone.key, []
    own = timezone.get_default_timezone_name()
    for zone, count in sorted(
        outcome.zones.items(), key=lambda item: (item[0] != assumed, -item[1])
    ):
        if zone is None:
            parts.append(f"{count} without a zone, with days by TIME_ZONE ({own})")
        elif outcome.export.form == CSV and zone != assumed:
            parts.append(f"{count} in {zone}, as an earlier import placed them")
        else:
            parts.append(f"{count} in {zone}")
    stored = f"Fasts stored: {', '.join(parts)}. " if parts else ""
    return f"{stored}Times below are those of {assumed}."


def times(fast: Fast | Stored | FastingPeriod, zone: ZoneInfo) -> str:
    end = spoken(fast.end, zone) if fast.end else "now"
    return f"{spoken(fast.start, zone)} to {end}"


def change(before: Stored, after: Fast, zone: ZoneInfo) -> str:
    if before.deleted_at:
        return f"{times(after, zone)} is back"
    if (before.start, before.end) == (after.start, after.end):
        return f"{times(after, zone)}, in its details"
    return f"{times(before, zone)} is now {times(after, zone)}"
