"""Where the time of a sync goes: its parts by a clock around a few functions, and single functions
by cProfile."""

from __future__ import annotations

import cProfile
import pstats
import re
import time
from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

import lifetracker.sync.upsert
import lifetracker.sync.writer
from benchmarks.whoop_sync import WholeSync
from lifetracker.sync.http import HttpClient
from lifetracker.sync.mapping import FieldMapping
from lifetracker.sync.streams import Stream

REST = "the rest: reading pages, the history of syncs, Django's query building"
# Whoever moves one of these functions gets an AttributeError here, and moves it here too.
PLACES: list[tuple[Any, str, str]] = [
    (HttpClient, "request", "HTTP: requests, urllib3, sockets"),
    (HttpClient, "json", "JSON: reading answers"),
    (lifetracker.sync.writer, "to_json", "JSON: writing the `raw` column"),
    (lifetracker.sync.writer, "mapped_view", "mapping and validation"),
    (FieldMapping, "row", "mapping and validation"),
    (FieldMapping, "source_id", "mapping: ids of a page, read ahead of the batch"),
    (lifetracker.sync.writer, "digest_of_values", "digests"),
    (lifetracker.sync.writer, "digest_of_text", "digests"),
    (Stream, "digest", "digests"),
    (lifetracker.sync.upsert.Statement, "execute", "values of a statement"),
    (CursorWrapper, "execute", "SQL: driver and SQLite, or driver and waiting"),
    (CursorWrapper, "executemany", "SQL: driver and SQLite, or driver and waiting"),
    (BaseDatabaseWrapper, "_commit", "SQL: driver and SQLite, or driver and waiting"),
]
FUNCTIONS_SHOWN = 25


class Parts:
    """Charges CPU time to the innermost part at work. The clock itself costs about a twentieth of
    the run."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.at_work = [REST]
        self.mark = 0.0
        for owner, name, part in PLACES:
            setattr(owner, name, self.clocked(getattr(owner, name), part))

    def __call__(self) -> dict[str, Any]:
        self.mark = time.process_time()
        WholeSync()()
        self.charge()
        return {"parts": self.seconds}

    def charge(self) -> None:
        now = time.process_time()
        self.seconds[self.at_work[-1]] += now - self.mark
        self.mark = now

    def clocked(self, function: Callable[..., Any], part: str) -> Callable[..., Any]:
        @wraps(function)
        def around(*args: Any, **options: Any) -> Any:
            self.charge()
            self.at_work.append(part)
            try:
                return function(*args, **options)
            finally:
                self.charge()
                self.at_work.pop()

        return around


class Functions:
    """The functions with the most time of their own. cProfile makes short Python functions look
    dearer than they are."""

    def __call__(self) -> dict[str, Any]:
        profile = cProfile.Profile(time.process_time)
        profile.runcall(WholeSync())
        return {"functions": table_of(pstats.Stats(profile))}


def table_of(stats: pstats.Stats) -> list[tuple[str, int, float, float]]:
    """(function, calls, own seconds, seconds with what it calls), the most expensive first."""
    rows = [
        (f"{place(file)}{re.sub(' at 0x[0-9a-f]+', '', name)}", calls, own, total)
        for (file, _, name), (_, calls, own, total, _) in stats.stats.items()  # type: ignore[attr-defined]
    ]
    return sorted(rows, key=lambda row: -row[2])[:FUNCTIONS_SHOWN]


def place(file: str) -> str:
    """`whoop/streams.py: ` for our own files, the end of the path for others, nothing for what is
    built in."""
    if file == "~":
        return ""
    path = Path(file)
    if path.is_relative_to(settings.BASE_DIR) and "site-packages" not in path.parts:
        return f"{path.relative_to(settings.BASE_DIR)}: "
    return f"{'/'.join(path.parts[-2:])}: "
