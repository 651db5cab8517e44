"""What `sync_all` and every `sync_<source>` share: options, lines, progress, exit status."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any, ClassVar, NoReturn

from django.core.management.base import CommandError, OutputWrapper
from tqdm import tqdm

from lifetracker.errors import SyncError
from lifetracker.management.command import QuickCommand
from lifetracker.management.report import line_of, stream_lines
from lifetracker.metrics.proposals import propose_after
from lifetracker.models import RejectedItem, SyncRun
from lifetracker.sync.job import retry_rejected, sync
from lifetracker.sync.plans import SyncRequest
from lifetracker.sync.runs import Listener
from lifetracker.sync.streams import Extent, Source, Window, sources
from lifetracker.words import counted, title_of

#: How a run has ended, as a sentence about its source.
WORDS_OF: dict[str, str] = {
    SyncRun.Status.SUCCESS: "was synced, with remarks",
    SyncRun.Status.PARTIAL: "was synced only in part",
    SyncRun.Status.FAILED: "could not be synced",
    SyncRun.Status.STOPPED: "was not synced to the end",
    SyncRun.Status.QUEUED: "could not be synced",
    SyncRun.Status.RUNNING: "could not be synced",
}


def add_accept_deletions(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--accept-deletions",
        action="store_true",
        help="Mark as deleted all records that a service no longer lists, however many.",
    )


def number_of_days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 36_500:
        raise ArgumentTypeError(f"{text!r} is not a number of days between 1 and 36500")
    return int(text)


class ProgressBar(Listener):
    """A bar on a terminal; elsewhere only a line when the run begins to wait for something. Neither with
    `--verbosity 0`."""

    def __init__(self, source: Source, out: OutputWrapper, verbosity: int = 1) -> None:
        self._hidden = None if verbosity else True
        self._bar = tqdm(desc=source.title, unit=" records", disable=self._hidden, leave=False)
        self._out = out
        self._reported: set[str] = set()
        self._pieces: tqdm[NoReturn] | None = None

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
                desc=title_of(record.source),
                total=record.progress_total,
                disable=self._hidden,
                leave=False,
            )
        self._pieces.n = record.progress_done
        self._pieces.refresh()

    def waiting(self, seconds: float, why: str) -> None:
        self._bar.set_postfix_str(f"waiting {seconds:.0f} s until {why}")
        if self._bar.disable and not self._hidden and why not in self._reported:
            self._reported.add(why)
            self._out.write(f"Waiting up to {seconds:.0f} s until {why}")
            self._out.flush()

    def close(self) -> None:
        self._bar.close()


class SyncCommand(QuickCommand):
    """Sync one source, or several, and print a line for each; with `--verbosity 2` also one for each stream,
    with `--verbosity 0` only what failed."""

    requires_migrations_checks = True
    verbosity = 1

    def execute(self, *args: Any, **options: Any) -> Any:
        self.verbosity = options["verbosity"]
        return super().execute(*args, **options)

    def say(self, line: str) -> None:
        """Print what is no failure, unless nobody wants to hear of it."""
        if self.verbosity:
            self.stdout.write(line)

    def execute_run(
        self, source: Source, order: SyncRequest, *, retry: bool = False
    ) -> SyncRun | None:
        """Carry out one run and print what came of it; return None if it could not even begin."""
        bar = ProgressBar(source, self.stdout, self.verbosity)
        try:
            run = retry_rejected(source, bar) if retry else sync(source, order, bar)
        except SyncError as error:
            self.stderr.write(str(error))
            return None
        except KeyboardInterrupt:
            raise CommandError(
                "Stopped. Everything verified so far is kept. The next sync continues from there.",
                returncode=130,
            ) from None
        finally:
            bar.close()
        self.tell(run)
        return run

    def tell(self, run: SyncRun) -> None:
        title = title_of(run.source)
        self.say(line_of(run))
        if self.verbosity > 1:
            for line in stream_lines(run):
                self.stdout.write(line)
        if run.progress_failed or (self.verbosity > 1 and run.progress_total is not None):
            failed = f", {run.progress_failed} could not be read" if run.progress_failed else ""
            verb = "is" if run.up_to_date == 1 else "are"
            self.stdout.write(
                f"{title}: {run.up_to_date} of {run.progress_total} {verb} up to date{failed}"
            )
        if run.error:
            self.stderr.write(f"{title} {WORDS_OF[run.status]}:\n{run.error}")
        listed = RejectedItem.objects.pending().filter(source=run.source).count()
        if listed:
            verb, them = ("is", "it") if listed == 1 else ("are", "them")
            self.stderr.write(
                f"{title}: {counted(listed, 'rejected item')} {verb} kept. The admin shows the reasons. To try {them} again: sync_{run.source.lower()} --retry-rejected"
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
            help="Read the last DAYS days completely, even if they are verified.",
        )
        choice.add_argument(
            "--full",
            action="store_true",
            help="Read the whole history, newest first. An interrupted sync continues where it stopped.",
        )
        choice.add_argument(
            "--retry-rejected",
            action="store_true",
            help="Only try rejected items again, without a request to the service.",
        )
        add_accept_deletions(parser)

    def order(self, options: dict[str, Any]) -> SyncRequest:
        accept = options["accept_deletions"]
        return SyncRequest.from_options(
            options["days"], full=options["full"], accept_deletions=accept
        )

    def handle(self, *args: Any, **options: Any) -> None:
        order = self.order(options)
        run = self.execute_run(sources[self.source_name], order, retry=options["retry_rejected"])
        if run is not None:
            propose_after(run)
        if not succeeded(run):
            raise CommandError(
                f"{title_of(self.source_name)} was not synced completely. The reason is shown above."
            )
