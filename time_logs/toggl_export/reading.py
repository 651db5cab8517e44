"""What the rows of a detailed report mean."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from lifetracker.days import local_date
from lifetracker.sync.files import CannotImport, Refusal
from lifetracker.sync.mapping import Item
from lifetracker.sync.tables import Row, Table, Unreadable, raw_of, shown
from lifetracker.sync.wall_times import moments_of
from lifetracker.words import joined
from time_logs.models import LONGEST
from time_logs.toggl_export.export import Entry, Export, Options

#: Toggl began in this year, and plans at most a year ahead.
EARLIEST = datetime(2006, 1, 1, tzinfo=UTC)
FUTURE_REACH = timedelta(days=366)
DURATION = re.compile(r"(\d+):([0-5]\d):([0-5]\d)", re.ASCII)
YES, NO = {"yes", "true", "1"}, {"no", "false", "0", ""}
#: So many people of a report are named.
NAMED = 5
#: The columns without which there is no entry.
KEY = {"start date", "start time"}
LENGTH = {"duration", "end time"}
#: What newer reports, and reports of other views, call the same columns.
ALSO_CALLED = {
    "user": ("member", "user name", "member name", "team member"),
    "email": ("e-mail", "user email", "member email"),
    "end date": ("stop date",),
    "end time": ("stop time",),
    "duration": ("duration (hh:mm:ss)", "time duration"),
    "description": ("time entry", "time entry description"),
    "project": ("project name",),
    "client": ("client name",),
    "tags": ("tag", "tag names"),
    "billable": ("is billable",),
}
#: What a report may leave out.
MAY_LACK = ("description", "project", "client", "tags", "billable")


def is_detailed(table: Table) -> bool:
    """Return whether a table is the detailed report, by its header."""
    return table.names >= KEY and any(has_column(table, name) for name in LENGTH)


def has_column(table: Table, name: str) -> bool:
    """Return whether a table has a column, under whichever of its names."""
    return not table.names.isdisjoint({name, *ALSO_CALLED.get(name, ())})


def cell(row: Row, name: str) -> str:
    """Return the text in a column, under whichever of its names; empty where there is none."""
    return next((text for one in (name, *ALSO_CALLED.get(name, ())) if (text := row[one])), "")


def is_of_clockify(table: Table) -> bool:
    """Return whether a table is the report of Clockify, which is nearly the same."""
    return "duration (h)" in table.names


def export_of(tables: list[Table], options: Options) -> Export:
    """Return what the tables hold. Raises CannotImport."""
    export = Export()
    rows = [(table, list(table.rows())) for table in tables]
    wanted = person_wanted([row for _, found in rows for row in found], options.user)
    for table, found in rows:
        if table.delimiter == ";":
            export.remark(
                f"{table.name} was saved again by a spreadsheet, which may have changed its times. Toggl's own file is better."
            )
        read_rows(found, export, wanted, options, lacking_of(table))
    return export


def read_rows(
    rows: list[Row], export: Export, wanted: str, options: Options, lacking: list[str]
) -> None:
    """Read the rows of one table. Equal ones are several entries in one table, and the same entries in another one."""
    equals: Counter[str] = Counter()
    for row in rows:
        if wanted and wanted not in people_of(row):
            export.skip("entries of other people")
            continue
        raw = raw_of(row)
        try:
            item = item_of(row, export, options)
        except Unreadable as error:
            export.refusals.append(Refusal(row.where, str(error), raw))
            continue
        key = key_of(item)
        equals[key] += 1
        number = equals[key]
        export.entries[key if number == 1 else f"{key} {number}"] = Entry(
            row.where, item, raw, lacking
        )


def lacking_of(table: Table) -> list[str]:
    """Return the columns of an entry of which a table says nothing."""
    found = [name for name in MAY_LACK if not has_column(table, name)]
    return [*found, "project_ref"] if "project" in found else found


def key_of(item: Item) -> str:
    """Return an id that says when an entry began, and stands for its words."""
    words = "\n".join((item["description"], item["project"], item["end"]))
    digest = hashlib.sha256(words.encode(errors="surrogatepass")).hexdigest()[:10]
    return f"{datetime.fromisoformat(item['start']):%Y-%m-%dT%H:%M:%SZ} {digest}"


def item_of(row: Row, export: Export, options: Options) -> Item:
    """Return the values of a row. Raises Unreadable."""
    start, end = stretch_of(row, export, options.zone)
    if not EARLIEST <= start <= options.now + FUTURE_REACH:
        when = "too far in the future" if start > EARLIEST else "too long ago"
        raise Unreadable(f"{row['start date']} is {when}")
    if end - start > LONGEST:
        raise Unreadable("it is longer than a year")
    billable = cell(row, "billable").casefold()
    if billable not in YES | NO:
        raise Unreadable(f"Billable is {shown(row['billable'])}, neither Yes nor No")
    return {
        "start": start.isoformat(),
        "end": end.isoformat(),
        "duration": (end - start) // timedelta(seconds=1),
        "date": local_date(start).isoformat(),
        "description": cell(row, "description"),
        "project": cell(row, "project"),
        "client": cell(row, "client"),
        "tags": [tag for one in cell(row, "tags").split(", ") if (tag := one.strip())],
        "billable": billable in YES,
    }


# --- Times ----------------------------------------------------------------------------------------


def stretch_of(row: Row, export: Export, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the start and the end of a row in UTC. Its duration tells which of two equal times of a night is meant in which
    clocks go back. Raises Unreadable."""
    starts = moments_of(row["start date"], row["start time"], zone)
    length = length_of(cell(row, "duration"))
    if not cell(row, "end time"):
        if length is None:
            raise Unreadable("it has neither an end nor a duration")
        return starts[0], starts[0] + length
    ends = moments_of(cell(row, "end date") or row["start date"], cell(row, "end time"), zone)
    found = [
        (start, end)
        for start in starts
        for end in ends
        if end >= start and (length is None or end - start == length)
    ]
    if not found:
        raise Unreadable(why_no_stretch(starts, ends, cell(row, "duration")))
    if len(found) > 1:
        export.remark(
            "Some entries lie in an hour that clocks showed twice, and the file does not say in which of the two. The first one "
            "is taken."
        )
    return found[0]


