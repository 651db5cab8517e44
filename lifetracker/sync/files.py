"""Files that a person brings: told by what they hold, since people rename them, and read within bounds."""

from __future__ import annotations

import codecs
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

MB = 1_000_000
HEAD = 4096
# How far below a given folder a file may lie.
DEPTH = 2

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
GZIP = b"\x1f\x8b"
# By what they begin with.
OTHER_FILES = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"II*\x00": "a picture",
    b"MM\x00*": "a picture",
    b"ID3": "a sound",
    b"OggS": "a sound",
    GZIP: "a gzip archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"SQLite format 3": "a database",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word document",
}
# By what stands in the first dozen bytes after others: files of phones.
OTHER_FORMATS = {
    b"ftyphei": "a picture",
    b"ftypmif1": "a picture",
    b"ftypavif": "a picture",
    b"ftypM4A": "a sound",
    b"ftyp": "a film",
    b"WEBP": "a picture",
    b"WAVE": "a sound",
}
# What a zip is that has such a member.
OTHER_ZIPS = {
    "word/document.xml": "a Word document",
    "xl/workbook.xml": "an Excel workbook",
    "AndroidManifest.xml": "an app",
}
# The share of a text in Latin letters that is plain ASCII, at least.
MOSTLY = 0.9
# What zipfile raises, depending on where the file is damaged.
BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    RuntimeError,
    ValueError,
)

# Gives the bytes of a file, but not many more than so many.
Read = Callable[[int], bytes]


class CannotImport(Exception):
    """Nothing of the file was imported. The text says why and what to do, for the person."""


@dataclass(frozen=True)
class Refusal:
    """An item of a file that cannot be read. Its id and its start where at least they can be; `where`: its place in the
    file."""

    where: str
    reason: str
    payload: dict[str, Any]
    source_id: str = ""
    start: datetime | None = None


