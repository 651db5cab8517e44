"""What an importer of files declares of itself, and the registry of those that the apps have.

A file that is too large for a request is worked off by the queue (`import_queue.py`): the importer previews it, where it
can, and stores it once the person has confirmed that."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Protocol

from django.utils.module_loading import autodiscover_modules

from lifetracker.models import SyncRun
from lifetracker.sync.file_imports import Preview


class ImportCancelled(Exception):
    """The person does not want the file to be imported any more."""


class Imported(NamedTuple):
    """What came of a file. `words`: for the person; `leads_to`: the address that shows it, empty for that of the kind."""

    words: str
    run: SyncRun | None = None
    leads_to: str = ""


class ImportWork(Protocol):
    """A file that a worker is at. `options`: what the form gave. `position`: what the last `batch` wrote down before the
    worker was stopped; None at the beginning. `preview`: what the person has confirmed; None where none was made."""

    path: Path
    name: str
    options: dict[str, Any]
    position: Any
    preview: Preview | None

    def report(self, done: int, total: int | None = None) -> None:
        """Tell how far it is, in whatever unit: rows, bytes. Call it often, at least every second. Raises
        ImportCancelled, and LeaseLost; both are to go on their way."""

    def batch(self, position: Any, done: int, total: int | None) -> AbstractContextManager[None]:
        """Open a transaction whose writes are stored together with `position`, from which an import that was stopped goes
        on. For importers that are resumable. Raises ImportCancelled and LeaseLost."""


class Importer(ABC):
    """Imports the files of one kind. An app registers its own in its `importers.py`."""

    #: Stands in rows, and never changes.
    key: ClassVar[str]
    #: What the files are, such as `WHOOP's export`.
    title: ClassVar[str]
    #: The command that does the same on the machine, without the file.
    command: ClassVar[str]
    #: The name of the page that imports such a file.
    page: ClassVar[str]
    #: Whether it stores in batches, and goes on where it was stopped. Else all is stored in one transaction, which begins
    #: anew.
    is_resumable: ClassVar[bool] = False
    #: Whether the person sees first what it would do.
    has_preview: ClassVar[bool] = True

    def preview(self, work: ImportWork) -> Preview:
        """Return what an import would do. Raises CannotImport."""
        raise NotImplementedError(f"{type(self).__name__} has no preview")

    def read(self, work: ImportWork) -> Any:
        """Return what `store` needs of the file. No transaction is open yet. Raises CannotImport."""
        return None

    @abstractmethod
    def store(self, work: ImportWork, read: Any) -> Imported:
        """Store what the file holds: exactly what was previewed, where that was. Raises PreviewChanged and CannotImport."""


_importers: dict[str, Importer] = {}


def register_importer(importer: Importer) -> Importer:
    _importers[importer.key] = importer
    return importer


@cache
def importers() -> dict[str, Importer]:
    """Return the importers of all apps by their keys. They are loaded by whoever asks first."""
    autodiscover_modules("importers")
    return _importers
