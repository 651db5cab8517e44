"""What a page of imports shows of the files that a worker imports, and what its buttons do with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from lifetracker.models import FileImport
from lifetracker.models.pending_imports import LONGEST_NAME
from lifetracker.sync import import_files, import_queue
from lifetracker.sync.files import MB
from lifetracker.sync.importers import Importer
from lifetracker.tasks import enqueue_imports, has_worker
from lifetracker.web.connections.progress import NO_WORKER

State, Step = FileImport.State, FileImport.Step
BEING_IMPORTED = "A file of this kind is being imported. Wait until it is done, or cancel it."
CANCELLING = "The import is being cancelled. It ends within seconds."
NOTHING_TO_CANCEL = "There is nothing to cancel: the import has ended."
GIGABYTE = 1000 * MB
SHOWN_FOR = timedelta(days=1)


class IsBeingImported(Exception):
    """An account has one file of each kind at a time. The text says what to do."""

    def __init__(self) -> None:
        super().__init__(BEING_IMPORTED)


class Standing(NamedTuple):
    """How an import stands. `total` is None where nobody knows it. `is_moving`: it will change by itself."""

    title: str
    words: list[str]
    done: int
    total: int | None
    is_moving: bool


class QueuedImports:
    """The files of one kind, each account's own."""

    def __init__(
        self, importer: Importer, leads_to: str, in_the_form: Callable[[str], str]
    ) -> None:
        """`in_the_form` puts what an importer says into the words of the page."""
        self.importer, self.leads_to, self.in_the_form = importer, leads_to, in_the_form

    def of(self, user: Any) -> FileImport | None:
        return FileImport.objects.newest_of(user, self.importer.key)

    # --- What is done -----------------------------------------------------------------------------

    def require_none(self, user: Any) -> None:
        """Raise IsBeingImported while a worker has a file of the account."""
        if FileImport.objects.active().filter(user=user, kind=self.importer.key).exists():
            raise IsBeingImported

    def add(self, user: Any, path: Path, name: str, size: int, options: dict[str, Any]) -> None:
        """Give a file in `IMPORTS_DIR` to a worker, in the place of one that waits for its confirmation. Raises
        IsBeingImported, and deletes the file then."""
        self.forget_preview(user)
        step = Step.PREVIEW if self.importer.has_preview else Step.IMPORT
        try:
            with transaction.atomic():
                job = FileImport.objects.create(
                    user=user,
                    kind=self.importer.key,
                    file_name=name[:LONGEST_NAME],
                    stored_as=path.name,
                    size=size,
                    options=options,
                    step=step,
                )
        except IntegrityError:
            import_files.delete(path.name)
            raise IsBeingImported from None
        enqueue_imports([job])

    def confirm(self, job: FileImport) -> None:
        """Let a worker import what was previewed. A second press changes nothing."""
        if import_queue.confirm(job):
            enqueue_imports([job])

    def forget_preview(self, user: Any) -> None:
        """Delete the file that waits for its confirmation."""
        job = self.of(user)
        if job and job.state == State.ASKS:
            import_queue.cancel(job)

    # --- Requests ---------------------------------------------------------------------------------

    def cancel(self, request: HttpRequest) -> HttpResponse:
        job = self.of(request.user)
        if job is None or not job.is_active:
            messages.info(request, NOTHING_TO_CANCEL)
        elif import_queue.cancel(job):
            job.refresh_from_db()
            messages.info(request, f"{job.file_name}: {job.result}")
        else:
            messages.info(request, CANCELLING)
        return redirect(self.importer.page)

    def progress(self, request: HttpRequest) -> HttpResponse:
        """Answer the page with how far the import is; once it has ended or asks, let the page be read anew. Lead whoever
        opens the address by itself to that page."""
        if "HX-Request" not in request.headers:
            return redirect(self.importer.page)
        job = self.of(request.user)
        if job is None or not job.is_active:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "records/import_live.html", {"standing": self.standing(job)})

    # --- What is shown ----------------------------------------------------------------------------

    def shown(self, job: FileImport | None) -> dict[str, object]:
        if job is None or job.state == State.ASKS or is_old(job):
            return {}
        address = job.leads_to or reverse(self.leads_to)
        return {"job": job, "standing": self.standing(job), "address": address} | {
            name: f"{self.importer.page}-{name}" for name in ("cancel", "progress")
        }

    def standing(self, job: FileImport) -> Standing:
        live = import_files.live_progress(job) if job.is_active else import_files.Live(0, None)
        words = list(self.words(job, live)) if job.is_active else [self.in_the_form(job.result)]
        return Standing(TITLES[job.state], words, live.done, live.total, job.is_active)

    def words(self, job: FileImport, live: import_files.Live) -> list[str]:
        is_preview = job.step == Step.PREVIEW
        what = "what it would change is being worked out" if is_preview else "it is being imported"
        words = [job.result] if job.result else []
        if job.state == State.WAITING:
            words.append("It waits for its turn." if has_worker() else NO_WORKER)
        elif import_files.is_to_be_cancelled(job.stored_as):
            words.append(CANCELLING)
        else:
            words.append(f"{size_words(job.size)}: {what}{done_words(live)}.")
        return words


def is_old(job: FileImport) -> bool:
    """Return whether it ended so long ago that its page no longer speaks of it."""
    return job.finished_at is not None and timezone.now() - job.finished_at > SHOWN_FOR


TITLES: dict[str, str] = {
    State.WAITING: "In progress",
    State.RUNNING: "In progress",
    State.ASKS: "To be confirmed",
    State.DONE: "Imported",
    State.FAILED: "Not imported",
    State.CANCELLED: "Cancelled",
}


def size_words(size: int) -> str:
    """Return `14 MB` or `2.1 GB`."""
    if size >= GIGABYTE:
        return f"{size / GIGABYTE:.1f} GB"
    return f"{size / MB:,.0f} MB" if size >= MB else f"{size / 1000:,.0f} kB"


def done_words(live: import_files.Live) -> str:
    if live.total:
        return f", {min(100 * live.done // live.total, 100)} %"
    return f", {live.done:,} rows so far" if live.done else ""
