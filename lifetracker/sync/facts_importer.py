"""Importers of a service's own files, where its API brings the same (`exported_facts.py`)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, ClassVar, Protocol, TypeVar
from zoneinfo import ZoneInfo

from lifetracker.sync.exported_facts import Destination, Outcome
from lifetracker.sync.file_imports import Preview
from lifetracker.sync.importers import Imported
from lifetracker.sync.previewed_imports import PreviewedImporter
from lifetracker.sync.tables import ReadTables


class HasZone(Protocol):
    @property
    def zone(self) -> ZoneInfo: ...


FactsRead = TypeVar("FactsRead", bound=ReadTables)
FactsOptions = TypeVar("FactsOptions", bound=HasZone)


class FactsImporter(PreviewedImporter[FactsRead, FactsOptions, Outcome]):
    """What such importers have in common: all but how a file is read and compared."""

    destination: ClassVar[Destination]

    def preview_of(self, outcome: Outcome, options: FactsOptions, question: str) -> Preview:
        return self.destination.preview_of(outcome, options.zone, question)

    def fingerprint(self, outcome: Outcome) -> str:
        return self.destination.fingerprint(outcome)

    def imported(self, name: str, export: FactsRead, outcome: Outcome) -> Imported:
        words = self.destination.imported_words(name, outcome)
        return Imported(words, outcome.run, self.address_of(export))

    def address_of(self, export: FactsRead) -> str:
        """Return where one sees what was imported; empty for the page of the kind."""
        return ""

    def to_json(self, export: FactsRead) -> Any:
        return asdict(export)
