"""The file: written from a snapshot, and read with every doubt."""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO, BinaryIO, TypeVar, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from lifetracker.backups.snapshot import snapshot
from lifetracker.backups.tables import CHUNK, Row, Table, line, state

# Raised by whoever changes what an older program would misread.
FORMAT = 1
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 2**20
COMPRESSIONS = {ZIP_STORED, ZIP_DEFLATED}
# A longer line is not written, and not read either: it is in memory whole, several times. An answer of a
# service is not longer than 20 MB, and a record is a small part of it.
LONGEST_LINE = 16 * 2**20
# Brackets, commas and colons of a line: each may become an object of a hundred bytes.
MOST_PARTS = 1_000_000
# Rows of so many bytes together are in memory at a time.
LARGEST_CHUNK = 4 * 2**20
# The list of files in a zip, which is read whole. Ours have about fifty.
LONGEST_LIST = 2**20
# A backup is some ten times smaller than its lines; what is much smaller was made to swell.
MOST_SWELLING, SMALL = 200, 64 * 2**20
# All that zipfile and json are known to raise over a file that is not whole.
DAMAGE = (
    *(BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(
        AttributeError,
        KeyError,
        TypeError,
        ValueError,
        NotImplementedError,
        OverflowError,
        RuntimeError,
    ),
)

# Told of each chunk: the table's label, and how many rows more.
Progress = Callable[[str, int], None]
Migrations = dict[str, list[str]]
R = TypeVar("R", bound=Iterable[object])
T = TypeVar("T")
# Work that pauses after each chunk, and returns something in the end.
Steps = Generator[None, None, T]


class UnusableBackup(Exception):
    """Written for the person."""


@dataclass(frozen=True)
class Held:
    """One table of the file."""

    table: str
    columns: list[str]
    rows: int
    bytes: int
    sha256: str

    @property
    def member(self) -> str:
        return member_of(self.table)


@dataclass(frozen=True)
class Manifest:
    """`migrations`: those applied, by app. `version`: of this program."""

    format: int
    version: str
    made_at: str
    database: str
    migrations: Migrations
    tables: list[Held]

    @property
    def rows(self) -> int:
        return sum(held.rows for held in self.tables)


def member_of(label: str) -> str:
    return f"{label}.jsonl"


def migrations(tables: Iterable[Table]) -> Migrations:
    """Return the migrations on which the form of these tables rests."""
    labels = {table.model._meta.app_label for table in tables}
    applied = sorted(MigrationRecorder(connection).applied_migrations())
    return {label: [name for app, name in applied if app == label] for label in sorted(labels)}


def finished(steps: Steps[T]) -> T:
    """Do all steps; return what comes of them."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return cast("T", end.value)


def chunks(rows: Iterable[R]) -> Iterator[list[R]]:
    """Yield so many rows at a time that memory stays bounded, however long they are."""
    some: list[R] = []
    size = 0
    for row in rows:
        some.append(row)
        size += sum(len(value) for value in row if isinstance(value, str))
        if len(some) == CHUNK or size > LARGEST_CHUNK:
            yield some
            some, size = [], 0
    if some:
        yield some


# --- Writing --------------------------------------------------------------------------------------


def write_backup(out: BinaryIO, progress: Progress) -> Manifest:
    """Write into a file or a pipe; return what it holds. Raises UnusableBackup for a row that is too
    long to be read again."""
    return finished(backup_steps(out, progress))


def backup_steps(out: BinaryIO, progress: Progress) -> Steps[Manifest]:
    """Do the same bit by bit, for who hands on what was written so far."""
    tables = state()
    with snapshot(), ZipFile(out, "w", ZIP_DEFLATED) as archive:
        held: list[Held] = []
        for table in tables:
            done = yield from write_table(archive, table, progress)
            held.append(done)
        manifest = Manifest(
            format=FORMAT,
            version=settings.VERSION,
            made_at=timezone.now().isoformat(),
            database=connection.vendor,
            migrations=migrations(tables),
            tables=held,
        )
        with new_member(archive, MANIFEST) as member:
            member.write(json.dumps(asdict(manifest), indent=1).encode())
    return manifest


def new_member(archive: ZipFile, name: str) -> IO[bytes]:
    info = ZipInfo(name, date_time=timezone.localtime().timetuple()[:6])
    info.compress_type = archive.compression
    # Only its owner reads it, also once it is unpacked.
    info.external_attr = 0o600 << 16
    return archive.open(info, "w", force_zip64=True)


def write_table(archive: ZipFile, table: Table, progress: Progress) -> Steps[Held]:
    digest, size, count = hashlib.sha256(), 0, 0
    with new_member(archive, member_of(table.label)) as member:
        for some in chunks(table.rows()):
            lines = [line(row) for row in some]
            if not all(map(is_bearable, lines)):
                raise UnusableBackup(
                    f"{table.label}: a row of more than 16 MB, or of a million parts."
                )
            text = b"".join(lines)
            member.write(text)
            digest.update(text)
            size, count = size + len(text), count + len(some)
            progress(table.label, len(some))
            yield
    return Held(table.label, table.names, count, size, digest.hexdigest())


def is_bearable(text: bytes) -> bool:
    """Return whether the line can be read in a memory that is known beforehand, whatever it holds."""
    if len(text) < MOST_PARTS:
        return True
    return len(text) <= LONGEST_LINE and sum(map(text.count, (b"[", b"{", b",", b":"))) < MOST_PARTS


# --- Reading --------------------------------------------------------------------------------------


@contextmanager
def doubting() -> Iterator[None]:
    try:
        yield
    except DAMAGE as error:
        raise UnusableBackup(f"The file is damaged or cut off ({error}).") from error


class Bounded:
    """A file of which nobody gets more than `most` bytes at once. zipfile believes what a zip says of
    the length of its list of files."""

    def __init__(self, file: IO[bytes], most: int) -> None:
        self._file = file
        self.most = most
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        text = self._file.read(self.most + 1 if size < 0 else min(size, self.most + 1))
        if len(text) > self.most:
            raise ValueError("a part of it that is small is too long")
        return text


def opened(file: IO[bytes]) -> ZipFile:
    """Return the archive in this file. Raises UnusableBackup."""
    bounded = Bounded(file, LONGEST_LIST)
    try:
        archive = ZipFile(cast("IO[bytes]", bounded))
    except DAMAGE as error:
        raise UnusableBackup(f"This is no backup, or only a part of one ({error}).") from error
    bounded.most = 2 * LONGEST_LINE
    if any(info.compress_type not in COMPRESSIONS for info in archive.infolist()):
        # The others let the file choose how much memory it takes.
        raise UnusableBackup("This is no backup: it is compressed in another way.")
    return archive


def refuse_odd_types(manifest: Manifest) -> None:
    """Raise TypeError or ValueError for a value of another type, so that nobody else has to doubt what stands in it."""
    datetime.fromisoformat(manifest.made_at)
    for names in manifest.migrations.values():
        if not all(isinstance(name, str) for name in names):
            raise TypeError("a migration without a name")
    for held in manifest.tables:
        numbers, words = (held.rows, held.bytes), (held.table, held.sha256, *held.columns)
        if not all(type(n) is int and n >= 0 for n in numbers):
            raise TypeError("a number is none")
        if not all(isinstance(word, str) for word in words):
            raise TypeError("a name is none")


class Archive:
    """Raises UnusableBackup, here and wherever something of it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = opened(file)
        with doubting():
            self.manifest = self._read_manifest()
            self._refuse_strangers()
            self._refuse_swelling()

    def _read_manifest(self) -> Manifest:
        if MANIFEST not in self._zip.namelist():
            raise UnusableBackup("This is no backup of Life Tracker: it has no manifest.")
        with self._zip.open(MANIFEST) as member:
            text = member.read(LARGEST_MANIFEST + 1)
        if len(text) > LARGEST_MANIFEST:
            raise ValueError("its manifest is too long")
        found = json.loads(text)
        if int(found["format"]) > FORMAT:
            raise UnusableBackup(
                f"Version {found['version']} of Life Tracker made it, in a newer format. Update this one first."
            )
        manifest = Manifest(**found | {"tables": [Held(**held) for held in found["tables"]]})
        refuse_odd_types(manifest)
        return manifest

    def _refuse_strangers(self) -> None:
        names = self._zip.namelist()
        expected = [*(held.member for held in self.manifest.tables), MANIFEST]
        if sorted(names) != sorted(expected):
            raise ValueError("its files are not those of its manifest")

    def _refuse_swelling(self) -> None:
        infos = self._zip.infolist()
        small, large = (
            sum(sizes)
            for sizes in zip(*((i.compress_size, i.file_size) for i in infos), strict=True)
        )
        if large > SMALL + MOST_SWELLING * small:
            raise UnusableBackup(
                f"It would unpack to {large / 1e9:,.1f} GB, {large // small} times its size. No backup of Life Tracker does."
            )

    def rows(self, held: Held) -> Iterator[Row]:
        """Yield the rows to the last one, whose coming says that size, number and digest of all are right."""
        digest, size, count = hashlib.sha256(), 0, 0
        with doubting(), self._zip.open(held.member) as member:
            while text := member.readline(min(LONGEST_LINE, held.bytes - size) + 1):
                digest.update(text)
                size, count = size + len(text), count + 1
                if len(text) > LONGEST_LINE or not is_bearable(text):
                    raise ValueError(f"{held.table}: row {count} is too large for any record")
                if size > held.bytes or not text.endswith(b"\n"):
                    raise ValueError(f"{held.table} is longer than its manifest says")
                row = json.loads(text)
                if len(row) != len(held.columns):
                    raise ValueError(f"{held.table}: row {count} has other columns")
                yield row
            if (size, count, digest.hexdigest()) != (held.bytes, held.rows, held.sha256):
                raise ValueError(f"{held.table} is not what its manifest says")

    def verify(self, progress: Progress) -> None:
        """Read everything once. Raises UnusableBackup."""
        for held in self.manifest.tables:
            for some in chunks(self.rows(held)):
                progress(held.table, len(some))
