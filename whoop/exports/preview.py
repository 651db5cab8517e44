"""An import in two steps: what a file would do is kept and shown, and then done exactly so."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from lifetracker.models import SyncRun
from lifetracker.sync.file_imports import import_as_previewed, previewed
from whoop.exports.export import Export, Options
from whoop.exports.job import import_export
from whoop.exports.outcome import Outcome
from whoop.exports.summary import fingerprint, preview_of
from whoop.models import PendingWhoopExport, WhoopCycle


def keep_preview(user: Any, file_name: str, export: Export, options: Options) -> None:
    """Preview an export and keep it. Raises CannotImport."""

    def run(replace: bool) -> Outcome:
        return import_export(export, options._replace(replace=replace), dry_run=True)

    preview = previewed(run, lambda outcome, question: preview_of(outcome, options, question))
    PendingWhoopExport.objects.keep(
        user,
        file_name,
        export=json.dumps(export.to_json(), default=str, ensure_ascii=False),
        options={
            "home": options.home.key,
            "now": options.now.isoformat(),
            "on_waking_day": options.on_waking_day,
        },
        preview=asdict(preview),
    )


def import_previewed(kept: PendingWhoopExport) -> Outcome:
    """Import what was previewed. Raises PreviewChanged and CannotImport."""
    export, options = export_kept(kept), options_of(kept)

    def run(replace: bool) -> Outcome:
        return import_export(
            export, options._replace(replace=replace), begun_by=SyncRun.BegunBy.PERSON
        )

    return import_as_previewed(kept, WhoopCycle.objects.all(), run, fingerprint)


def preview_again(kept: PendingWhoopExport) -> None:
    """Keep a new preview of the same export. Raises CannotImport."""
    keep_preview(kept.user, kept.file_name, export_kept(kept), options_of(kept))


def export_kept(kept: PendingWhoopExport) -> Export:
    return Export.from_json(json.loads(kept.export))


def options_of(kept: PendingWhoopExport) -> Options:
    values = kept.options
    return Options(
        ZoneInfo(values["home"]), datetime.fromisoformat(values["now"]), values["on_waking_day"]
    )
