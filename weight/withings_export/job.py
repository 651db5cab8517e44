"""Compares a file of weigh-ins with what is stored, and brings it in."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from lifetracker.models import SyncRun
from lifetracker.sync.exported_facts import Outcome, Placed, count_common, said_of
from lifetracker.sync.file_imports import Question, is_too_little
from weight.models import WITHINGS, WITHINGS_EXPORT, WeighIn
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
    with WeighIn.objects.locked():
        started = timezone.now()
        outcome = Outcome(export, list(export.refusals))
        DESTINATION.write(bring_in(export, outcome), outcome)
        ask_first(outcome, options)
        DESTINATION.record(outcome, export.span, started, begun_by)
        if dry_run:
            transaction.set_rollback(True)
    return outcome


def ask_first(outcome: Outcome, options: Options) -> None:
    """Raise Question, which takes back what has been written, for a file that is perhaps another person's."""
    if not options.replace and is_too_little(outcome.common, outcome.compared, 0):
        raise Question(
            f"The file has none of the {outcome.compared:,} weigh-ins of Withings that are stored from its time. It is perhaps "
            "another person's. Nothing was imported. If it is yours, add --replace.",
            outcome,
        )


def bring_in(export: Export, outcome: Outcome) -> list[Placed]:
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
