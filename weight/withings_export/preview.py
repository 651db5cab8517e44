"""An import in two steps: what a file would do is kept and shown, and then done exactly so."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from lifetracker.models import SyncRun
from lifetracker.sync.exported_facts import Outcome
from lifetracker.sync.file_imports import import_as_previewed, previewed
from weight.models import PendingWithingsExport, WeighIn
from weight.same_weigh_ins import DESTINATION
from weight.withings_export.export import Export, Options
from weight.withings_export.job import import_export


def keep_preview(user: Any, file_name: str, export: Export, options: Options) -> None:
    """Preview weigh-ins and keep it. Raises CannotImport."""

    def run(replace: bool) -> Outcome:
        return import_export(export, options._replace(replace=replace), dry_run=True)

    preview = previewed(
        run, lambda outcome, question: DESTINATION.preview_of(outcome, options.zone, question)
    )
    PendingWithingsExport.objects.keep(
        user,
        file_name,
        export=json.dumps(export.to_json(), default=str, ensure_ascii=False),
        options={"zone": options.zone.key, "now": options.now.isoformat()},
        preview=asdict(preview),
    )


def import_previewed(kept: PendingWithingsExport) -> Outcome:
    """Import what was previewed. Raises PreviewChanged and CannotImport."""
    export, options = export_kept(kept), options_of(kept)

    def run(replace: bool) -> Outcome:
        return import_export(
            export, options._replace(replace=replace), begun_by=SyncRun.BegunBy.PERSON
        )

    return import_as_previewed(kept, WeighIn.objects.all(), run, DESTINATION.fingerprint)


def preview_again(kept: PendingWithingsExport) -> None:
    """Keep a new preview of the same weigh-ins. Raises CannotImport."""
    keep_preview(kept.user, kept.file_name, export_kept(kept), options_of(kept))


def export_kept(kept: PendingWithingsExport) -> Export:
    return Export.from_json(json.loads(kept.export))


def options_of(kept: PendingWithingsExport) -> Options:
    values = kept.options
    return Options(ZoneInfo(values["zone"]), datetime.fromisoformat(values["now"]))
