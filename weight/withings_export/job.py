"""Compares a file of weigh-ins with what is stored, and brings it in."""

from __future__ import annotations

from functools import partial

from apple_health.same_weigh_ins import hide_of_apple_health
from lifetracker.models import SyncRun
from lifetracker.sync.exported_facts import Outcome, Placed, count_common, said_of
from lifetracker.sync.file_imports import Question, is_too_little
from weight.models import WITHINGS, WITHINGS_EXPORT
from weight.same_weigh_ins import CORRECTED, DESTINATION, around, paired, stored_weigh_ins
from weight.withings_export.export import Export, Options


def import_export(
    export: Export,
    options: Options,
    *,
    dry_run: bool = False,
    begun_by: str = SyncRun.BegunBy.COMMAND,
) -> Outcome:
    """Import weigh-ins, or roll it back after a dry run. Raises CannotImport."""
    return DESTINATION.import_all(
        export,
        export.span,
        partial(place, export),
        partial(finish, export, options),
        dry_run=dry_run,
        begun_by=begun_by,
    )


def finish(export: Export, options: Options, outcome: Outcome) -> None:
    """Hide what Apple Health has of the same. Raise Question, which takes back what has been written, for a file that is
    perhaps another person's."""
    if export.span:
        hide_of_apple_health(*export.span)
    if not options.replace and is_too_little(outcome.common, outcome.compared, 0):
        raise Question(
            f"The file has none of the {outcome.compared:,} weigh-ins of Withings that are stored from its time. It is perhaps "
            "another person's. Nothing was imported. If it is yours, add --replace.",
            outcome,
        )


def place(export: Export, outcome: Outcome) -> list[Placed]:
    """Hide what gives way to the API, and return what only the file has."""
    if export.span is None:
        return []
    file = {key: one.said for key, one in export.entries.items()}
    api = stored_weigh_ins(around(WITHINGS, *export.span))
    mine = stored_weigh_ins(around(WITHINGS_EXPORT, *export.span))
    known = paired(file, said_of(api, live_first=True))
    before = paired(file, said_of(mine, live_first=True), CORRECTED)
    found = [(api, set(known.values())), (mine, set(before.values()))]
    count_common(outcome, export.span, found)
    return DESTINATION.place(export.entries, mine, known, before, outcome)
