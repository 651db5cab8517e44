"""Uploaded files, written to `IMPORTS_DIR` while they arrive: however large one is, no more than a piece is in memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, BinaryIO

from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import (
    FileUploadHandler,
    MemoryFileUploadHandler,
    SkipFile,
)
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from lifetracker.accounts.rights import staff_only
from lifetracker.sync import import_files
from lifetracker.sync.files import MB
from lifetracker.sync.import_files import CannotStore

Page = Callable[[HttpRequest], HttpResponseBase]
#: In bytes, at a time.
PIECE = 256 * 1024
#: What surrounds the file in a form.
FORM_AROUND = 100_000


class StoredUpload(UploadedFile):  # type: ignore[type-arg]  # it takes none when it runs
    """A file in `IMPORTS_DIR`, which goes with the request unless it was kept."""

    def __init__(self, path: Path, name: str, size: int) -> None:
        super().__init__(path.open("rb"), name, size=size)
        self.path = path
        self.is_kept = False

    def keep(self) -> Path:
        """Let the file outlive the request, and return where it is."""
        self.is_kept = True
        return self.path

    def close(self) -> None:
        super().close()
        if not self.is_kept:
            import_files.delete(self.path.name)


class ToImports(FileUploadHandler):
    """Writes a file to `IMPORTS_DIR`. One that is too large, or that the disk has no place for, is read to its end and
    dropped, so that the page can say why: `refusal`."""

    def __init__(self, request: HttpRequest, largest: int, writer: str) -> None:
        super().__init__(request)
        self.chunk_size = PIECE
        self.largest, self.writer = largest, writer
        self.refusal = ""
        self._announced = 0
        self._path: Path | None = None
        self._file: BinaryIO | None = None

    def handle_raw_input(self, input_data: Any, headers: Any, content_length: int, *_: Any) -> None:
        self._announced = content_length

    def new_file(self, *args: Any, **options: Any) -> None:
        super().new_file(*args, **options)
        if self._announced > self.largest + FORM_AROUND:
            self._refuse(too_large(self.largest, self.writer))
        try:
            self._path = import_files.new_file(self._announced)
            self._file = self._path.open("wb")
        except CannotStore as error:
            self._refuse(str(error))

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > self.largest:
            self._refuse(too_large(self.largest, self.writer))
        try:
            if self._file:
                import_files.write(self._file, raw_data)
        except OSError as error:
            self._refuse(import_files.why_not(error))

    def file_complete(self, file_size: int) -> StoredUpload | None:
        if self._path is None or self._file is None:
            return None
        self._file.close()
        path, self._path, self._file = self._path, None, None
        return StoredUpload(path, self.file_name or "", file_size)

    def upload_interrupted(self) -> None:
        self.drop()

    def _refuse(self, why: str) -> None:
        """Raises SkipFile."""
        self.refusal = why
        self.drop()
        raise SkipFile

    def drop(self) -> None:
        """Delete what was written of a file that is not whole."""
        if self._file:
            self._file.close()
        if self._path:
            import_files.delete(self._path.name)
        self._path = self._file = None


def too_large(largest: int, writer: str) -> str:
    """Return why a file of more than so many bytes is refused."""
    return f"This file is larger than {largest // MB:,} MB, which no export from {writer} is."


def stored(file: File[bytes]) -> Path:
    """Return where an uploaded file is in `IMPORTS_DIR`, to stay there. Raises CannotStore."""
    if isinstance(file, StoredUpload):
        return file.keep()
    file.seek(0)
    return import_files.store(file.chunks(), file.size)


def takes_uploads(largest: int, writer: str) -> Callable[[Page], Page]:
    """Let a page take files of so many bytes, from staff alone: nobody else's file is even read, because the right is asked
    for before the form is. The form's token is asked for as everywhere."""

    def decorate(page: Page) -> Page:
        protected = csrf_protect(page)

        @csrf_exempt  # `protected` asks for it, once it is said where the file goes
        @staff_only
        @wraps(page)
        def taking(request: HttpRequest) -> HttpResponseBase:
            to_imports = ToImports(request, largest, writer)
            request.upload_handlers = [MemoryFileUploadHandler(request), to_imports]
            try:
                answer = protected(request)
            finally:
                # Where the browser went away in the middle, nobody else says so.
                to_imports.drop()
            return answer

        return taking

    return decorate


def refusal_of(request: HttpRequest) -> str:
    """Return why the file of a form was dropped; empty where it was not."""
    found = [one.refusal for one in request.upload_handlers if isinstance(one, ToImports)]
    return "".join(found)
