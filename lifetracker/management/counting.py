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
    """What `backups.files` takes."""
    parser.add_argument(
        "file",
        nargs="?",
        help="a new file, a folder, or - for standard output. Default: here, named after the time",
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="Take the place of a file that is there."
    )


def may_ask() -> None:
    """A passphrase is asked for on a terminal only: elsewhere it would be shown, or waited for."""
    if not sys.stdin.isatty():
        raise CommandError(
            "A passphrase is needed. Without a terminal it comes from BACKUP_PASSPHRASE."
        )
