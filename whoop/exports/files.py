"""The file that the person names: WHOOP's export as a zip, a folder, or one of its tables."""

from __future__ import annotations

import re
from pathlib import Path
from typing import BinaryIO

from lifetracker.sync.files import (
    MB,
    CannotImport,
    Expected,
    Read,
    base_name,
)
from lifetracker.sync.tables import require_rows, texts_of
from whoop.exports.export import Export, Options
from whoop.exports.reading import export_of
from whoop.exports.tables import Table

#: Of all tables together. Ten years with twenty answers a day are 20 MB.
LARGEST = 100 * MB
WANTED = "Give the zip that WHOOP sends by e-mail (More, App Settings, Data Export), as it came."
EXPECTED = Expected("WHOOP", WANTED)
#: The archive of privacy.whoop.com has heart rate by the minute, in files of these names.
METRICS = re.compile(r"metrics[-_].*\.csv", re.IGNORECASE)
PRIVACY = (
    "{} is the archive that WHOOP gives by privacy.whoop.com (GDPR), which is another thing than the export of the app and "
    "cannot be imported. " + WANTED
)


def read_export(path: Path, options: Options) -> Export:
    """Return all that a file holds. Raises CannotImport."""
    with EXPECTED.opened(path) as (name, members):
        return read_members(name, members, options)


def read_upload(name: str, file: BinaryIO, options: Options) -> Export:
    """Return all that a file holds which is open and can be read from its beginning. Raises CannotImport."""
    with EXPECTED.files_in(name, file) as members:
        return read_members(name, members, options)


def read_members(name: str, members: dict[str, Read], options: Options) -> Export:
    """Return what the tables of an export hold; others are left out. Raises CannotImport."""
    EXPECTED.refuse_other_zips(name, members)
    if any(METRICS.fullmatch(base_name(path)) for path in members):
        raise CannotImport(PRIVACY.format(name))
    tables = [Table(*one) for one in texts_of(name, members, EXPECTED, LARGEST)]
    if any(table.is_of_privacy_archive for table in tables):
        raise CannotImport(PRIVACY.format(name))
    known = [table for table in tables if table.kind]
    if not known:
        raise CannotImport(
            f"{name} is not an export from WHOOP that can be imported: it has none of the headers of its tables. {WANTED}"
        )
    export = export_of(known, options)
    for table in tables:
        if not table.kind:
            export.remark(f"Left out, because it is no table of WHOOP's export: {table.name}")
    # A file in which all is left out, such as a cycle that runs, is one all the same.
    if export.refusals or not (export.is_empty and export.skipped):
        require_rows(name, "WHOOP's export", export, is_empty=export.is_empty)
    return export
