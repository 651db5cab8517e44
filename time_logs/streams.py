"""What Toggl offers, and which column each value goes to. Facts: Toggl's API v9 and Reports v3."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from typing import Any

from django.db.models import Count, Max
from django.utils import timezone

from lifetracker.days import days_anywhere, local_date
from lifetracker.http import BadResponse, NeedsReauthorization
from lifetracker.mapping import BAD_VALUE, Item, Unmappable, to_datetime, to_text
from lifetracker.measures import is_filler
from lifetracker.streams import (
    Between,
    Changes,
    ChangesLost,
    Extent,
    Incomplete,
    Related,
    Since,
    Source,
    Stream,
    Window,
    epoch,
    register,
)
from time_logs.models import TOGGL, TimeEntry, TogglProject, TogglTag
from time_logs.services.toggl_client import Cursor, NullList, TogglClient, TooOld

# More entries than this no answer holds, and it does not say that it was cut.
CAP = 1000
# How far back entries are listed: 91 days, less half of one for the zones.
LISTED = timedelta(days=90, hours=12)
# How far back changes are told, less some days; and where a refusal must have another reason.
TOLD = timedelta(days=85)
SURELY_TOLD = timedelta(days=14)
# What of that is read in one piece.
QUARTER = timedelta(days=90)
# An entry may be typed in for a time to come.
AHEAD = timedelta(days=366)
# Toggl began in this year; it takes no earlier times.
EARLIEST = datetime(2006, 1, 1, tzinfo=UTC)
ONE_DAY = timedelta(days=1)

# --- Reading --------------------------------------------------------------------------------------


def whole_seconds(text: Any) -> Any:
    """A time as `2026-09-16T14:00:00Z`; anything else as it came, so that the mapping can say what
    is wrong with it."""
    try:
        return to_datetime(text).strftime("%Y-%m-%dT%H:%M:%SZ")
    except BAD_VALUE:
        return text


def one_form(entry: Item) -> Item:
    """The list and the report give one entry in two forms, of times, of names that are not there,
    of empty texts: in this form it is the same, so that it does not seem changed by being read in
    the other way."""
    kept = ("id", "workspace_id", "user_id", "project_id", "task_id", "duration", "billable")
    return {
        **{name: entry[name] for name in kept if name in entry},
        "description": entry.get("description") or "",
        **tags_in_order(entry.get("tag_ids") or [], entry.get("tags") or []),
        **{name: whole_seconds(entry.get(name)) for name in ("start", "stop", "at")},
        "server_deleted_at": whole_seconds(entry.get("server_deleted_at")),
    }


def tags_in_order(ids: list[Any], names: list[Any]) -> Item:
    """The tags of an entry in the order of their ids. Where nobody can tell which name goes with which
    id, the names count, and the ids are kept beside them."""
    if not names:
        return {"tag_ids": sorted(ids, key=str), "tags": []}
    if len(ids) != len(names):
        unpaired = {"unpaired_tag_ids": sorted(ids, key=str)} if ids else {}
        return {"tag_ids": [], "tags": sorted(names, key=str), **unpaired}
    pairs = sorted(zip(ids, names, strict=True), key=str)
    return {"tag_ids": [one for one, _ in pairs], "tags": [name for _, name in pairs]}


def as_entries(items: list[Any]) -> list[Any]:
    """What has no such form stays as it is, and will be rejected."""
    found = []
    for item in items:
        try:
            found.append(one_form(item) if isinstance(item, dict) else item)
        except BAD_VALUE:
            found.append(item)
    return found


def entries_of(rows: list[Any], workspace: int) -> list[Any]:
    """A report's row holds what several entries may have in common; what is no row stays as it
    is, and will be rejected."""
    found: list[Any] = []
    for row in rows:
        times = row.get("time_entries") if isinstance(row, dict) else None
        # A row of the report is there for its entries: without one it is not understood.
        if (
            not isinstance(times, list)
            or not times
            or not all(isinstance(one, dict) for one in times)
        ):
            found.append(row)
            continue
        shared = {**row, "workspace_id": workspace, "tags": row.get("tag_names")}
        found += [{**shared, **one, "duration": one.get("seconds")} for one in times]
    return as_entries(found)


def read_entries(client: TogglClient, stream: Stream, extent: Extent) -> Iterator[list[Any]]:
    """Changes by `since`, windows by the list or, where that ends, by the reports."""
    if isinstance(extent, Window):
        # What this person does not have would be buried, if it were another one's.
        refuse_another_person([client.me], "id")
        pages = within(client, extent)
    elif isinstance(extent, Since):
        pages = changed(client, extent)
    else:
        raise TypeError("entries are read by a window or by their changes")
    for page in pages:
        if page:
            refuse_another_person(page)
            yield page


def refuse_another_person(page: list[Any], key: str = "user_id") -> None:
    """Two people's entries in one history would be worth nothing, and one's would bury the other's."""
    known = TimeEntry.objects.live().filter(source=TOGGL).first()
    person = known.raw.get("user_id") if known and known.raw else None
    found = [item.get(key) for item in page if isinstance(item, dict)]
    if person is not None and any(type(one) is int and one != person for one in found):
        raise NeedsReauthorization(
            "Toggl: TOGGL_API_TOKEN belongs to another person than the one whose entries are stored here. "
            "Use that person's token, or a new database."
        )


