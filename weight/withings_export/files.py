"""The file that the person names: the data that Withings lets one download, or the weigh-ins of them alone."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from lifetracker.sync.files import HEAD, MB, CannotImport, Expected, Read, base_name
from lifetracker.sync.tables import Table, require_rows, tables_of
from lifetracker.words import counted
from weight.withings_export.export import Export, Options
from weight.withings_export.reading import export_of, is_of_blood_pressure, is_of_weigh_ins

#: Ten years of ten weigh-ins a day are 3 MB; the zip of all data may be large.
LARGEST = 50 * MB
LARGEST_ZIP = 500 * MB
WANTED = "Give the zip that Withings sends by e-mail (account.withings.com, Download your data), or its weight.csv, as it came."
EXPECTED = Expected("Withings", WANTED)
NO_PLACE = "Blood pressure has no place here yet"


def read_export(path: Path, options: Options) -> Export:
    """Return all that a file holds. Raises CannotImport."""
    with EXPECTED.opened(path) as (name, members):
        return read_members(name, members, options)


def read_upload(name: str, file: BinaryIO, options: Options) -> Export:
    """Return all that a file holds which is open and can be read from its beginning. Raises CannotImport."""
    with EXPECTED.files_in(name, file) as members:
        return read_members(name, members, options)


def read_members(name: str, members: dict[str, Read], options: Options) -> Export:
    """Return the weigh-ins; other tables are left out, by their headers. Raises CannotImport."""
    EXPECTED.refuse_other_zips(name, members)
    is_only_one = len(members) == 1
    heads = {
        path: head_of(path, read)
        for path, read in members.items()
        if is_only_one or path.casefold().endswith(".csv")
    }
    known = {path: members[path] for path, head in heads.items() if is_of_weigh_ins(head)}
    has_pressure = any(map(is_of_blood_pressure, heads.values()))
    if not known:
        raise CannotImport(f"{name} {why_none(has_pressure=has_pressure)} {WANTED}")
    export = export_of(tables_of(name, known, EXPECTED, LARGEST), options)
    if has_pressure:
        export.remark(f"{NO_PLACE}, and is left out.")
    if others := len(heads) - len(known) - has_pressure:
        export.remark(f"Left out, because they have no weigh-ins: {counted(others, 'table')}.")
    require_rows(name, "Withings' weigh-ins", export, is_empty=not export.entries)
    return export


def head_of(path: str, read: Read) -> Table:
    """Return a table of the beginning alone: others may be large."""
    return Table(base_name(path), EXPECTED.decode(path, read(HEAD)[:HEAD], final=False), ",;")


def why_none(*, has_pressure: bool) -> str:
    """Return why none of the tables is a list of weigh-ins, in the words that follow the name of the file."""
    if has_pressure:
        return f"holds blood pressure. {NO_PLACE}, so nothing was imported."
    return (
        "has no weigh-ins that can be read: none of its headers has the columns Date and Weight. Withings translates them: if "
        "they are in another language, set that of your account to English, and download the data again."
    )
