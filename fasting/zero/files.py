"""The file that the person names: a CSV, one of the two JSON files with fasts, or the folder or zip
of the package. What it is is told by what it holds, since people rename their files."""

from __future__ import annotations

import codecs
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath

from fasting.zero.export import CannotImport, Export, Options
from fasting.zero.package import read_package
from fasting.zero.table import KNOWN_COLUMNS, is_table, read_table

MB = 1_000_000
# A fast is 30 bytes of a CSV and 200 of a biodata.json, which also has years of glucose values.
LARGEST_CSV = 2 * MB
LARGEST_JSON = 50 * MB
# More rows that cannot be read than this, and it is not an export with mistakes but something else.
MOST_REFUSALS = 200
HEAD = 4096
# How far below the given folder the package may lie.
DEPTH = 2

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
WITH_FASTS = ("biodata.json", "firestore.json")
OTHER_FILES = {
    b"%PDF": "a PDF",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"SQLite format 3": "a database",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word document",
}
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
WANTED = "Give Zero's CSV, or the folder, the zip or the biodata.json of its data package."

# Gives the bytes of a file, but not many more than so many.
Read = Callable[[int], bytes]


def read_export(path: Path, options: Options) -> Export:
    """Everything that the file holds. Raises CannotImport."""
    try:
        export = _read_folder(path, options) if path.is_dir() else _read_file(path, options)
    except OSError as error:
        name = error.filename or path
        raise CannotImport(f"{name} cannot be read: {error.strerror or error}.") from None
    _require_fasts(export)
    return export


def _require_fasts(export: Export) -> None:
    if len(export.refusals) > MOST_REFUSALS or (export.refusals and not export.fasts):
        reasons = [f"{refusal.where}: {refusal.reason}" for refusal in export.refusals[:3]]
        raise CannotImport(
            f"{len(export.refusals)} of its fasts cannot be read, so nothing was imported. "
            "The first ones: " + "; ".join(reasons)
        )
    if not export.fasts:
        since = export.running[0].since
        raise CannotImport(
            f"It contains no ended fast, only one that has been running since {since}. "
            "Export again when that one has ended."
        )


# --- One file -------------------------------------------------------------------------------------


def _read_file(path: Path, options: Options) -> Export:
    if not path.exists():
        raise CannotImport(f"There is no file {path}. {WANTED}")
    if not path.is_file():
        raise CannotImport(f"{path} is not a file. {WANTED}")
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head.startswith(ZIP):
        return _read_zip(path, options)
    return _read_content(path.name, head, partial(_read_up_to, path), options)


def _read_up_to(path: Path, most: int) -> bytes:
    """One byte more than allowed tells that it is too large, however large it is."""
    with path.open("rb") as file:
        return file.read(most + 1)


def _read_content(name: str, head: bytes, read: Read, options: Options) -> Export:
    """`head`: its first bytes, which tell what it is before the rest is read."""
    if not head.strip():
        raise CannotImport(f"{name} is empty. Export it from Zero again.")
    for magic, what in OTHER_FILES.items():
        if head.startswith(magic):
            raise CannotImport(f"{name} is {what}. {WANTED}")
    start = decode(name, head, final=False).lstrip()
    if start.startswith(("{", "[")):
        return read_package({name: limited(name, read, LARGEST_JSON)}, options)
    if not is_table(start):
        raise CannotImport(
            f"{name} is not an export from Zero: its first line is not {','.join(KNOWN_COLUMNS)}. {WANTED}"
        )
    return read_table(limited(name, read, LARGEST_CSV), options)


def limited(name: str, read: Read, most: int) -> str:
    content = read(most)
    if len(content) > most:
        raise CannotImport(f"{name} is larger than {most // MB} MB, which no export from Zero is.")
    return decode(name, content)


def decode(name: str, content: bytes, *, final: bool = True) -> str:
    """The text; with `final` False, of bytes that may end within a character."""
    utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "utf-16" if utf16 else "utf-8-sig"
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(content, final)
    except UnicodeDecodeError:
        text = "\x00"
    if "\x00" in text:
        raise CannotImport(f"{name} is not UTF-8 text, which Zero writes. {WANTED}")
    return text


# --- The package ----------------------------------------------------------------------------------


def _read_folder(folder: Path, options: Options) -> Export:
    files: dict[str, Read] = {
        path.relative_to(folder).as_posix(): partial(_read_up_to, path)
        for path in _files_below(folder, DEPTH)
    }
    return _read_members(folder.name or str(folder), files, options)


def _files_below(folder: Path, depth: int) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            if depth and not path.is_symlink():
                yield from _files_below(path, depth - 1)
        elif path.is_file():
            yield path


def _read_zip(path: Path, options: Options) -> Export:
    with _unbroken(path.name):
        archive = zipfile.ZipFile(path)
    with archive:
        files: dict[str, Read] = {
            info.filename: partial(_unpack, archive, info)
            for info in archive.infolist()
            if not info.is_dir()
        }
        return _read_members(path.name, files, options)


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    if info.flag_bits & 1:
        raise CannotImport(f"{info.filename} is protected by a password. Unpack the zip first.")
    with _unbroken(info.filename), archive.open(info) as file:
        # Not more than asked for, whatever size the zip claims.
        return file.read(most + 1)


@contextmanager
def _unbroken(name: str) -> Iterator[None]:
    try:
        yield
    except BROKEN_ZIP:
        raise CannotImport(f"{name} is damaged or was cut off. Download it again.") from None


def _read_members(name: str, files: dict[str, Read], options: Options) -> Export:
    """The two files with fasts, or the only CSV; nothing else is opened."""
    # Some zips of Windows have its separators.
    paths = {path: PurePosixPath(path.replace("\\", "/")) for path in files}
    ours = {path: read for path, read in files.items() if not _is_litter(paths[path])}
    chosen: dict[str, str] = {}
    for path in ours:
        if (base := paths[path].name.casefold()) in WITH_FASTS:
            if base in chosen:
                raise CannotImport(f"{name} contains more than one {base}. Give one package.")
            chosen[base] = path
    if chosen:
        texts = {base: limited(base, ours[path], LARGEST_JSON) for base, path in chosen.items()}
        return read_package(texts, options)
    return _read_only_table(name, ours, options)


def _read_only_table(name: str, files: dict[str, Read], options: Options) -> Export:
    """The CSV, which is sometimes called .txt, as is what others put beside it."""
    texts = [path for path in files if path.casefold().endswith((".csv", ".txt"))]
    tables = [path for path in texts if len(texts) == 1 or _begins_as_table(files[path](HEAD))]
    if len(tables) == 1:
        read = files[tables[0]]
        return _read_content(tables[0], read(HEAD)[:HEAD], read, options)
    if tables:
        raise CannotImport(f"{name} contains more than one CSV from Zero. Give one of them.")
    raise CannotImport(f"{name} holds neither {' nor '.join(WITH_FASTS)}. {WANTED}")


def _begins_as_table(head: bytes) -> bool:
    try:
        return is_table(decode("", head[:HEAD], final=False))
    except CannotImport:
        return False


def _is_litter(path: PurePosixPath) -> bool:
    """What macOS puts beside each file of a zip."""
    return "__MACOSX" in path.parts or path.name.startswith("._")
