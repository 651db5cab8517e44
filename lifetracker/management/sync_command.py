"""What `sync_all` and every `sync_<source>` share: options, lines, progress, exit status."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from tqdm import tqdm

from lifetracker.http import SyncError
from lifetracker.models import RejectedItem, SyncRun
from lifetracker.streams import Extent, Source, Window, sources
from lifetracker.sync import Listener, Order, retry_rejected, sync

COUNTS = ("created", "updated", "unchanged", "deleted", "rejected")


def add_accept_deletions(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--accept-deletions",
        action="store_true",
        help="Mark as deleted whatever a service does not list any more, however much it is.",
    )


def number_of_days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 36_500:
        raise ArgumentTypeError(f"{text!r} is no number of days between 1 and 36500")
    return int(text)


class ProgressBar(Listener):
    """A bar on a terminal; elsewhere only a line when the run begins to wait for something."""

    def __init__(self, source: Source, out: OutputWrapper) -> None:
        self._bar = tqdm(desc=source.name, unit=" records", disable=None, leave=False)
        self._out = out
        self._told: set[str] = set()
        self._pieces: tqdm[Any] | None = None

    def progress(self, stream: str, extent: Extent, seen: int) -> None:
        at = ""
        if isinstance(extent, Window) and not extent.open_start:
            at = f" from {extent.start:%Y-%m-%d}"
        self._bar.set_postfix_str(f"{stream}{at}", refresh=False)
        self._bar.update(seen)

    def working(self, record: SyncRun) -> None:
        if self._pieces is None:
            self._bar.close()
            self._pieces = self._bar = tqdm(
                desc=record.source, total=record.progress_total, disable=None, leave=False
            )
        self._pieces.n = record.progress_done
        self._pieces.refresh()

    def waiting(self, seconds: float, why: str) -> None:
        self._bar.set_postfix_str(f"waiting {seconds:.0f} s until {why}")
        if self._bar.disable and why not in self._told:
            self._told.add(why)
            self._out.write(f"Waiting up to {seconds:.0f} s until {why}")
            self._out.flush()

    def close(self) -> None:
        self._bar.close()


class SyncCommand(BaseCommand):
    """Syncs one source, or several, and says what came of it, a line for each stream."""

    requires_migrations_checks = True

    def carry_out(self, source: Source, order: Order, *, retry: bool = False) -> SyncRun | None:
        """One run, told to the person; None if it could not even begin."""
        bar = ProgressBar(source, self.stdout)
        try:
            run = retry_rejected(source, bar) if retry else sync(source, order, bar)
        except SyncError as error:
            self.stderr.write(str(error))
            return None
        except KeyboardInterrupt:
            raise CommandError(
                "Stopped. What was verified stays; the next run goes on from there.", returncode=130
            ) from None
        finally:
            bar.close()
        self.tell(run)
        return run

    def tell(self, run: SyncRun) -> None:
        for stream, counts in run.counts.items():
            parts = ", ".join(f"{counts.get(name, 0)} {name}" for name in COUNTS)
            self.stdout.write(f"{run.source} {stream}: {counts.get('seen', 0)} seen: {parts}")
        if run.progress_total is not None:
            failed = f", {run.progress_failed} could not be read" if run.progress_failed else ""
            self.stdout.write(
                f"{run.source}: {run.up_to_date} of {run.progress_total} are up to date{failed}"
            )
        if run.error:
            told = "success, but" if run.status == SyncRun.Status.SUCCESS else run.status
            self.stderr.write(f"{run.source}: {told}:\n{run.error}")
        listed = RejectedItem.objects.pending().filter(source=run.source).count()
        if listed:
            kept, them = ("item is", "it") if listed == 1 else ("items are", "them")
            self.stderr.write(
                f"{run.source}: {listed} rejected {kept} kept; the admin shows why. `sync_{run.source.lower()} --retry-rejected` tries {them} again."
            )


def succeeded(run: SyncRun | None) -> bool:
    return run is not None and run.status == SyncRun.Status.SUCCESS


class SourceSyncCommand(SyncCommand):
    """`sync_<source>`."""

    source_name: ClassVar[str]

    def add_arguments(self, parser: ArgumentParser) -> None:
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument(
            "--days",
            type=number_of_days,
            help="Read the last DAYS days whole, whatever is verified.",
        )
        choice.add_argument(
            "--full",
            action="store_true",
            help="Verify the whole history, newest first; an interrupted one goes on where it stopped.",
        )
        choice.add_argument(
            "--retry-rejected",
            action="store_true",
            help="Only try the rejected items again, without a request.",
        )
        add_accept_deletions(parser)

    def order(self, options: dict[str, Any]) -> Order:
        accept = options["accept_deletions"]
        return Order.of(options["days"], full=options["full"], accept_deletions=accept)

    def handle(self, *args: Any, **options: Any) -> None:
        order = self.order(options)
        run = self.carry_out(sources[self.source_name], order, retry=options["retry_rejected"])
        if not succeeded(run):
            raise CommandError(
                f"{self.source_name} was not synced completely; the reason stands above."
            )
