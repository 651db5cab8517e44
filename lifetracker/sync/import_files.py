"""The folder of the files that wait to be imported (`IMPORTS_DIR`): for this program alone, and never full."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from django.conf import settings

from lifetracker.models import FileImport, new_source_id
from lifetracker.ops.failures import file_failure
from lifetracker.sync.files import MB

#: So much of the disk stays free for the database and whatever else is on it.
LEFT_FREE = 200 * MB
#: So many files lie there at most; whoever brings more waits until some are imported.
MOST_FILES = 20
#: What no import knows is deleted after this many seconds: the upload was cut off.
STRAY_AFTER = 24 * 3600
PROGRESS, CANCEL = ".progress", ".cancel"


class CannotStore(Exception):
    """The file was not stored. The text says why and what to do, for the person."""


class Live(NamedTuple):
    """How far an import is. `total` is None where nobody knows it."""

    done: int
    total: int | None


def folder() -> Path:
    return Path(settings.IMPORTS_DIR)


def path_of(stored_as: str) -> Path:
    return folder() / stored_as


def new_file(size: int | None) -> Path:
    """Return an empty file to write to; `size` in bytes, where it is known. Raises CannotStore."""
    path = path_of(new_source_id())
    try:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        files = sum(not one.suffix for one in folder().iterdir())
        free = shutil.disk_usage(folder()).free
        path.touch(mode=0o600)
    except OSError as error:
        raise CannotStore(why_not(error)) from None
    if files >= MOST_FILES:
        reason = f"{files} files are waiting to be imported already. Wait until some are done."
    elif free - (size or 0) < LEFT_FREE:
        reason = "There is too little space on the disk for this file. Free some, or import it on another machine."
    else:
        return path
    delete(path.name)
    raise CannotStore(reason)


def why_not(error: OSError) -> str:
    """Return in a sentence why the machine refuses to store a file."""
    reason = file_failure(error) or f"The file could not be stored: {error.strerror or error}."
    return f"{reason} The folder is set by IMPORTS_DIR."


def store(chunks: Iterable[bytes], size: int) -> Path:
    """Store a file that came in pieces. Raises CannotStore, and leaves nothing behind then."""
    path = new_file(size)
    try:
        with path.open("wb") as file:
            for chunk in chunks:
                write(file, chunk)
    except OSError as error:
        delete(path.name)
        raise CannotStore(why_not(error)) from None
    return path


def write(file: BinaryIO, chunk: bytes) -> None:
    """Write a piece at once, so that a full disk is told with the piece that it has no place for."""
    file.write(chunk)
    file.flush()


def delete(stored_as: str) -> None:
    """Delete a file, and what was noted beside it."""
    for suffix in ("", PROGRESS, CANCEL):
        with suppress(OSError):
            path_of(f"{stored_as}{suffix}").unlink()


# --- Beside a file, because while a transaction is open no other process sees what it writes -------


def note_progress(stored_as: str, live: Live) -> None:
    """Note how far an import is, for the page. What cannot be written is not worth the end of an import."""
    path = path_of(f"{stored_as}{PROGRESS}")
    beside = path.with_suffix(f".{os.getpid()}.tmp")
    with suppress(OSError):
        beside.write_text(json.dumps(live))
        beside.replace(path)


def live_progress(job: FileImport) -> Live:
    """Return how far an import is by now."""
    try:
        done, total = json.loads(path_of(f"{job.stored_as}{PROGRESS}").read_text())
        return Live(int(done), None if total is None else int(total))
    except (OSError, ValueError, TypeError):
        return Live(job.progress_done, job.progress_total)


def forget_progress(stored_as: str) -> None:
    with suppress(OSError):
        path_of(f"{stored_as}{PROGRESS}").unlink()


def ask_to_cancel(stored_as: str) -> None:
    with suppress(OSError):
        path_of(f"{stored_as}{CANCEL}").touch(mode=0o600)


def is_to_be_cancelled(stored_as: str) -> bool:
    return path_of(f"{stored_as}{CANCEL}").exists()


def delete_strays() -> int:
    """Delete what no import needs, and return how many files that were."""
    if not folder().is_dir():
        return 0
    needed = set(FileImport.objects.unfinished().values_list("stored_as", flat=True))
    before, found = time.time() - STRAY_AFTER, 0
    for path in folder().iterdir():
        with suppress(OSError):
            if path.name.partition(".")[0] not in needed and path.stat().st_mtime < before:
                path.unlink()
                found += 1
    return found
