"""Compares a report with what is stored, and brings it in."""

from __future__ import annotations

from collections import Counter
from functools import partial

from lifetracker.models import SyncRun
from lifetracker.sync.exported_facts import Outcome, Placed, count_common, said_of
from lifetracker.sync.file_imports import Question, is_too_little
from time_logs.models import TOGGL, TOGGL_EXPORT, TogglProject
from time_logs.same_entries import DESTINATION, around, paired, stored_entries
from time_logs.toggl_export.export import Entry, Export, Options


def import_export(
    export: Export,
    options: Options,
    *,
    dry_run: bool = False,
    begun_by: str = SyncRun.BegunBy.COMMAND,
) -> Outcome:
    """Import a report, or roll it back after a dry run. Raises CannotImport."""
    return DESTINATION.import_all(
        export,
        export.span,
        partial(place, export),
        partial(ask_first, options),
        dry_run=dry_run,
        begun_by=begun_by,
    )


def ask_first(options: Options, outcome: Outcome) -> None:
    """Raise Question, which takes back what has been written, for a file that is perhaps another person's, or whose times
    were read in the wrong zone."""
    if not options.replace and is_too_little(outcome.common, outcome.compared, 0):
        raise Question(
            f"The file has none of the {outcome.compared:,} entries of Toggl that are stored from its time. Perhaps your profile "
            f"at Toggl is not in {options.zone.key}, or the file is another person's. Nothing was imported. If it is right as it "
            "is, add --replace.",
            outcome,
        )


def place(export: Export, outcome: Outcome) -> list[Placed]:
    """Hide what gives way to the API, and return what only the file has."""
    if export.span is None:
        return []
    file = {key: one.said for key, one in export.entries.items()}
    api = stored_entries(around(TOGGL, *export.span))
    mine = stored_entries(around(TOGGL_EXPORT, *export.span))
    known = paired(file, said_of(api, live_first=True))
    before = paired(file, said_of(mine, live_first=True))
    found = [(api, set(known.values())), (mine, set(before.values()))]
    count_common(outcome, export.span, found)
    return DESTINATION.place(with_projects(export.entries), mine, known, before, outcome)


def with_projects(entries: dict[str, Entry]) -> dict[str, Entry]:
    """Return the entries with Toggl's ids of their projects, where only one project has that client and name."""
    rows = TogglProject.objects.filter(source=TOGGL).values_list("client", "name", "source_id")
    found = list(rows)
    times = Counter((client, name) for client, name, _ in found)
    refs = {(client, name): ref for client, name, ref in found if times[client, name] == 1}
    return {
        key: one._replace(item=one.item | {"project_ref": ref})
        for key, one in entries.items()
        for ref in [refs.get((one.item["client"], one.item["project"]), "")]
    }
