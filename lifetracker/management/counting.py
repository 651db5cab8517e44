"""What commands that read and write files share on a terminal."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from zoneinfo import ZoneInfo

from django.core.management.base import CommandError, OutputWrapper
from tqdm import tqdm

from lifetracker.days import zone_name
from lifetracker.sync.file_imports import Lines


class Bar:
    """Rows, on a terminal; elsewhere nothing."""

    def __init__(self, name: str, total: int | None = None) -> None:
        self._bar = tqdm(desc=name, unit=" rows", total=total, disable=None, leave=False)

    def add(self, table: str, rows: int) -> None:
        self._bar.set_postfix_str(table, refresh=False)
        self._bar.update(rows)

    def close(self) -> None:
        self._bar.close()


def given_path(text: str) -> Path:
    # An empty one, as of a variable that is not set, would be the folder in which one happens to be.
    if not text.strip():
        raise ArgumentTypeError("it is empty. Give the name of a file.")
    return Path(text)


def time_zone(text: str) -> ZoneInfo:
    if zone_name(text) is None:
        raise ArgumentTypeError(
            f"{text!r} is not a time zone. Use a name such as Europe/Berlin or America/New_York."
        )
    return ZoneInfo(text)


def write_lines(found: Lines, to: OutputWrapper) -> None:
    """Write each line of a kind, and how many more there are."""
    for text in [*found.texts, *([f"and {found.more} more"] if found.more else [])]:
        to.write(f"  {found.title}: {text}")


def add_destination(parser: ArgumentParser) -> None:
    """Add the arguments that `backups.files` takes."""
    parser.add_argument(
        "file",
        nargs="?",
        help="a new file, a folder, or - for standard output. Default: a file in this folder, named after the current time",
    )
    parser.add_argument("--overwrite", action="store_true", help="Overwrite an existing file.")


def may_ask() -> None:
    """Raise CommandError where no passphrase can be asked for: only on a terminal, because elsewhere
    it would be shown, or waited for."""
    if not sys.stdin.isatty():
        raise CommandError(
            "A passphrase is needed. Set BACKUP_PASSPHRASE, or run the command in a terminal."
        )
