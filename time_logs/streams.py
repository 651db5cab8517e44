"""What Toggl offers, and which column each value goes to. Facts: Toggl's API v9 and Reports v3."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.db.models import Count, Max
from django.utils import timezone

from lifetracker.days import ONE_DAY, days_anywhere, local_date
from lifetracker.errors import BadResponse, NeedsReauthorization
from lifetracker.sync.lossless import Json
from lifetracker.sync.mapping import BAD_VALUE, Item, Unmappable, to_datetime, to_text
from lifetracker.sync.measures import is_filler
from lifetracker.sync.streams import (
    Between,
    Changes,
    ChangesLost,
    Extent,
    FileSource,
    Incomplete,
    Related,
    Since,
    Source,
    Stream,
    Window,
    epoch,
    register_file_source,
    register_source,
)
from lifetracker.words import counted
from time_logs.models import TOGGL, TOGGL_EXPORT, TimeEntry, TogglProject, TogglTag
from time_logs.same_entries import hide_exported
from time_logs.services.toggl_client import Cursor, NullList, TogglClient, TooOld
from time_logs.source import SOURCE

if TYPE_CHECKING:
    from lifetracker.sync.job import SyncJob

# More entries than this no answer holds, and it does not say that it was cut.
MOST_ENTRIES_LISTED = 1000
# How far back entries are listed: 91 days, less half of one for the zones.
ENTRY_LIST_REACH = timedelta(days=90, hours=12)
# How far back changes are listed, less some days; and how far a refusal must have another reason.
CHANGES_REACH = timedelta(days=85)
CHANGES_SURELY_WITHIN = timedelta(days=14)
# What of that is read in one piece.
WINDOW_LENGTH = timedelta(days=90)
# An entry may be typed in for a time to come.
FUTURE_REACH = timedelta(days=366)
# Toggl began in this year; it takes no earlier times.
EARLIEST = datetime(2006, 1, 1, tzinfo=UTC)
# What both forms of an entry have, as it is.
ENTRY_KEYS = (*("id", "workspace_id", "user_id", "project_id", "task_id", "duration", "billable"),)
PROJECT_KEYS = ("id", "workspace_id", "name", "client_id", "color", "active")

# --- Reading --------------------------------------------------------------------------------------


def whole_seconds(text: Json) -> Json:
    """Return a time as `2026-09-16T14:00:00Z`; anything else as it came, so that the mapping can say what
    is wrong with it."""
    try:
        return to_datetime(text).strftime("%Y-%m-%dT%H:%M:%SZ")
    except BAD_VALUE:
        return text


def normal_entry(payload: Item) -> Item:
    """Return an entry in one form. The list and the report give it in two, of times, of names that are
    not there, of empty texts; it must not seem changed by being read in the other way."""
    entry = entry_of_row(payload) if "time_entries" in payload else payload
    return {
        **{name: entry[name] for name in ENTRY_KEYS if name in entry},
        "description": entry.get("description") or "",
        **tags_in_order(entry.get("tag_ids") or [], entry.get("tags") or []),
        **{name: whole_seconds(entry.get(name)) for name in ("start", "stop", "at")},
        "server_deleted_at": whole_seconds(entry.get("server_deleted_at")),
    }


def tags_in_order(ids: list[Json], names: list[Json]) -> Item:
    """Return the tags of an entry in the order of their ids. Where nobody can tell which name goes with which
    id, the names count, and the ids are kept beside them."""
    if not names:
        return {"tag_ids": sorted(ids, key=str), "tags": []}
    if len(ids) != len(names):
        unpaired = {"unpaired_tag_ids": sorted(ids, key=str)} if ids else {}
        return {"tag_ids": [], "tags": sorted(names, key=str), **unpaired}
    pairs = sorted(zip(ids, names, strict=True), key=str)
    return {"tag_ids": [one for one, _ in pairs], "tags": [name for _, name in pairs]}


def entry_of_row(row: Item) -> Item:
    """Return the entry of a report's row that holds a single one. Raises ValueError."""
    entries = row["time_entries"]
    if not isinstance(entries, list) or len(entries) != 1 or not isinstance(entries[0], dict):
        raise ValueError("a row of the report without its entry")
    (entry,) = entries
    return {**row, "tags": row.get("tag_names"), **entry, "duration": entry.get("seconds")}


