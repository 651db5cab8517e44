from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import CommandError

from lifetracker.errors import SyncError
from lifetracker.management.command import QuickCommand
from lifetracker.management.sync_command import ProgressBar
from lifetracker.sync.remap import RemapCounts, remap, streams_named
from lifetracker.sync.streams import Source, Stream, sources
from lifetracker.words import counted


class Command(QuickCommand):
    help = (
        "Map the stored payloads again, without asking a service: after a release with a new column or a corrected "
        "mapping, older records get it too. Deleted records are mapped as well, and stay deleted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = ", ".join(source.slug for source in sources.values())
        parser.add_argument(
            "source", nargs="?", default="", help=f"One of {names}; all without it."
        )
        parser.add_argument(
            "stream", nargs="?", default="", help="One of its streams; all without it."
        )
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="Show what would change, without changing anything.",
        )

    def handle(
        self, *, source: str, stream: str, dry_run: bool, verbosity: int, **_: object
    ) -> None:
        failed = False
        for one, streams in chosen_streams(chosen_sources(source), stream):
            listener = ProgressBar(one, self.stderr, verbosity)
            try:
                counted = remap(one, streams, dry_run=dry_run, listener=listener)
            except SyncError as error:
                self.stderr.write(str(error))
                failed = True
                continue
            finally:
                listener.close()
            for name, counts in counted.items():
                if verbosity:
                    self.stdout.write(line(one, name, counts, dry_run=dry_run))
                for reason in counts.reasons:
                    self.stderr.write(f"  {reason}")
                failed |= bool(counts.unmappable)
        if failed and dry_run:
            raise CommandError("Some records cannot be mapped again. Nothing was written.")
        if failed:
            raise CommandError("Some records could not be mapped again. The others were stored.")


def chosen_sources(name: str) -> list[Source]:
    """Return the source of this name, however it is written, or all without one."""
    found = [one for one in sources.values() if not name or one.slug == name.lower()]
    if not found:
        names = ", ".join(source.slug for source in sources.values())
        raise CommandError(f"There is no source {name!r} that keeps payloads. There are: {names}.")
    return found


def chosen_streams(chosen: list[Source], name: str) -> list[tuple[Source, tuple[Stream, ...]]]:
    """Return the sources that have a stream of this name, each with it; with all of theirs without a name."""
    found = [(one, streams) for one in chosen if (streams := streams_named(one, name))]
    if not found:
        has = "; ".join(
            f"{one.title} has {', '.join(s.name for s in one.streams)}" for one in chosen
        )
        raise CommandError(f"There is no stream {name!r}. {has}.")
    return found


def line(source: Source, stream: str, counts: RemapCounts, *, dry_run: bool) -> str:
    """Return what became of a stream, in one line."""
    parts = [
        counted(counts.rows, "record"),
        f"{counts.changed:,} {'would change' if dry_run else 'changed'}",
        f"{counts.unchanged:,} unchanged",
    ]
    if counts.unmappable:
        parts.append(f"{counts.unmappable:,} cannot be mapped")
    if counts.without_payload:
        parts.append(f"{counts.without_payload:,} without a payload")
    if counts.shortened:
        parts.append(f"{counts.shortened:,} with a payload that an earlier version shortened")
    return f"{source.title} {stream}: {', '.join(parts)}"
