from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from urllib.parse import urlencode

from django.db.models import BooleanField, CharField, Count, Max, Value
from django.utils.dateformat import format as format_date

from lifetracker.web.search import (
    Asked,
    Finder,
    Named,
    SearchResult,
    by_name,
    likely,
    newest,
    register_finder,
)
from lifetracker.words import counted
from time_logs.models import TimeEntry, TogglProject, TogglTag
from time_logs.names import entries_path, shortened

IS_PROJECT, IS_TAG = Value(False, BooleanField()), Value(True, BooleanField())
NO_CLIENT = Value("", CharField())
#: The newest entries that are searched. Of most lives that is all.
NEWEST = 30_000
#: So many descriptions that may fit are looked at closely.
CANDIDATES = 100


def entries_of(**names: str) -> str:
    return f"{entries_path()}?{urlencode({'range': 'all'} | names)}"


def find_names(asked: Asked) -> Iterator[SearchResult]:
    """Yield Toggl projects, clients and tags."""
    projects = TogglProject.objects.live().order_by().values_list("name", "client", IS_PROJECT)
    named = projects.union(
        TogglTag.objects.live().order_by().values_list("name", NO_CLIENT, IS_TAG)
    )
    both = sorted(named)
    listed = [(name, client) for name, client, is_tag in both if not is_tag]
    clients = sorted({client for _, client in listed if client})
    tags = [name for name, _, is_tag in both if is_tag]
    rows = [
        *(
            Named(
                (name, client),
                name,
                partial(entries_of, client=client, project=name),
                f"Toggl project, {client}" if client else "Toggl project",
            )
            for name, client in listed
        ),
        *(Named((name,), name, partial(entries_of, client=name), "client") for name in clients),
        *(Named((name,), name, partial(entries_of, tag=name), "tag") for name in tags),
    ]
    yield from by_name(asked, rows)


def find_entries(asked: Asked) -> Iterator[SearchResult]:
    """Yield descriptions, the latest first, each once."""
    rows = likely(newest(TimeEntry.objects.live(), "start", NEWEST), "description", asked.words)
    groups = rows.order_by().values("description").annotate(Count("pk"), last=Max("date"))
    columns = ("description", "pk__count", "last")
    for description, count, last in groups.order_by("-last").values_list(*columns)[:CANDIDATES]:
        if asked.fits(description):
            yield SearchResult(
                shortened(description),
                entries_of(description=description),
                f"{counted(count, 'entry', 'entries')}, last on {format_date(last, 'j M Y')}",
            )


register_finder(Finder("Toggl", "Toggl projects, clients and tags by name", 60, find_names))
register_finder(
    Finder(
        "Time entries", f"the descriptions of your last {NEWEST:,} time entries", 70, find_entries
    )
)
