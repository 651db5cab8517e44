"""The file that the person names: a table, or a zip or folder of them. What a table is is told by its header."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from lifetracker.sync.files import MB, CannotImport, Expected, Read
from lifetracker.sync.tables import Table
from lifetracker.words import joined
from nutrition.diary_import import entries
from nutrition.diary_import.apps import foreign_table, format_of
from nutrition.diary_import.entries import Diary, Options

#: Ten years of Cronometer, with eighty columns.
LARGEST = 60 * MB
#: More rows that cannot be read than this, and it is not a diary with mistakes but something else.
MOST_REFUSALS = 200
WANTED = "Give the CSV or the zip that MyFitnessPal, Cronometer, MacroFactor or Lose It! exports, as it came."
EXPECTED = Expected("these apps", WANTED)
#: Within a zip, the folder of an Excel file.
EXCEL = "xl/"


def read_diary(path: Path, options: Options) -> Diary:
    """Return all that a file holds. Raises CannotImport."""
    with EXPECTED.opened(path) as (name, members):
        return read_members(name, members, options)


def read_upload(name: str, file: BinaryIO, options: Options) -> Diary:
    """Return all that a file holds which is open and can be read from its beginning. Raises CannotImport."""
    with EXPECTED.files_in(name, file) as members:
        return read_members(name, members, options)


def read_members(name: str, members: dict[str, Read], options: Options) -> Diary:
    """Return what the tables of a diary hold; others are left out. Raises CannotImport."""
    if any(path.startswith(EXCEL) for path in members):
        raise CannotImport(f"{name} is an Excel workbook. Save its sheet as CSV, and give that.")
    EXPECTED.refuse_other_zips(name, members)
    is_only_one = len(members) == 1
    texts = {
        path: EXPECTED.text_of(path, read, LARGEST)
        for path, read in members.items()
        if is_only_one or path.casefold().endswith((".csv", ".txt"))
    }
    tables = [Table(path, text) for path, text in texts.items()]
    known = [(table, form) for table in tables if (form := format_of(table))]
    if not known:
        raise CannotImport(f"{name} {why_none(tables)} {WANTED}")
    left_out = [table.name for table in tables if format_of(table) is None]
    diary, *others = entries.joined(form.diary(table, options) for table, form in known)
    if others:
        apps = joined([one.source for one in (diary, *others)])
        raise CannotImport(f"{name} holds the diaries of {apps}. Give one of them at a time.")
    diary.remarks += [f"Left out, because it has no meals: {one}" for one in left_out]
    require_rows(name, diary)
    return diary


def why_none(tables: list[Table]) -> str:
    """Return why none of the tables is a diary, in the words that follow the name of the file."""
    for table in tables:
        if what := foreign_table(table):
            return f"is {what}, and not a diary."
        if any(";" in cell or "\t" in cell for cell in table.header):
            return "was saved again by a spreadsheet, which may have changed its dates and numbers."
    return "is not a diary that can be imported: it has none of the headers of these apps."


def require_rows(name: str, diary: Diary) -> None:
    is_empty = not (diary.eaten or diary.days)
    if len(diary.refusals) > MOST_REFUSALS or (diary.refusals and is_empty):
        reasons = [f"{refusal.where}: {refusal.reason}" for refusal in diary.refusals[:3]]
        raise CannotImport(
            f"{len(diary.refusals)} rows of {name} cannot be read, so nothing was imported. "
            "The first ones: " + "; ".join(reasons)
        )
    if is_empty:
        raise CannotImport(f"{name} has the header of {diary.about}, but nothing below it.")
