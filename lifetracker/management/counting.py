"""What `backup`, `restore` and `export` share on a terminal."""

from __future__ import annotations

import sys
from argparse import ArgumentParser

from django.core.management.base import CommandError
from tqdm import tqdm


class Bar:
    """Rows, on a terminal; elsewhere nothing."""

    def __init__(self, name: str, total: int | None = None) -> None:
        self._bar = tqdm(desc=name, unit=" rows", total=total, disable=None, leave=False)

    def add(self, table: str, rows: int) -> None:
        self._bar.set_postfix_str(table, refresh=False)
        self._bar.update(rows)

    def close(self) -> None:
        self._bar.close()


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
