"""Importers that read a whole file, and then store it in one transaction as it was previewed: on the page at once where it
is small, else by the queue."""

from __future__ import annotations

import json
from abc import abstractmethod
from dataclasses import asdict
from typing import Any, BinaryIO, ClassVar, Generic, TypeVar

from lifetracker.models import SourceRecordQuerySet, SyncRun
from lifetracker.models.pending_imports import PreviewedFile
from lifetracker.sync.file_imports import Preview, PreviewChanged, with_question
from lifetracker.sync.files import MB
from lifetracker.sync.importers import Imported, Importer, ImportWork
from lifetracker.sync.reporting import reported_to

Export = TypeVar("Export")
Options = TypeVar("Options")
Outcome = TypeVar("Outcome")

#: Larger files are not even read while a browser waits.
READ_AT_ONCE = 20 * MB


class TooLarge(Exception):
    """The file has more rows than are imported while a browser waits."""


class PreviewedImporter(Importer, Generic[Export, Options, Outcome]):
    """What an app says of its files: how one is read, what an import of it does, and that in words."""

    #: Keeps a small file between its preview and the person's confirmation.
    pending: ClassVar[type[PreviewedFile]]
    #: Nobody else writes these records while a file is stored.
    records: ClassVar[SourceRecordQuerySet]
    #: In rows. A preview of more takes longer than a browser waits.
    most_at_once: ClassVar[int]
    #: In bytes.
    read_at_once: ClassVar[int] = READ_AT_ONCE

    @abstractmethod
    def options(self, values: dict[str, Any], *, replace: bool = False) -> Options:
        """Return what the form gave in JSON. `replace`: the file may replace what is stored, although it knows little of it."""

    @abstractmethod
    def read_file(self, name: str, file: BinaryIO, options: Options) -> Export:
        """Return all that a file holds. Raises CannotImport."""

    @abstractmethod
    def rows(self, export: Export) -> int:
        """Return how many rows a file has."""

    @abstractmethod
    def run(self, export: Export, options: Options, *, dry_run: bool, begun_by: str) -> Outcome:
        """Import a file, or roll it back after a dry run. Raises Question and CannotImport."""

    @abstractmethod
    def preview_of(self, outcome: Outcome, options: Options, question: str) -> Preview: ...

    @abstractmethod
    def fingerprint(self, outcome: Outcome) -> str:
        """Return a text that is the same for two imports that do the same."""

    @abstractmethod
    def imported(self, name: str, export: Export, outcome: Outcome) -> Imported:
        """Return what came of a file, in words."""

    @abstractmethod
    def to_json(self, export: Export) -> Any:
        """Return what was read as plain values, dates as they are."""

    @abstractmethod
    def from_json(self, values: Any) -> Export: ...

    # --- Both ways --------------------------------------------------------------------------------

    def previewed(self, export: Export, values: dict[str, Any]) -> Preview:
        """Return what an import would do, and what it asks first; it is tried out and taken back. Raises CannotImport."""

        def preview(replace: bool, question: str) -> Preview:
            options = self.options(values, replace=replace)
            outcome = self.run(export, options, dry_run=True, begun_by="")
            return self.preview_of(outcome, options, question)

        return with_question(preview)

    def stored(
        self, name: str, export: Export, values: dict[str, Any], preview: Preview
    ) -> Imported:
        """Import what was previewed, in the transaction that is open. Raises PreviewChanged and CannotImport."""
        options = self.options(values, replace=bool(preview.question))
        outcome = self.run(export, options, dry_run=False, begun_by=SyncRun.BegunBy.PERSON)
        if self.fingerprint(outcome) != preview.fingerprint:
            raise PreviewChanged
        return self.imported(name, export, outcome)

    # --- At once ----------------------------------------------------------------------------------

    def keep_preview(self, user: Any, name: str, file: BinaryIO, values: dict[str, Any]) -> None:
        """Read a small file, preview it and keep that. Raises TooLarge and CannotImport."""
        export = self.read_file(name, file, self.options(values))
        if self.rows(export) > self.most_at_once:
            raise TooLarge
        self._keep(user, name, export, values)

    def preview_again(self, kept: PreviewedFile) -> None:
        """Keep a new preview of the same file. Raises CannotImport."""
        self._keep(kept.user, kept.file_name, self._export_kept(kept), kept.options)

    def import_previewed(self, kept: PreviewedFile) -> Imported:
        """Import what was previewed, and keep it no longer, both or neither. Raises PreviewChanged and CannotImport."""
        export, preview = self._export_kept(kept), Preview.from_json(kept.preview)
        with self.records.all().locked():
            imported = self.stored(kept.file_name, export, kept.options, preview)
            kept.delete()
        return imported

    def _keep(self, user: Any, name: str, export: Export, values: dict[str, Any]) -> None:
        preview = self.previewed(export, values)
        self.pending._default_manager.keep(
            user,
            name,
            export=json.dumps(self.to_json(export), default=str, ensure_ascii=False),
            options=values,
            preview=asdict(preview),
        )

    def _export_kept(self, kept: PreviewedFile) -> Export:
        return self.from_json(json.loads(kept.export))

    # --- By the queue -----------------------------------------------------------------------------

    def preview(self, work: ImportWork) -> Preview:
        with reported_to(work.report):
            return self.previewed(self.read(work), work.options)

    def read(self, work: ImportWork) -> Export:
        with reported_to(work.report), work.path.open("rb") as file:
            return self.read_file(work.name, file, self.options(work.options))

    def store(self, work: ImportWork, read: Export) -> Imported:
        if work.preview is None:
            raise PreviewChanged
        with reported_to(work.report), self.records.all().locked():
            return self.stored(work.name, read, work.options, work.preview)
