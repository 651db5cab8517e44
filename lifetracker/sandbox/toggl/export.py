"""What Toggl exports of the invented life: the detailed report of each workspace, a file for each year."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from lifetracker.sandbox.life import ONE_DAY, Life
from lifetracker.sandbox.toggl import times
from lifetracker.sandbox.toggl.entries import Item
from lifetracker.sandbox.toggl.history import entries
from lifetracker.sandbox.toggl.names import OWN, WORKSPACES, Names
from lifetracker.sandbox.toggl.own_entries import FULL_NAME

EMAIL = "mara.lindner@example.com"
#: The columns by their names in a report of long ago, and in one of today.
CLASSIC = (
    *("User", "Email", "Client", "Project", "Task", "Description", "Billable", "Start date"),
    *("Start time", "End date", "End time", "Duration", "Tags", "Amount (EUR)"),
)
NEWER = (
    *("Description", "Billable", "Duration", "Member", "Email", "Project", "Client", "Task"),
    *("Tags", "Start date", "Start time", "Stop date", "Stop time"),
)
FORMS = {"classic": CLASSIC, "newer": NEWER}
WORKSPACE_NAMES = {OWN: "own"}


def write_report(folder: Path, life: Life, days: int, now: datetime, form: str = "classic") -> Path:
    """Write all that the reports list at this moment, and return the zip."""
    path = folder / f"toggl_{form}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in reports(life, days, now, form).items():
            archive.writestr(name, text)
    return path


def reports(life: Life, days: int, now: datetime, form: str = "classic") -> dict[str, str]:
    """Return the reports by the names of their files. Each begins with a byte order mark, as Toggl's do."""
    names, found = Names(days), dict[str, list[Item]]()
    for item in ended(life, days, now):
        workspace = WORKSPACE_NAMES.get(item["workspace_id"], "team")
        year = local(item["start"]).year
        found.setdefault(f"Toggl_time_entries_{workspace}_{year}.csv", []).append(item)
    projects = {one["id"]: one for one in names.all("project", times.to_us(now))}
    clients = {one["id"]: one["name"] for one in names.all("client", times.to_us(now))}
    return {
        name: as_csv([cells(item, projects, clients) for item in items], FORMS[form])
        for name, items in found.items()
    }


def ended(life: Life, days: int, now: datetime) -> Iterator[Item]:
    """Yield her entries that are over, as they stand: a report has none that is running or was deleted."""
    at, today = times.to_us(now), times.local_date(times.to_us(now))
    for back in range(days, -2, -1):
        for entry in entries(life, today - back * ONE_DAY):
            state = entry.at(at)
            if state is None or state.deleted or state.running or not state.item["stop"]:
                continue
            if state.item["workspace_id"] in WORKSPACES:
                yield state.item


def local(instant: str) -> datetime:
    """Return the time on the wall in the zone of the profile."""
    return datetime.fromisoformat(instant).astimezone(UTC).astimezone(times.ZONE)


def cells(item: Item, projects: dict[int, Item], clients: dict[int, str]) -> dict[str, str]:
    """Return a row by the names of both forms."""
    start, end = local(item["start"]), local(item["stop"])
    project = projects.get(item["project_id"]) or {}
    minutes, seconds = divmod(int(item["duration"]), 60)
    ends = {"date": f"{end:%Y-%m-%d}", "time": f"{end:%H:%M:%S}"}
    return {
        **dict.fromkeys(("User", "Member"), FULL_NAME),
        "Email": EMAIL,
        "Client": clients.get(project.get("client_id") or 0, ""),
        "Project": project.get("name", ""),
        "Description": item["description"] or "",
        "Billable": "Yes" if item["billable"] else "No",
        "Start date": f"{start:%Y-%m-%d}",
        "Start time": f"{start:%H:%M:%S}",
        **{f"{word} {what}": text for word in ("End", "Stop") for what, text in ends.items()},
        "Duration": f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}",
        "Tags": ", ".join(item["tags"] or ()),
    }


def as_csv(rows: list[dict[str, str]], columns: tuple[str, ...]) -> str:
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(columns)
    table.writerows([row.get(column, "") for column in columns] for row in rows)
    return f"\N{ZERO WIDTH NO-BREAK SPACE}{written.getvalue()}"
