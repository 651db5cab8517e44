"""How a worker imports an uploaded file: once at a time, with its progress told, until it ends or is cancelled.

What is to be done stands in the rows of `FileImport`, as that of syncs stands in their runs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from lifetracker.models import IMPORT_LEASE, FileImport, HeldLease, Lease, LeaseLost
from lifetracker.ops.failures import file_failure
from lifetracker.sync import import_files
from lifetracker.sync.file_imports import Preview, PreviewChanged
from lifetracker.sync.files import CannotImport
from lifetracker.sync.import_files import Live
from lifetracker.sync.importers import ImportCancelled, Imported, Importer, importers

#: Longer than any silence of an importer that is alive: the comparison of a large file with what is stored.
LEASE = timedelta(minutes=3)
#: Seconds between two looks at whether it is cancelled, each with what is told of its progress.
LOOK = 1.0
#: Seconds between two renewals of the lease, which also keep the transaction of an import from being idle for long.
RENEW = 15.0
#: How often an import is begun without getting any further.
MOST_ATTEMPTS = 3
#: How long one waits for a database that is away.
PAUSE = timedelta(minutes=1)
CANCELLED = "It was cancelled. Nothing was imported."
CANCELLED_LATE = "It was cancelled. What had been imported by then stays."
CHANGED = "Nothing was imported, because what is stored has changed since the preview. This is the preview of now."
NOTHING, BUSY = "nothing to do", "another file of this kind is being imported"
State, Step = FileImport.State, FileImport.Step


def not_seen(importer: Importer) -> str:
    return (
        "The worker cannot see this file. It runs on another machine, or IMPORTS_DIR is another folder for it than for the web "
        f"server. Import the file where the worker runs, with `python manage.py {importer.command} FILE`."
    )


def given_up(importer: Importer) -> str:
    return (
        f"Given up: it was begun {MOST_ATTEMPTS} times, and its worker was stopped each time before the end. Import the file on "
        f"the machine, with `python manage.py {importer.command} FILE`."
    )


class Work:
    """A file that this process is at; see `ImportWork`."""

    def __init__(self, job: FileImport, lease: HeldLease) -> None:
        self.path: Path = import_files.path_of(job.stored_as)
        self.name: str = job.file_name
        self.options: dict[str, Any] = job.options
        self.position: Any = job.position
        self.preview = Preview.from_json(job.preview) if job.preview else None
        self._job, self._lease = job, lease
        self._looked = self._renewed = time.monotonic()

    def report(self, done: int, total: int | None = None) -> None:
        now = time.monotonic()
        if now - self._looked < LOOK:
            return
        self._looked = now
        self.look()
        import_files.note_progress(self._job.stored_as, Live(done, total))
        if now - self._renewed >= RENEW:
            # Within a transaction this also keeps others from the lease until it ends.
            self._lease.renew()
            self._renewed = now

    def look(self) -> None:
        """Raise ImportCancelled where the person wants that."""
        if import_files.is_to_be_cancelled(self._job.stored_as):
            raise ImportCancelled

    @contextmanager
    def batch(self, position: Any, done: int, total: int | None) -> Iterator[None]:
        self.look()
        with transaction.atomic():
            self._lease.renew()
            yield
            FileImport.objects.filter(pk=self._job.pk).update(
                position=position, progress_done=done, progress_total=total, attempts=1
            )
        self.position = position
        self._renewed = time.monotonic()
        import_files.note_progress(self._job.stored_as, Live(done, total))


# --- By a worker ----------------------------------------------------------------------------------


def execute(job_id: int) -> str:
    """Preview or import a file, or go on with that; return what became of it. Does nothing where it has ended, waits for the
    person, or another of its kind is worked on."""
    job = FileImport.objects.active().filter(pk=job_id).first()
    if job is None:
        return NOTHING
    importer = importers().get(job.kind)
    if importer is None:
        return end(job, State.FAILED, f"Files of the kind {job.kind} are no longer imported.")
    lease = free_lease(job.kind)
    if lease is None:
        return BUSY
    with lease:
        job.refresh_from_db()
        return execute_import(job, importer, lease) if job.is_active else NOTHING


def free_lease(kind: str) -> HeldLease | None:
    """Return the lease of a kind; None where it is held, at once: whoever holds it may have changed its row in a
    transaction that takes long."""
    name = f"{IMPORT_LEASE}{kind}"
    if not connection.features.has_select_for_update_skip_locked:
        return Lease.objects.acquire(name, LEASE)
    held = Lease.objects.filter(name=name)
    with transaction.atomic():
        if held.exists() and held.select_for_update(skip_locked=True).first() is None:
            return None
        return Lease.objects.acquire(name, LEASE)


def execute_import(job: FileImport, importer: Importer, lease: HeldLease) -> str:
    """Do what the job is at, and note how that ended. An error of ours goes on its way, noted."""
    work = Work(job, lease)
    try:
        return attempt(job, importer, lease, work)
    except PreviewChanged:
        return preview_again(job)
    except LeaseLost as error:
        # Whoever has the lease now goes on.
        return type(error).__name__
    except (OperationalError, InterfaceError) as error:
        # The database was away, or chose this transaction to end a deadlock.
        FileImport.objects.filter(pk=job.pk).update(resume_at=timezone.now() + PAUSE)
        return type(error).__name__
    except Exception as error:
        if isinstance(error, ImportCancelled):
            late = importer.is_resumable and work.position is not None
            return end(job, State.CANCELLED, CANCELLED_LATE if late else CANCELLED)
        said = end(job, State.FAILED, reason_of(error))
        if not isinstance(error, CannotImport | OSError):
            raise
        return said


def reason_of(error: Exception) -> str:
    """Return in a sentence why a file was not imported."""
    if isinstance(error, CannotImport):
        return str(error)
    if isinstance(error, OSError):
        words = f"The file cannot be read: {error.strerror or type(error).__name__}."
        return file_failure(error) or words
    return f"An error in Life Tracker: {type(error).__name__}."


def attempt(job: FileImport, importer: Importer, lease: HeldLease, work: Work) -> str:
    """Preview or import a file."""
    work.look()
    if not work.path.is_file():
        return end(job, State.FAILED, not_seen(importer))
    if job.attempts >= MOST_ATTEMPTS:
        return end(job, State.FAILED, given_up(importer))
    if not begin(job):
        return NOTHING
    if job.step == Step.PREVIEW:
        preview = importer.preview(work)
        work.look()
        return ask(job, lease, preview)
    return finish(job, importer, lease, work)


def begin(job: FileImport) -> bool:
    """Note that it is worked on; return False where it was cancelled meanwhile."""
    import_files.forget_progress(job.stored_as)
    begun = FileImport.objects.active().filter(pk=job.pk)
    values = {"started_at": timezone.now(), "resume_at": None, "attempts": job.attempts + 1}
    return begun.update(state=State.RUNNING, **values) == 1


def ask(job: FileImport, lease: HeldLease, preview: Preview) -> str:
    """Keep a preview until the person has confirmed it. Raises LeaseLost."""
    with transaction.atomic():
        lease.renew()
        FileImport.objects.filter(pk=job.pk, state=State.RUNNING).update(
            state=State.ASKS, preview=asdict(preview), previewed_at=timezone.now(), attempts=0
        )
    import_files.forget_progress(job.stored_as)
    return State.ASKS.value


def finish(job: FileImport, importer: Importer, lease: HeldLease, work: Work) -> str:
    """Import a file. Where that is one transaction, it is noted as done in the same one."""
    if importer.is_resumable:
        note_as_done(job, lease, importer.store(work, importer.read(work)))
    else:
        read = importer.read(work)
        with transaction.atomic():
            lease.renew()
            imported = importer.store(work, read)
            work.look()
            note_as_done(job, lease, imported)
    import_files.delete(job.stored_as)
    return State.DONE.value


def note_as_done(job: FileImport, lease: HeldLease, imported: Imported) -> None:
    """Raises LeaseLost."""
    with transaction.atomic():
        lease.renew()
        FileImport.objects.filter(pk=job.pk).update(
            state=State.DONE,
            result=imported.words,
            run=imported.run,
            leads_to=imported.leads_to,
            finished_at=timezone.now(),
            preview=None,
            position=None,
        )


def preview_again(job: FileImport) -> str:
    """Have a new preview made, because what is stored has changed since the last one."""
    FileImport.objects.filter(pk=job.pk).update(
        state=State.WAITING, step=Step.PREVIEW, result=CHANGED, attempts=0
    )
    return "previewed again"


def end(job: FileImport, state: str, result: str) -> str:
    """End an import that has not ended, delete its file, and return how it ended."""
    FileImport.objects.filter(pk=job.pk).end(state, result)
    import_files.delete(job.stored_as)
    return str(state)


# --- By the person --------------------------------------------------------------------------------


def cancel(job: FileImport) -> bool:
    """Cancel an import, and return whether it has ended by that: a worker that is at it ends it within seconds."""
    import_files.ask_to_cancel(job.stored_as)
    try:
        return cancel_at_once(job)
    except OperationalError:
        # SQLite lets nobody else write while a worker stores a file.
        return False


def cancel_at_once(job: FileImport) -> bool:
    """Cancel an import that no worker is at, and return whether it has ended."""
    left_alone = FileImport.objects.filter(pk=job.pk, state__in=(State.WAITING, State.ASKS))
    if left_alone.end(State.CANCELLED, CANCELLED):
        import_files.delete(job.stored_as)
        return True
    if not FileImport.objects.active().filter(pk=job.pk).exists():
        return True
    lease = free_lease(job.kind)
    if lease is None:
        return False
    with lease:
        # Its worker was killed.
        job.refresh_from_db()
        end(job, State.CANCELLED, CANCELLED_LATE if job.position else CANCELLED)
    return True


def confirm(job: FileImport) -> bool:
    """Let what was previewed be imported; return False where somebody did already."""
    asked = FileImport.objects.filter(pk=job.pk, state=State.ASKS)
    return asked.update(state=State.WAITING, step=Step.IMPORT, result="", enqueued_at=None) == 1
