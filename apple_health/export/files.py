"""The file that the person names: the zip that Health exports, the folder that it unpacks to, or its XML."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple, cast

from apple_health.export.xml_stream import AGAIN, ROOT
from lifetracker.sync.files import (
    DEPTH,
    HEAD,
    MB,
    ZIP,
    CannotImport,
    Expected,
    base_name,
    files_below,
    in_words,
    unbroken,
    without_litter,
)

#: Of the unpacked XML. Fifteen years of an Apple Watch are some 5 GB.
LARGEST = 40_000 * MB
#: A DTD stands before the root.
PROLOGUE = 1 * MB
MOST_MEMBERS = 200_000
WANTED = "Give the zip that Health makes (your picture, Export All Health Data), as it came, or its export.xml."
EXPECTED = Expected("Apple Health", WANTED)
#: What other files have in their first bytes, and what they are.
OTHERS = (
    (
        b"<ClinicalDocument",
        "the clinical document (export_cda.xml), which stands beside the export and has no steps or nights",
    ),
    (b'"metrics"', "JSON of Health Auto Export, which that app sends by itself"),
    (b"Cycle start time", "a table of WHOOP's export. Import it as such"),
    (b"<gpx", "the route of one workout"),
    (b"<TrainingCenterDatabase", "the route of one workout"),
)
#: What other zips have in the name of a file, in small letters, and what they are.
OTHER_ZIPS = (
    ("physiological_cycles", "WHOOP's export. Import it as such"),
    ("takeout/", "an archive of Google Takeout, which cannot be imported here"),
    ("di_connect", "an archive of Garmin, which cannot be imported here"),
    ("com.samsung.", "an archive of Samsung Health, which cannot be imported here"),
    ("weight.csv", "an archive of Withings. Import it as such"),
    ("apple_id_", "an archive of privacy.apple.com, which has no health data that can be read"),
    (
        "apple media services",
        "an archive of privacy.apple.com, which has no health data that can be read",
    ),
)


class Opened(NamedTuple):
    """`size`: how many bytes there are to read, by what the file says; 0 where it says nothing."""

    name: str
    file: BinaryIO
    size: int


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """Open the XML of an export. Raises CannotImport."""
    with in_words(path):
        if path.is_dir():
            with in_folder(path) as found:
                yield found
            return
        EXPECTED.require_file(path)
        with path.open("rb") as file, in_file(path.name, file) as found:
            yield found


@contextmanager
def in_folder(path: Path) -> Iterator[Opened]:
    files = [one for one in files_below(path, DEPTH) if one.suffix.casefold() in (".xml", ".zip")]
    for one in sorted(files, key=lambda file: -file.stat().st_size):
        with one.open("rb") as file:
            if one.suffix.casefold() == ".zip" or ROOT.search(file.read(PROLOGUE)):
                file.seek(0)
                with in_file(one.name, file) as found:
                    yield found
                return
    raise CannotImport(f"{path.name} holds no export of Apple Health. {WANTED}")


@contextmanager
def in_file(name: str, file: BinaryIO) -> Iterator[Opened]:
    """Open the XML in a file that is open, a zip or the XML itself. Raises CannotImport."""
    head = file.read(HEAD)
    size = file.seek(0, 2)
    file.seek(0)
    if head.startswith(ZIP):
        with in_zip(name, file) as found:
            yield found
        return
    EXPECTED.refuse_others(name, head)
    refuse_kinds(name, head)
    yield Opened(name, file, size)


def refuse_kinds(name: str, head: bytes) -> None:
    """Raise CannotImport for the beginning of a file of another kind."""
    for magic, what in OTHERS:
        if magic in head and not ROOT.search(head):
            raise CannotImport(f"{name} is {what}. {WANTED}")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise CannotImport(f"{name} was saved again by another program, in UTF-16. {AGAIN}")


@contextmanager
def in_zip(name: str, file: BinaryIO) -> Iterator[Opened]:
    with unbroken(name):
        archive = zipfile.ZipFile(file)
    with archive:
        infos = {info.filename: info for info in archive.infolist() if not info.is_dir()}
        if len(infos) > MOST_MEMBERS:
            raise CannotImport(f"{name} holds more files than any export of Apple Health.")
        EXPECTED.refuse_other_zips(name, infos)
        members = without_litter(dict.fromkeys(infos, nothing))
        candidates = [infos[path] for path in members if path.casefold().endswith(".xml")]
        info = export_in(name, archive, candidates) or refuse_zip(name, members)
        with unbroken(info.filename):
            member = archive.open(info)
        with member:
            unpacked = cast(BinaryIO, Member(info.filename, member))
            yield Opened(base_name(info.filename), unpacked, info.file_size)


class Member:
    """A file in a zip, of which only the reading is told as damage of the zip."""

    def __init__(self, name: str, file: IO[bytes]) -> None:
        self._name, self._file = name, file

    def read(self, most: int) -> bytes:
        with unbroken(self._name):
            return self._file.read(most)


def nothing(most: int) -> bytes:
    """Stand for what reads a member, where only its name is looked at."""
    return b""


def export_in(
    name: str, archive: zipfile.ZipFile, candidates: list[zipfile.ZipInfo]
) -> zipfile.ZipInfo | None:
    """Return the member that is the export: its name is translated on some phones. Raises CannotImport."""
    for info in sorted(candidates, key=lambda one: -one.file_size)[:20]:
        if info.flag_bits & 1:
            raise CannotImport(f"{name} is protected by a password. Unpack the zip first.")
        with unbroken(info.filename), archive.open(info) as member:
            if ROOT.search(member.read(PROLOGUE)):
                return info
    return None


def refuse_zip(name: str, members: Iterable[str]) -> zipfile.ZipInfo:
    """Raise CannotImport for a zip without an export."""
    for path in members:
        for part, what in OTHER_ZIPS:
            if part in path.casefold():
                raise CannotImport(f"{name} is {what}. {WANTED}")
    raise CannotImport(f"{name} holds no export of Apple Health. {WANTED}")