def changed(client: TogglClient, since: Since) -> Iterator[list[Any]]:
    age = timezone.now() - since.moment
    if age > TOLD:
        raise ChangesLost(
            f"Toggl does not tell what changed more than {TOLD.days} days ago. {LOST}"
        )
    try:
        items = client.entries(since=epoch(since.moment))
    except BadResponse as error:
        if error.status != HTTPStatus.BAD_REQUEST or age < SURELY_TOLD:
            raise
        raise ChangesLost(f"{error} {LOST}") from None
    yield as_entries(items)
    if len(items) >= CAP:
        raise ChangesLost(
            f"Toggl lists at most {CAP:,} changes at once, and there were more. {LOST}"
        )


LOST = (
    "What was not read since, and the 90 days before it, are read whole instead; "
    "`python manage.py sync_toggl --full` verifies what is older."
)


def within(client: TogglClient, extent: Window) -> Iterator[list[Any]]:
    now = timezone.now()
    floor = max(extent.start, min(extent.end, now - LISTED))
    if floor < extent.end:
        # What reaches up to now reaches into the future as well.
        end = extent.end + AHEAD if extent.end >= now - ONE_DAY else extent.end
        try:
            yield from listed(client, Window(floor, end))
        except TooOld as error:
            floor = max(floor, datetime.combine(error.earliest, time.min, UTC) + ONE_DAY)
            if floor < end:
                yield from listed(client, Window(floor, end))
    if extent.start < floor:
        yield from reported(client, Window(max(extent.start, EARLIEST), min(floor, extent.end)))


def listed(client: TogglClient, window: Window) -> Iterator[list[Any]]:
    """What the list gives, in pieces that are short enough for it to give them whole."""
    start, end = window.start - timedelta(seconds=1), window.end + timedelta(seconds=1)
    items = client.entries(start_date=seconds_of(start), end_date=seconds_of(end))
    refuse_null(items, window)
    if len(items) < CAP:
        yield as_entries(items)
        return
    half = (window.end - window.start) / 2
    if half < timedelta(minutes=1):
        raise BadResponse(f"Toggl: more than {CAP:,} entries within two minutes cannot be listed.")
    for piece in window.split(half):
        yield from listed(client, piece)