def why_no_stretch(starts: list[datetime], ends: list[datetime], duration: str) -> str:
    if ends[-1] < starts[0]:
        return "its end is before its start"
    return (
        f"its duration is {shown(duration)}, but from its start to its end are {ends[0] - starts[0]}. Perhaps the profile at "
        "Toggl has another time zone, or the report was rounded: export it without rounding"
    )


def length_of(text: str) -> timedelta | None:
    """Return a duration such as `00:15:00`; its hours may be more than 24. None for an empty one. Raises Unreadable."""
    if not text:
        return None
    found = DURATION.fullmatch(text)
    if not found or len(found[1]) > 5:
        raise Unreadable(f"Duration is {shown(text)}, and not such as 01:30:00")
    hours, minutes, seconds = map(int, found.groups())
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


# --- People ---------------------------------------------------------------------------------------


def people_of(row: Row) -> set[str]:
    """Return the name and the e-mail of whose entry it is, in small letters."""
    return {cell(row, name).casefold() for name in ("user", "email")} - {""}


def person_wanted(rows: list[Row], user: str) -> str:
    """Return whose entries are read, in small letters; empty where all are of one person. Raises CannotImport for a report of
    several people of whom none is named, and for a name that is not in it."""
    wanted = user.strip().casefold()
    people = dict.fromkeys(cell(row, "email") or cell(row, "user") for row in rows)
    found = list({one.casefold(): one for one in people if one}.values())
    if wanted:
        if not any(wanted in people_of(row) for row in rows):
            raise CannotImport(f"The file has no entry of {user.strip()}. It has: {named(found)}.")
        return wanted
    if len(found) > 1:
        raise CannotImport(
            f"The file has entries of several people: {named(found)}. Say which of them you are, with --user and your e-mail."
        )
    return ""


def named(people: list[str]) -> str:
    rest = len(people) - NAMED
    return joined([*people[:NAMED], *([f"{rest} more"] if rest > 0 else [])]) or "nobody's name"
