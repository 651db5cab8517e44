"""The file that the person names: a CSV, one of the two JSON files with fasts, or the folder or zip
of the package. What it is is told by what it holds, since people rename their files."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from fasting.zero.export import Export, Options
from fasting.zero.package import read_package
from fasting.zero.table import KNOWN_COLUMNS, is_table, read_table
from lifetracker.sync.files import (
    HEAD,
    MB,
    ZIP,
    CannotImport,
    Expected,
    Read,
    base_name,
    in_words,
    unzipped,
)

# A fast is 30 bytes of a CSV and 200 of a biodata.json, which also has years of glucose values.
LARGEST_CSV = 2 * MB
LARGEST_JSON = 50 * MB
# More rows that cannot be read than this, and it is not an export with mistakes but something else.
MOST_REFUSALS = 200

WITH_FASTS = ("biodata.json", "firestore.json")
WANTED = "Give Zero's CSV, or the folder, the zip or the biodata.json of its data package."
EXPECTED = Expected("Zero", WANTED)


def read_export(path: Path, options: Options) -> Export:
    """Everything that the file holds. Raises CannotImport."""
    with in_words(path):
        export = _read_folder(path, options) if path.is_dir() else _read_file(path, options)
    _require_fasts(export)
    return export


def read_upload(name: str, file: BinaryIO, options: Options) -> Export:
    """Return everything that a file holds which is open and can be read from its beginning. Raises CannotImport."""
    export = _read_open(name, file, options)
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
    EXPECTED.require_file(path)
    with path.open("rb") as file:
        return _read_open(path.name, file, options)


def _read_open(name: str, file: BinaryIO, options: Options) -> Export:
    head = file.read(HEAD)
    file.seek(0)
    if head.startswith(ZIP):
        return _read_zip(name, file, options)
    return _read_content(name, head, lambda most: file.read(most + 1), options)


def _read_content(name: str, head: bytes, read: Read, options: Options) -> Export:
    """`head`: its first bytes, which tell what it is before the rest is read."""
    EXPECTED.refuse_others(name, head)
    start = EXPECTED.decode(name, head, final=False).lstrip()
    if start.startswith(("{", "[")):
        return read_package({name: EXPECTED.text_of(name, read, LARGEST_JSON)}, options)
    if not is_table(start):
        raise CannotImport(
            f"{name} is not an export from Zero: its first line is not {','.join(KNOWN_COLUMNS)}. {WANTED}"
        )
    return read_table(EXPECTED.text_of(name, read, LARGEST_CSV), options)


# --- The package ----------------------------------------------------------------------------------


def _read_folder(folder: Path, options: Options) -> Export:
    return _read_members(folder.name or str(folder), EXPECTED.members(folder), options)


def _read_zip(name: str, file: BinaryIO, options: Options) -> Export:
    with unzipped(name, file) as files:
        return _read_members(name, files, options)


def _read_members(name: str, files: dict[str, Read], options: Options) -> Export:
    """The two files with fasts, or the only CSV; nothing else is opened."""
    chosen: dict[str, str] = {}
    for path in files:
        if (base := base_name(path).casefold()) in WITH_FASTS:
            if base in chosen:
                raise CannotImport(f"{name} contains more than one {base}. Give one package.")
            chosen[base] = path
    if chosen:
        texts = {
            base: EXPECTED.text_of(base, files[path], LARGEST_JSON) for base, path in chosen.items()
        }
        return read_package(texts, options)
    return _read_only_table(name, files, options)


def _read_only_table(name: str, files: dict[str, Read], options: Options) -> Export:
    """The CSV, which is sometimes called .txt, as is what others put beside it."""
    texts = [path for path in files if path.casefold().endswith((".csv", ".txt"))]
    tables = [path for path in texts if len(texts) == 1 or _begins_as_table(files[path](HEAD))]
    if len(tables) == 1:
        read = files[tables[0]]
        return _read_content(tables[0], read(HEAD)[:HEAD], read, options)
    if tables:
        raise CannotImport(f"{name} contains more than one CSV from Zero. Give one of them.")
    EXPECTED.refuse_other_zips(name, files)
    raise CannotImport(
        f"{name} is not Zero's data package: it holds neither {' nor '.join(WITH_FASTS)}. {WANTED}"
    )


def _begins_as_table(head: bytes) -> bool:
    try:
        return is_table(EXPECTED.decode("", head[:HEAD], final=False))
    except CannotImport:
        return False