def has_former_raw(raw: Item) -> bool:
    """Return whether an earlier version kept the normal form of an entry in place of its payload."""
    return raw.keys() <= {*normal_entry({}), *ENTRY_KEYS, "unpaired_tag_ids"}


def entries_of(rows: list[Json], workspace: int) -> list[Json]:
    """Return a row for each entry: a report's row holds what several may have in common. What is no row
    stays as it is, and will be rejected. The workspace stands in the address that was asked."""
    found: list[Json] = []
    for row in rows:
        times = row.get("time_entries") if isinstance(row, dict) else None
        # A row of the report is there for its entries: without one it is not understood.
        if (
            not isinstance(row, dict)
            or not isinstance(times, list)
            or not times
            or not all(isinstance(one, dict) for one in times)
        ):
            found.append(row)
            continue
        found += [{**row, "workspace_id": workspace, "time_entries": [one]} for one in times]
    return found


def read_entries(client: TogglClient, stream: Stream, extent: Extent) -> Iterator[list[Json]]:
    """Read changes by `since`, windows by the list or, where that ends, by the reports."""
    if isinstance(extent, Window):
        # What this person does not have would be marked as deleted, if it were another one's.
        refuse_another_person([client.me], "id")
        pages = within(client, extent)
    elif isinstance(extent, Since):
        pages = changed(client, extent)
    else:
        raise TypeError("entries are read by window or by change")
    for page in pages:
        if page:
            refuse_another_person(page)
            yield page


def refuse_another_person(page: list[Json], key: str = "user_id") -> None:
    """Raise NeedsReauthorization for another person's entries: a history of two people belongs to nobody, and
    the entries of one would mark those of the other as deleted."""
    # In the order of an index: this is asked for each page, and all entries are of one person.
    known = TimeEntry.objects.live().filter(source=TOGGL).order_by("source_id")
    raw = known.values_list("raw", flat=True).first()
    person = raw.get("user_id") if raw else None
    found = [item.get(key) for item in page if isinstance(item, dict)]
    if person is not None and any(type(one) is int and one != person for one in found):
        raise NeedsReauthorization(
            "Toggl: TOGGL_API_TOKEN belongs to a different account than the stored entries. "
            "Use the token of that account, or a new database."
        )


def changed(client: TogglClient, since: Since) -> Iterator[list[Json]]:
    age = timezone.now() - since.moment
    if age > CHANGES_REACH:
        raise ChangesLost(
            f"Toggl does not list changes older than {CHANGES_REACH.days} days. {HOW_LOST_CHANGES_ARE_READ}"
        )
    try:
        items = client.entries(since=epoch(since.moment))
    except BadResponse as error:
        if error.status != HTTPStatus.BAD_REQUEST or age < CHANGES_SURELY_WITHIN:
            raise
        raise ChangesLost(f"{error} {HOW_LOST_CHANGES_ARE_READ}") from None
    yield items
    if len(items) >= MOST_ENTRIES_LISTED:
        raise ChangesLost(
            f"Toggl lists at most {MOST_ENTRIES_LISTED:,} changes at once, and there were more. {HOW_LOST_CHANGES_ARE_READ}"
        )


HOW_LOST_CHANGES_ARE_READ = (
    "Everything since the last sync and the 90 days before it is read again instead. "
    "`python manage.py sync_toggl --full` verifies older entries."
)


