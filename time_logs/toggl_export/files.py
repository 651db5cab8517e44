"""The file that the person names: a detailed report of Toggl, or a zip or folder of them."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from lifetracker.sync.files import (
    MB,
    CannotImport,
    Expected,
    Read,
    base_name,
)
from lifetracker.sync.tables import Table, require_rows, tables_of
from time_logs.toggl_export.export import Export, Options
from time_logs.toggl_export.reading import export_of, is_detailed, is_of_clockify

#: Of all tables together. Ten years of a hundred entries a day are 60 MB.
LARGEST = 100 * MB
WANTED = "Give the CSV of Toggl's detailed report (Reports, Detailed, Export, CSV), as it came."
EXPECTED = Expected("Toggl", WANTED)
#: The export of a workspace has these, and no entry.
OF_A_WORKSPACE = {"clients.json", "projects.json", "tags.json"}


def read_export(path: Path, options: Options) -> Export:
    """Return all that a file holds. Raises CannotImport."""
    with EXPECTED.opened(path) as (name, members):
        return read_members(name, members, options)


def read_upload(name: str, file: BinaryIO, options: Options) -> Export:
    """Return all that a file holds which is open and can be read from its beginning. Raises CannotImport."""
    with EXPECTED.files_in(name, file) as members:
        return read_members(name, members, options)


def read_members(name: str, members: dict[str, Read], options: Options) -> Export:
    """Return what the reports hold; other tables are left out. Raises CannotImport."""
    EXPECTED.refuse_other_zips(name, members)
    if OF_A_WORKSPACE & {base_name(path) for path in members}:
        raise CannotImport(
            f"{name} is the export of a workspace of Toggl, which has no time entries. {WANTED}"
        )
    tables = tables_of(name, members, EXPECTED, LARGEST)
    known = [table for table in tables if is_detailed(table) and not is_of_clockify(table)]
    if not known:
        raise CannotImport(f"{name} {why_none(tables)} {WANTED}")
    export = export_of(known, options)
    for table in tables:
        if table not in known:
            export.remark(f"Left out, because it is no detailed report of Toggl: {table.name}")
    require_rows(name, "Toggl's detailed report", export, is_empty=not export.entries)
    return export


def why_none(tables: list[Table]) -> str:
    """Return why none of the tables is a detailed report, in the words that follow the name of the file."""
    if any(map(is_of_clockify, tables)):
        return "is a report of Clockify, which cannot be imported."
    if any({"project", "duration"} <= table.names for table in tables):
        return "is the summary report of Toggl, which has sums and no entries."
    return "is not a report that can be imported: it has none of the columns Start date and Start time."
