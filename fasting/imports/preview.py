"""An import in two steps: what a file would do is kept and shown, and then done exactly so."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fasting.imports.job import import_export
from fasting.imports.outcome import Outcome
from fasting.imports.summary import (
    changes,
    fingerprint,
    rejected,
    remainder,
    remarks,
    zones_stored,
)
from fasting.models import FastingPeriod, PendingImport
from fasting.zero import Export, Options, export_from_json, export_to_json
from lifetracker.models import SyncRun
from lifetracker.sync.file_imports import Preview, import_as_previewed, previewed


def preview_of(outcome: Outcome, options: Options, question: str) -> Preview:
    zone = options.zone
    found = [rejected(outcome), *changes(outcome, zone), *remainder(outcome, zone)]
    return Preview(
        about=outcome.export.about,
        zones=zones_stored(outcome, options),
        counts={
            "new": len(outcome.created),
            "changed": len(outcome.updated),
            "unchanged": outcome.unchanged,
            "removed": len(outcome.removed),
            "overlapping": outcome.overlaps.count,
            "rejected": len(outcome.refusals),
        },
        lists=[one for one in found if one.count],
        remarks=remarks(outcome),
        fingerprint=fingerprint(outcome),
        question=question,
    )


def keep_preview(user: Any, file_name: str, export: Export, options: Options) -> None:
    """Preview an export and keep it. Raises CannotImport."""

    def run(may_replace: bool) -> Outcome:
        return import_export(export, replace(options, replace=may_replace), dry_run=True)

    preview = previewed(run, lambda outcome, question: preview_of(outcome, options, question))
    PendingImport.objects.keep(
        user,
        file_name,
        export=export_to_json(export),
        options=options_as_json(options),
        preview=asdict(preview),
    )


def import_previewed(kept: PendingImport) -> Outcome:
    """Import what was previewed. Raises PreviewChanged and CannotImport."""
    export, options = export_from_json(kept.export), options_from_json(kept.options)

    def run(may_replace: bool) -> Outcome:
        return import_export(
            export, replace(options, replace=may_replace), begun_by=SyncRun.BegunBy.PERSON
        )

    return import_as_previewed(kept, FastingPeriod.objects.all(), run, fingerprint)


def preview_again(kept: PendingImport) -> None:
    """Keep a new preview of the same export. Raises CannotImport."""
    export, options = export_from_json(kept.export), options_from_json(kept.options)
    keep_preview(kept.user, kept.file_name, export, options)


def options_as_json(options: Options) -> dict[str, object]:
    return {
        "zone": options.zone.key,
        "zone_given": options.zone_given,
        "notes": options.notes,
        "now": options.now.isoformat(),
    }


def options_from_json(values: dict[str, Any]) -> Options:
    """Return the options that matter once the file was read."""
    times = {"zone": ZoneInfo(values["zone"]), "now": datetime.fromisoformat(values["now"])}
    return Options(**{**values, **times})
