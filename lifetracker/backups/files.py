"""Where a backup or an export goes: a new file that nobody else may read, or standard output."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from django.utils import timezone

STANDARD = "-"
ONE_DAY = 86_400


class Unwritable(Exception):
    """Written for the person."""


def chosen_path(given: str | None, stem: str) -> Path | None:
    """Return the file to write; None for standard output. Without a name, or with that of a folder, the file is called after
    the time. Raises Unwritable."""
    if given == STANDARD:
        return None
    if given and given.endswith("/") and not Path(given).is_dir():
        raise Unwritable(f"There is no folder {given}")
    name = name_of_now(stem)
    path = Path(given) if given else Path(name)
    return path / name if path.is_dir() else path


def name_of_now(stem: str) -> str:
    """Return the name of a file that is written now: `lifetracker-backup-2026-09-16-140000.zip`."""
    return f"{stem}-{timezone.localtime():%Y-%m-%d-%H%M%S}.zip"


@contextmanager
def destination(path: Path | None, *, overwrite: bool = False) -> Iterator[BinaryIO]:
    """Open the file to write, or standard output. Raises Unwritable."""
    if path is None:
        if sys.stdout.isatty():
            raise Unwritable("Standard output is the terminal. Send it to a file: … - > FILE")
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if path.exists() and not overwrite:
        raise Unwritable(already_there(path))
    if not path.parent.is_dir():
        raise Unwritable(f"There is no folder {path.parent}. Make it first, or name another.")
    remove_abandoned(path.parent)
    # Under another name until it is whole, so that what a killed process leaves is taken for nothing.
    part = path.with_name(f".{path.name}.{token_hex(4)}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        publish(part, path, overwrite=overwrite)
    except OSError as error:
        raise Unwritable(f"{path} cannot be written: {error.strerror or error}.") from None
    finally:
        part.unlink(missing_ok=True)


def remove_abandoned(folder: Path) -> None:
    """Delete what processes that were killed have left there, some day or longer ago."""
    for part in folder.glob(".lifetracker-*.zip.*.part"):
        if time.time() - part.stat().st_mtime > ONE_DAY:
            part.unlink(missing_ok=True)


def publish(part: Path, path: Path, *, overwrite: bool) -> None:
    if overwrite:
        part.replace(path)
        return
    try:
        # Unlike a renaming, a link never takes another file's place.
        path.hardlink_to(part)
    except FileExistsError:
        raise Unwritable(already_there(path)) from None
    except OSError:
        # Sticks and shares often know no links.
        if path.exists():
            raise Unwritable(already_there(path)) from None
        part.rename(path)


def already_there(path: Path) -> str:
    return f"{path} is there already. Choose another name, or say --overwrite."