def within(client: TogglClient, extent: Window) -> Iterator[list[Json]]:
    now = timezone.now()
    floor = max(extent.start, min(extent.end, now - ENTRY_LIST_REACH))
    if floor < extent.end:
        # What reaches up to now reaches into the future as well.
        end = extent.end + FUTURE_REACH if extent.end >= now - ONE_DAY else extent.end
        try:
            yield from listed(client, Window(floor, end))
        except TooOld as error:
            floor = max(floor, datetime.combine(error.earliest, time.min, UTC) + ONE_DAY)
            if floor < end:
                yield from listed(client, Window(floor, end))
    if extent.start < floor:
        yield from reported(client, Window(max(extent.start, EARLIEST), min(floor, extent.end)))


def listed(client: TogglClient, window: Window) -> Iterator[list[Json]]:
    """Read the list in pieces that are short enough for it to give them whole."""
    start, end = window.start - timedelta(seconds=1), window.end + timedelta(seconds=1)
    items = client.entries(start_date=seconds_of(start), end_date=seconds_of(end))
    refuse_null(items, window)
    if len(items) < MOST_ENTRIES_LISTED:
        yield items
        return
    half = (window.end - window.start) / 2
    if half < timedelta(minutes=1):
        raise BadResponse(
            f"Toggl: more than {MOST_ENTRIES_LISTED:,} entries within two minutes cannot be listed."
        )
    for piece in window.split(half):
        yield from listed(client, piece)


