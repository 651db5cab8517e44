"""Exports of Apple Health, as the page and the queue import them: a worker does, because they are large."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apple_health.export.files import opened
from apple_health.export.job import (
    Export,
    Options,
    options_now,
    read_export,
    store_export,
)
from apple_health.export.words import fingerprint, imported_words, preview_of
from lifetracker.models import SyncRun
from lifetracker.sync.file_imports import Preview, PreviewChanged, with_question
from lifetracker.sync.importers import Imported, Importer, ImportWork, register_importer


class AppleHealthImporter(Importer):
    key = "apple_health"
    title = "an export of Apple Health"
    command = "import_apple_health"
    page = "apple-health-import"

    def options(self, values: dict[str, Any], *, replace: bool = False) -> Options:
        made = options_now(all_sources=bool(values.get("all_sources")), replace=replace)
        return made._replace(now=datetime.fromisoformat(values["now"]))

    def preview(self, work: ImportWork) -> Preview:
        export = self.read(work)

        def preview(replace: bool, question: str) -> Preview:
            options = self.options(work.options, replace=replace)
            return preview_of(store_export(export, options, dry_run=True), question)

        return with_question(preview)

    def read(self, work: ImportWork) -> Export:
        with opened(work.path) as file:
            return read_export(
                file._replace(name=work.name),
                self.options(work.options),
                lambda done, total: work.report(min(done, total) if total else done, total or None),
            )

    def store(self, work: ImportWork, read: Export) -> Imported:
        if work.preview is None:
            raise PreviewChanged
        options = self.options(work.options, replace=bool(work.preview.question))
        outcome = store_export(read, options, begun_by=SyncRun.BegunBy.PERSON)
        if fingerprint(outcome) != work.preview.fingerprint:
            raise PreviewChanged
        return Imported(imported_words(work.name, outcome), outcome.run)


APPLE_HEALTH_EXPORTS = register_importer(AppleHealthImporter())
