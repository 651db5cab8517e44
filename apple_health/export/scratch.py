"""The samples of an export, sorted on disk: there are millions of them, in no order that can be relied on.

A sample that stands in the file twice is kept once. SQLite keeps them in a file without a name, which goes with the process: an
import that is killed leaves nothing behind, and begins anew.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from apple_health.export.kinds import Kind
from lifetracker.sync.files import CannotImport

BATCH = 5_000
CACHE_KIB = 24_000
#: Devices and apps that write into Health; each has a name and a kind of device.
MOST_SOURCES = 5_000


class Sample(NamedTuple):
    """`start`, `end`: in seconds since 1970. `source`, `zone`: numbers of `Scratch`; zone 0 is unknown."""

    start: int
    end: int
    source: int
    value: float
    zone: int


class Device(NamedTuple):
    """Who wrote a sample. `kind`: `watch`, `phone` or `other`."""

    name: str
    kind: str


class Scratch:
    """Samples by kind, and workouts."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        for pragma in (
            "journal_mode=OFF",
            "synchronous=OFF",
            f"cache_size=-{CACHE_KIB}",
            "temp_store=FILE",
        ):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.execute(
            "CREATE TABLE sample (kind INTEGER, start INTEGER, end INTEGER, source INTEGER, value REAL, zone INTEGER,"
            " PRIMARY KEY (kind, start, end, source, value)) WITHOUT ROWID"
        )
        self._db.execute(
            "CREATE TABLE workout (start INTEGER, id TEXT, item TEXT, PRIMARY KEY (start, id)) WITHOUT ROWID"
        )
        self._db.execute("BEGIN")
        self._waiting: list[tuple[int, int, int, int, float, int]] = []
        self._numbers: dict[Device, int] = {}
        self.devices: list[Device] = []
        self._zones: dict[str, int] = {"": 0}

    def device(self, device: Device) -> int:
        """Return the number of a device. Raises CannotImport for more than anybody has."""
        number = self._numbers.get(device)
        if number is None:
            if len(self.devices) >= MOST_SOURCES:
                raise CannotImport("The export names more devices and apps than anybody has.")
            number = self._numbers[device] = len(self.devices)
            self.devices.append(device)
        return number

    def zone(self, name: str) -> int:
        """Return the number of a time zone; there are some hundred."""
        return self._zones.setdefault(name, len(self._zones))

    @property
    def zones(self) -> list[str]:
        return list(self._zones)

    def add(self, kind: Kind, sample: Sample) -> None:
        self._waiting.append((kind, *sample))
        if len(self._waiting) >= BATCH:
            self.flush()

    def add_workout(self, start: int, key: str, item: dict[str, Any]) -> None:
        self._db.execute(
            "INSERT OR IGNORE INTO workout VALUES (?, ?, ?)", (start, key, json.dumps(item))
        )

    def flush(self) -> None:
        self._db.executemany(
            "INSERT OR IGNORE INTO sample VALUES (?, ?, ?, ?, ?, ?)", self._waiting
        )
        self._waiting.clear()

    def samples(self, kind: Kind) -> Iterator[Sample]:
        """Yield the samples of a kind in the order of their starts."""
        self.flush()
        rows: Iterable[tuple[int, int, int, float, int]] = self._db.execute(
            "SELECT start, end, source, value, zone FROM sample WHERE kind = ? ORDER BY start, end, source, value",
            [int(kind)],
        )
        return map(Sample._make, rows)

    def workouts(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for key, item in self._db.execute("SELECT id, item FROM workout ORDER BY start, id"):
            yield key, json.loads(item)

    def close(self) -> None:
        self._db.close()


@contextmanager
def scratch() -> Iterator[Scratch]:
    """Open a scratch file. Raises CannotImport where the disk is full."""
    made = Scratch()
    try:
        yield made
    except sqlite3.OperationalError as error:
        raise CannotImport(
            f"The samples of the export could not be sorted on disk: {error}. Make room in the folder for temporary files (TMPDIR), "
            "about a tenth of the size of the unpacked export."
        ) from None
    finally:
        made.close()