def seconds_of(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def reported(client: TogglClient, window: Window) -> Iterator[list[Json]]:
    """Read the reports, by days in the zone of the person's profile, whichever that is."""
    if window.start >= window.end:
        return
    first, last = days_anywhere(window.start, window.end)
    # An entry that has been running since then is in no report.
    yield client.current
    refused: list[str] = []
    for workspace in workspaces(client):
        try:
            for page in report_of(client, workspace, first, last):
                refuse_null(page, window, raw__workspace_id=workspace)
                yield entries_of(page, workspace)
        except BadResponse as error:
            if error.status is None:
                raise
            refused.append(f"Workspace {workspace}: {error}")
    if refused:
        raise Incomplete(" ".join(refused))


def refuse_null(items: list[Json], window: Window, **filters: int) -> None:
    """Raise BadResponse for null, which may stand for an empty list, where entries are stored: it is no
    proof that they are gone."""
    stored = TimeEntry.objects.live().filter(source=TOGGL, **filters)
    within = stored.filter(start__gte=window.start, start__lt=window.end)
    if isinstance(items, NullList) and within.exists():
        raise BadResponse("Toggl answered null instead of a list of entries.")


def report_of(client: TogglClient, workspace: int, first: date, last: date) -> Iterator[list[Json]]:
    cursor: Cursor | None = None
    seen: set[Cursor | None] = set()
    while cursor not in seen:
        seen.add(cursor)
        rows, cursor = client.report(workspace, first, last, cursor)
        yield rows
        if cursor is None:
            return
        if not rows:
            break
    raise BadResponse("Toggl: the report repeats pages or returns empty ones, so it has no end.")


def in_lost_workspaces(job: SyncJob[TogglClient], missing: set[str]) -> set[str]:
    """Return those of the missing entries that lie in workspaces of which the owner is no member any more: Toggl
    lists them no longer, and they are not deleted for that."""
    rows = TimeEntry.objects.filter(source=TOGGL, source_id__in=missing) if missing else ()
    workspace_of = dict(rows.values_list("source_id", "raw__workspace_id")) if rows else {}
    member_of = memberships(job.client)
    lost = {source_id for source_id, one in workspace_of.items() if one not in member_of}
    if lost:
        job.remarks.extend(remarks_on_lost(job.client))
    return lost


def memberships(client: TogglClient) -> set[int]:
    ids = [one.get("id") for one in client.me["workspaces"] if isinstance(one, dict)]
    return {one for one in ids if type(one) is int}


def remarks_on_lost(client: TogglClient, since: datetime | None = None) -> list[str]:
    """Return a remark for each workspace whose entries are stored and that is not the owner's any more; those alone that
    have an entry `since` then. All of its entries are counted, so that one run says one number."""
    stored = TimeEntry.objects.live().filter(source=TOGGL).order_by()
    counts = stored.values_list("raw__workspace_id").annotate(Count("pk"))
    if since:
        counts = counts.annotate(latest=Max("start")).filter(latest__gte=since)
        counts = counts.values_list("raw__workspace_id", "pk__count")
    lost = [(one, count) for one, count in counts if one not in memberships(client)]
    return [
        f"Toggl does not list workspace {one} among yours any more. {counted(count, 'entry', 'entries')} of it "
        f"{'stays' if count == 1 else 'stay'} as last seen. If you should be a member, ask for an invitation."
        for one, count in sorted(lost, key=str)
    ]


def workspaces(client: TogglClient) -> list[int]:
    member_of = client.me["workspaces"]
    ids = [one["id"] for one in member_of if isinstance(one, dict) and type(one.get("id")) is int]
    if not ids or len(ids) < len(member_of):
        raise BadResponse("Toggl: the answer to /me does not list the workspaces.")
    return ids


# --- Names ----------------------------------------------------------------------------------------


def read_projects(client: TogglClient, stream: Stream, extent: Extent) -> Iterator[list[Json]]:
    """Read projects with their clients' names. Archived ones are asked for only when something refers to them, or
    with the whole history."""
    refuse_another_person([client.me], "id")
    # Entries of so long ago are no news.
    client.remarks += remarks_on_lost(client, timezone.now() - WINDOW_LENGTH)
    projects, clients = list(client.me["projects"]), list(client.me["clients"])
    refused: list[str] = []
    if extent or archived_are_needed(projects, memberships(client)):
        for found, ask in ((projects, client.projects), (clients, client.clients)):
            try:
                found.extend(ask())
            except BadResponse as error:
                refused.append(str(error))
    current = {str(one.get("id")): one.get("name") for one in clients if isinstance(one, dict)}
    names: dict[str, Json] = {**known_clients(), **current}
    yield [
        {**one, "client": {"name": names.get(str(one.get("client_id"))) or ""}}
        if isinstance(one, dict)
        else one
        for one in projects
    ]
    if refused:
        raise Incomplete(" ".join(refused))


def normal_project(payload: Item) -> Item:
    """Return what is kept of a project, with its client's name, which Toggl lists apart from it."""
    client = payload["client"]
    return {
        **{name: payload.get(name) for name in PROJECT_KEYS},
        "client": client["name"] if isinstance(client, dict) else client,
    }


def known_clients() -> dict[str, str]:
    """Return names by the client's id, from stored projects: a list that lacks a client does not unname it."""
    rows = TogglProject.objects.filter(source=TOGGL).exclude(client="").order_by("updated_at")
    return {str(one): name for one, name in rows.values_list("raw__client_id", "client")}


def archived_are_needed(projects: list[Json], member_of: set[int]) -> bool:
    own = {"raw__workspace_id__in": list(member_of)}
    known = TogglProject.objects.live().filter(**own)
    if not known.exists():
        return True
    ids = [one.get("id") for one in projects if isinstance(one, dict)]
    listed_ids = {str(one) for one in ids if type(one) is int}
    if known.filter(active=True).exclude(source_id__in=listed_ids).exists():
        return True  # it has just been archived
    named = TimeEntry.objects.live().filter(**own).exclude(project_ref="")
    unknown = named.exclude(project_ref__in=known.values("source_id"))
    refs = unknown.order_by().values_list("project_ref", flat=True).distinct()
    return not set(refs) <= listed_ids


def read_tags(client: TogglClient, stream: Stream, extent: Extent) -> Iterator[list[Json]]:
    yield list(client.me["tags"])


def is_reported_deleted(item: Item) -> bool:
    """Return whether it has the moment at which it was deleted."""
    try:
        to_datetime(item.get("server_deleted_at"))
    except BAD_VALUE:
        return False
    return True


def existing(item: Item) -> Item:
    """Raise Unmappable for an entry of which nobody knows whether it was deleted."""
    deleted = item.get("server_deleted_at")
    if deleted is not None and not is_reported_deleted(item):
        raise Unmappable(f"server_deleted_at: {deleted!r} is not a time")
    return item


# --- Streams --------------------------------------------------------------------------------------


def end_of(item: Item) -> datetime | None:
    """Return the end; None while it runs, which a negative duration says. Toggl leaves `stop` out for an
    entry without a length, too."""
    if item["stop"] is not None:
        return to_datetime(item["stop"])
    if item["duration"] is None or item["duration"] < 0:
        return None
    return to_datetime(item["start"]) + timedelta(seconds=item["duration"])


def duration_of(item: Item) -> int | None:
    """Return the duration; None while the entry runs, when Toggl sends a negative one."""
    return None if end_of(item) is None else item["duration"]


def project_ref(item: Item) -> str:
    found = item.get("project_id")
    return "" if found is None or is_filler(found) else to_text(found)


def tags_of(item: Item) -> list[str]:
    """Return the tags under the names that they have now, where those are known."""
    names = [row["name"] for row in item.get("tag_rows", [])]
    all_known = len(names) == len(item["tag_ids"])
    return names if names and all_known else item["tags"] or names


projects = Stream(
    name="project",
    path="/api/v9/me",
    read=read_projects,
    refresh_interval=ONE_DAY,
    normalize=normal_project,
    has_former_raw=lambda raw: isinstance(raw.get("client"), str),
    model=TogglProject,
    fields={
        "source_id": "id",
        "name": "name",
        "client": "client",
        "color": lambda item: item["color"] or "",
        "active": lambda item: True if item["active"] is None else item["active"],
    },
)

tags = Stream(
    name="tag",
    path="/api/v9/me",
    read=read_tags,
    refresh_interval=ONE_DAY,
    model=TogglTag,
    fields={"source_id": "id", "name": "name"},
)

entries = Stream(
    name="entry",
    path="/api/v9/me/time_entries",
    read=read_entries,
    # The lookback is for the day on which Toggl does not answer for the changes.
    window=Between(
        start="start_date",
        end="end_date",
        lookback=WINDOW_LENGTH,
        first=WINDOW_LENGTH,
        chunk=timedelta(days=360),
        target_items=MOST_ENTRIES_LISTED,
        earliest=EARLIEST,
    ),
    axis="start",
    deletes_by_absence=True,
    hide_same=hide_exported,
    normalize=normal_entry,
    has_former_raw=has_former_raw,
    transform=existing,
    not_visible=in_lost_workspaces,
    # One for every five minutes, day and night: the person's own entries alone.
    max_items_per_day=288,
    changes=Changes(
        since="since",
        changed_at=lambda item: to_datetime(item["at"]),
        is_deleted=is_reported_deleted,
    ),
    related=(
        Related(
            "project",
            TogglProject,
            key="project_id",
            path="project_ref",
            denormalizes={"project": "name", "client": "client"},
        ),
        Related(
            "tag_rows",
            TogglTag,
            key="tag_ids",
            path="tag_refs",
            denormalizes={"tags": "name"},
            many=True,
        ),
    ),
    model=TimeEntry,
    fields={
        "source_id": "id",
        "start": "start",
        "end": end_of,
        "duration": duration_of,
        "date": lambda item: local_date(to_datetime(item["start"])),
        "description": "description",
        "project_ref": project_ref,
        "project": lambda item: item["project"]["name"] if "project" in item else "",
        "client": lambda item: item["project"]["client"] if "project" in item else "",
        "tag_refs": lambda item: [to_text(one) for one in item["tag_ids"]],
        "tags": tags_of,
        "billable": lambda item: False if item.get("billable") is None else item["billable"],
    },
)

source = register_source(
    Source(
        declaration=SOURCE,
        client=TogglClient,
        is_configured=TogglClient.is_configured,
        # Entries take their names from projects and tags.
        streams=(projects, tags, entries),
    )
)

register_file_source(
    FileSource(
        TOGGL_EXPORT,
        TimeEntry,
        page="toggl-import",
        command="import_toggl FILE",
        brings="Time entries, from the detailed report that Toggl exports as a file.",
        group="Toggl export",
    )
)
