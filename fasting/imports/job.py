"""Compares an export with what is stored, and brings it in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from operator import attrgetter

from django.db import transaction
from django.utils import timezone

from fasting.imports.matching import is_as_long, match, require_right_zone
from fasting.imports.outcome import Common, Outcome, question_of
from fasting.imports.stored import Stored, stored_fasts
from fasting.imports.writing import record_run, remove_fasts, write_fasts
from fasting.models import ZERO, FastingPeriod
from fasting.zero import CSV, Export, Fast, Options
from lifetracker.models import SyncRun
from lifetracker.sync.file_imports import record_rejected


def import_export(
    export: Export,
    options: Options,
    *,
    dry_run: bool = False,
    begun_by: str = SyncRun.BegunBy.COMMAND,
) -> Outcome:
    """Import an export, or roll it back after a dry run. Raises CannotImport."""
    with FastingPeriod.objects.locked():
        started = timezone.now()
        outcome, common = _reconcile(export, options)
        if common.is_too_little and not options.replace:
            # Which takes back what has been written.
            raise question_of(outcome, common, options.zone)
        record_rejected(ZERO, export.form, outcome.refusals)
        record_run(outcome, started, begun_by)
        outcome.overlaps = FastingPeriod.objects.overlaps()
        if dry_run:
            transaction.set_rollback(True)
    return outcome


def _reconcile(export: Export, options: Options) -> tuple[Outcome, Common]:
    outcome = Outcome(export, refusals=list(export.refusals))
    known = stored_fasts()
    live = [one for one in known.values() if one.deleted_at is None]
    csv = export.form == CSV
    mine = [one for one in live if one.from_csv == csv]
    others = [one for one in live if one.from_csv != csv]

    pairs = match(export, others, options)
    proven = _zone_is_proven(export, known, options)
    if not proven:
        require_right_zone(export, others, pairs, options)
    paired = {
        fast.source_id: pairs[fast.source_id] for fast in export.fasts if fast.source_id in pairs
    }
    outcome.matched = len(paired)
    wanted = [fast for fast in export.fasts if not (csv and fast.source_id in paired)]
    if csv:
        wanted += _edited(export, paired, known)
    # What is known by the better name need not stay under the other one.
    retired = {one.source_id for one in mine} & set(paired) if csv else set(paired.values())
    common = _compare(export, mine, others, pairs, trusted=proven or options.replace)
    outcome.removed = common.removed
    stays = [one for one in common.lacking if one not in common.removed]
    outcome.kept = [one for one in stays if one.from_csv != csv]
    outcome.spared = [one for one in stays if one.from_csv == csv]

    write_fasts(wanted, known, options, outcome)
    remove_fasts(retired | {one.source_id for one in outcome.removed})
    return outcome, common


def _compare(
    export: Export,
    mine: list[Stored],
    others: list[Stored],
    pairs: dict[str, str],
    *,
    trusted: bool,
) -> Common:
    """Compare the export with `mine` and `others`, which this form and the other one brought. `trusted`: what
    the other one brought, and this file lacks, is gone."""
    own, foreign = _within(export, mine), _within(export, others)
    paired = set(pairs.values())
    unpaired = {one.source_id for one in foreign if one.source_id not in paired}
    lacking = export.lacks([one.source_id for one in own]) | unpaired
    gone = export.missing([one.source_id for one in own])
    if trusted and all(item.start for item in export.items):
        gone |= unpaired
    compared = sorted([*own, *foreign], key=attrgetter("start"))
    return Common(
        compared,
        [one for one in compared if one.source_id in lacking],
        [one for one in compared if one.source_id in gone],
    )


def _edited(export: Export, pairs: dict[str, str], known: dict[str, Stored]) -> Iterator[Fast]:
    """Yield the fasts that a CSV has with another length than the JSON before it, as the latter's."""
    for fast in export.fasts:
        if fast.source_id in pairs:
            exact = known[pairs[fast.source_id]]
            length = fast.end - fast.start
            if not is_as_long(length, exact.end - exact.start):
                # The seconds of the start are still true, of the end there are none.
                end = max(exact.start, exact.start.replace(second=0, microsecond=0) + length)
                yield replace(
                    fast,
                    source_id=exact.source_id,
                    start=exact.start,
                    end=end,
                    raw=exact.raw | {CSV: fast.raw},
                    end_zone=None,
                    goal_hours=exact.goal_hours,
                )


def _zone_is_proven(export: Export, known: dict[str, Stored], options: Options) -> bool:
    """Return whether both forms were surely placed in the right zone, so that what the other form brought,
    and this file lacks within its stretch, was deleted in the app: most of the fasts that lie where
    the other form has some are in that too, be it by now retired."""
    csv = export.form == CSV
    others = [one for one in known.values() if one.from_csv != csv]
    if not others:
        return False
    pairs = match(export, others, options)
    first, last = others[0].start, others[-1].start
    strangers = sum(
        first <= fast.start <= last
        for fast in export.fasts
        # What the JSON had before, a CSV may have matched without a row of its own.
        if fast.source_id not in pairs and (csv or fast.source_id not in known)
    )
    # The JSON names instants. What else the CSV was known by when it was placed, no row tells now.
    return len(pairs) + (0 if csv else _matched_by_last_csv()) > strangers


def _matched_by_last_csv() -> int:
    run = SyncRun.objects.filter(source=ZERO, counts__has_key=CSV).first()
    return run.counts[CSV]["matched"] if run else 0


def _within(export: Export, stored: list[Stored]) -> list[Stored]:
    """Return those of the stored fasts that began within the stretch of the export."""
    if export.span is None:
        return []
    first, last = export.span
    return [one for one in stored if first <= one.start <= last]