def seconds_of(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def reported(client: TogglClient, window: Window) -> Iterator[list[Any]]:
    """By days in the zone of the person's profile, whichever that is."""
    if window.start >= window.end:
        return
    first, last = days_anywhere(window.start, window.end)
    # An entry that has been running since then is in no report.
    yield as_entries(client.current)
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


def refuse_null(items: list[Any], window: Window, **filters: Any) -> None:
    """Null may stand for an empty list. Raises BadResponse where entries are stored, because it is no
    proof that they are gone."""
    stored = TimeEntry.objects.live().filter(source=TOGGL, **filters)
    within = stored.filter(start__gte=window.start, start__lt=window.end)
    if isinstance(items, NullList) and within.exists():
        raise BadResponse("Toggl answered null where entries are stored, which is no list of them.")


def report_of(client: TogglClient, workspace: int, first: date, last: date) -> Iterator[list[Any]]:
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
    raise BadResponse(
        "Toggl: the report leads to pages that are empty or were read already, so it has no end."
    )


def in_lost_workspaces(run: Any, missing: set[str]) -> set[str]:
    """Those of the missing entries that lie in workspaces of which the owner is no member any more: Toggl
    lists them no longer, and they are not deleted for that."""
    rows = TimeEntry.objects.filter(source=TOGGL, source_id__in=missing) if missing else ()
    workspace_of = dict(rows.values_list("source_id", "raw__workspace_id")) if rows else {}
    member_of = memberships(run.client)
    lost = {source_id for source_id, one in workspace_of.items() if one not in member_of}
    if lost:
        run.remarks += remarks_on_lost(run.client)
    return lost


def memberships(client: TogglClient) -> set[int]:
    ids = [one.get("id") for one in client.me["workspaces"] if isinstance(one, dict)]
    return {one for one in ids if type(one) is int}


def remarks_on_lost(client: TogglClient, since: datetime | None = None) -> list[str]:
    """For each workspace whose entries are stored and that is not the owner's any more; those alone that
    have an entry `since` then. All of its entries are counted, so that one run says one number."""
    stored = TimeEntry.objects.live().filter(source=TOGGL).order_by()
    counted = stored.values_list("raw__workspace_id").annotate(Count("pk"))
    if since:
        counted = counted.annotate(latest=Max("start")).filter(latest__gte=since)
        counted = counted.values_list("raw__workspace_id", "pk__count")
    lost = [(one, count) for one, count in counted if one not in memberships(client)]
    return [
        f"Toggl does not list workspace {one} among yours any more. {count:,} {'entry' if count == 1 else 'entries'} of it "
        f"{'stays' if count == 1 else 'stay'} as last seen. If you should be a member, ask for an invitation."
        for one, count in sorted(lost, key=str)
    ]


def workspaces(client: TogglClient) -> list[int]:
    told = client.me["workspaces"]
    ids = [one["id"] for one in told if isinstance(one, dict) and type(one.get("id")) is int]
    if not ids or len(ids) < len(told):
        raise BadResponse("Toggl: the answer to /me does not tell the workspaces.")
    return ids


# --- Names ----------------------------------------------------------------------------------------


def read_projects(client: TogglClient, stream: Stream, extent: Extent) -> Iterator[list[Any]]:
    """With their clients' names. Archived ones are asked for only when something refers to them, or
    with the whole history."""
    refuse_another_person([client.me], "id")
    # Entries of so long ago are no news.
    client.remarks += remarks_on_lost(client, timezone.now() - QUARTER)
    projects, clients = list(client.me["projects"]), list(client.me["clients"])
    refused: list[str] = []
    if extent or archived_are_needed(projects, memberships(client)):
        for found, ask in ((projects, client.projects), (clients, client.clients)):
            try:
                found.extend(ask())
            except BadResponse as error:
                refused.append(str(error))
    told = {str(one.get("id")): one.get("name") for one in clients if isinstance(one, dict)}
    names = known_clients() | told
    kept = ("id", "workspace_id", "name", "client_id", "color", "active")
    yield [
        {
            **{name: one.get(name) for name in kept},
            "client": names.get(str(one.get("client_id"))) or "",
        }
        if isinstance(one, dict)
        else one
        for one in projects
    ]
    if refused:
        raise Incomplete(" ".join(refused))


def known_clients() -> dict[str, Any]:
    """Names by the client's id, from stored projects: a list that lacks a client does not unname it."""
    rows = TogglProject.objects.filter(source=TOGGL).exclude(client="").order_by("updated_at")
    return {str(one): name for one, name in rows.values_list("raw__client_id", "client")}


def archived_are_needed(projects: list[Any], member_of: set[int]) -> bool:
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


def read_tags(client: TogglClient, stream: Stream, extent: Extent) -> Iterator[list[Any]]:
    yield list(client.me["tags"])


def is_told_gone(item: Item) -> bool:
    """Whether it has the moment at which it was deleted."""
    try:
        to_datetime(item.get("server_deleted_at"))
    except BAD_VALUE:
        return False
    return True


def existing(item: Item) -> Item:
    """Raises Unmappable for an entry of which nobody knows whether it was deleted."""
    deleted = item.get("server_deleted_at")
    if deleted is not None and not is_told_gone(item):
        raise Unmappable(f"server_deleted_at: {deleted!r} is no time")
    return item


# --- Streams --------------------------------------------------------------------------------------


def end_of(item: Item) -> datetime | None:
    """NULL while it runs, which a negative duration says. Toggl leaves `stop` out for an entry
    without a length, too."""
    if item["stop"] is not None:
        return to_datetime(item["stop"])
    if item["duration"] is None or item["duration"] < 0:
        return None
    return to_datetime(item["start"]) + timedelta(seconds=item["duration"])


def duration_of(item: Item) -> int | None:
    """As Toggl says it: negative while the entry runs, when it is none."""
    return None if end_of(item) is None else item["duration"]


def project_ref(item: Item) -> str:
    found = item.get("project_id")
    return "" if found is None or is_filler(found) else to_text(found)


def tags_of(item: Item) -> list[str]:
    """Under the names that they have now, where those are known."""
    names = [row["name"] for row in item.get("tag_rows", [])]
    all_known = len(names) == len(item["tag_ids"])
    return names if names and all_known else item["tags"] or names


projects = Stream(
    name="project",
    path="/api/v9/me",
    read=read_projects,
    every=ONE_DAY,
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
    every=ONE_DAY,
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
        lookback=QUARTER,
        first=QUARTER,
        chunk=timedelta(days=360),
        aim=CAP,
        earliest=EARLIEST,
    ),
    axis="start",
    deletes_by_absence=True,
    prepare=existing,
    not_visible=in_lost_workspaces,
    # One for every five minutes, day and night: the person's own entries alone.
    most_per_day=288,
    changes=Changes(
        since="since",
        mark=lambda item: to_datetime(item["at"]),
        gone=is_told_gone,
    ),
    related=(
        Related(
            "project",
            TogglProject,
            key="project_id",
            path="project_ref",
            copies={"project": "name", "client": "client"},
        ),
        Related(
            "tag_rows",
            TogglTag,
            key="tag_ids",
            path="raw__tag_ids",
            copies={"tags": "name"},
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
        "tags": tags_of,
        "billable": lambda item: False if item.get("billable") is None else item["billable"],
    },
)

source = register(
    Source(
        name=TOGGL,
        client=TogglClient,
        is_configured=TogglClient.is_configured,
        # Entries take their names from projects and tags.
        streams=(projects, tags, entries),
    )
)