@dataclass(frozen=True)
class Expected:
    """What file is expected. `writer`: the app or the apps that write it. `wanted`: which file to give, as a sentence."""

    writer: str
    wanted: str
    other_files: dict[bytes, str] = field(default_factory=lambda: OTHER_FILES)

    def refuse_others(self, name: str, head: bytes) -> None:
        """Raise CannotImport for an empty file, and for what its first bytes show to be something else."""
        if not head.strip():
            raise CannotImport(f"{name} is empty. Export it from {self.writer} again.")
        found = [what for magic, what in self.other_files.items() if head.startswith(magic)]
        found += [what for magic, what in OTHER_FORMATS.items() if magic in head[4:16]]
        if found:
            raise CannotImport(self.another(name, found[0]))

    def refuse_other_zips(self, name: str, members: Iterable[str]) -> None:
        """Raise CannotImport for a zip that is the document of a program."""
        found = [what for member, what in OTHER_ZIPS.items() if member in members]
        if found:
            raise CannotImport(self.another(name, found[0]))

    def another(self, name: str, what: str) -> str:
        return f"{name} is {what} and not an export from {self.writer}. {self.wanted}"

    def text_of(self, name: str, read: Read, most: int) -> str:
        """Return the text of a file. Raises CannotImport."""
        content = read(most)
        if len(content) > most:
            raise CannotImport(
                f"{name} is larger than {most // MB} MB, which no export from {self.writer} is."
            )
        return self.decode(name, content)

    def decode(self, name: str, content: bytes, *, final: bool = True) -> str:
        """Return the text; with `final` False, of bytes that may end within a character. Raises CannotImport."""
        utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        encoding = "utf-16" if utf16 else "utf-8-sig"
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(content, final)
        except UnicodeDecodeError:
            text = "\x00"
        if "\x00" in text:
            raise CannotImport(self.unreadable(name, content))
        return text

    def unreadable(self, name: str, content: bytes) -> str:
        """Return what a file is that its app did not write: text that another program saved, or no text at all."""
        letters = content.replace(b"\x00", b"")
        plain = sum(32 <= one < 127 or one in b"\t\r\n" for one in letters)
        if plain >= MOSTLY * len(letters):
            return (
                f"{name} is text that another program saved in its own way, so that its letters cannot be read. "
                f"Export it from {self.writer} again, and do not open it in between. {self.wanted}"
            )
        return self.another(name, "no text")

    def members(self, path: Path) -> dict[str, Read]:
        """Return what a folder, a zip or a single file holds. Raises CannotImport, OSError."""
        if path.is_dir():
            files = files_below(path, DEPTH)
            found: dict[str, Read] = {
                one.relative_to(path).as_posix(): partial(read_up_to, one) for one in files
            }
            return without_litter(found)
        self.require_file(path)
        return {path.name: partial(read_up_to, path)}

    @contextmanager
    def opened(self, path: Path) -> Iterator[tuple[str, dict[str, Read]]]:
        """Open a folder, a zip or a single file: what it is called, and by its path in it what reads each file. Raises
        CannotImport."""
        with in_words(path):
            if path.is_dir():
                yield path.name or str(path), self.members(path)
                return
            self.require_file(path)
            with path.open("rb") as file, self.files_in(path.name, file) as files:
                yield path.name, files

    @contextmanager
    def files_in(self, name: str, file: BinaryIO) -> Iterator[dict[str, Read]]:
        """Open a zip or a single file that can be read from its beginning: by its path, what reads each file. Raises
        CannotImport."""
        head = file.read(HEAD)
        file.seek(0)
        if head.startswith(ZIP):
            with unzipped(name, file) as files:
                yield files
            return
        self.refuse_others(name, head)
        yield {name: partial(read_again, file)}

    def require_file(self, path: Path) -> None:
        """Raise CannotImport where there is no such file."""
        if not path.exists():
            raise CannotImport(f"There is no file {path}. {self.wanted}")
        if not path.is_file():
            raise CannotImport(f"{path} is not a file. {self.wanted}")


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Raise CannotImport for what the machine refuses of a file."""
    try:
        yield
    except OSError as error:
        name = error.filename or path
        raise CannotImport(f"{name} cannot be read: {error.strerror or error}.") from None


def read_up_to(path: Path, most: int) -> bytes:
    """Return one byte more than allowed where it is too large, however large it is."""
    with path.open("rb") as file:
        return file.read(most + 1)


def read_again(file: BinaryIO, most: int) -> bytes:
    """Return the same of a file that is open, from its beginning."""
    file.seek(0)
    return file.read(most + 1)


def files_below(folder: Path, depth: int) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            if depth and not path.is_symlink():
                yield from files_below(path, depth - 1)
        elif path.is_file():
            yield path


# --- Zips -----------------------------------------------------------------------------------------


@contextmanager
def unzipped(name: str, file: BinaryIO) -> Iterator[dict[str, Read]]:
    """Open a zip: by the path of each file in it, what reads that. Raises CannotImport."""
    with unbroken(name):
        archive = zipfile.ZipFile(file)
    with archive:
        entries = [info for info in archive.infolist() if not info.is_dir()]
        yield without_litter({info.filename: partial(unpack, archive, info) for info in entries})


def unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    if info.flag_bits & 1:
        raise CannotImport(f"{info.filename} is protected by a password. Unpack the zip first.")
    with unbroken(info.filename), archive.open(info) as file:
        # Not more than asked for, whatever size the zip claims.
        return file.read(most + 1)


@contextmanager
def unbroken(name: str) -> Iterator[None]:
    try:
        yield
    except BROKEN_ZIP:
        raise CannotImport(f"{name} is damaged or was cut off. Download it again.") from None


def base_name(path: str) -> str:
    """Return the name of a file without its folders: some zips of Windows have its separators."""
    return PurePosixPath(path.replace("\\", "/")).name


def without_litter(files: dict[str, Read]) -> dict[str, Read]:
    """Return the files without what macOS puts beside each file of a zip."""
    return {
        path: read
        for path, read in files.items()
        if "__MACOSX" not in PurePosixPath(path.replace("\\", "/")).parts
        and not base_name(path).startswith("._")
    }
