"""Files that are too large to be imported while a browser waits: what a worker does with each, and how far it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Concat
from django.utils import timezone

from lifetracker.models.leases import Lease, has_come
from lifetracker.models.pending_imports import LONGEST_NAME, PREVIEW_KEPT
from lifetracker.models.runs import SyncRun

#: The lease of the imports of a kind is this and the kind: of each kind one file at a time is worked on.
IMPORT_LEASE = "file-import:"
# A message that nobody has followed for so long is sent again.
RESEND = timedelta(minutes=2)
#: So long an ended import is listed, and a file waits for a worker.
ENDED_KEPT = timedelta(days=90)
WAITED_ENOUGH = timedelta(days=7)


class FileImportQuerySet(models.QuerySet["FileImport"]):
    def active(self) -> Self:
        """Return those that wait for a worker or are worked on."""
        return self.filter(state__in=FileImport.ACTIVE)

    def unfinished(self) -> Self:
        """Return those whose file is still needed."""
        return self.filter(state__in=FileImport.UNFINISHED)

    def newest_of(self, user: Any, kind: str) -> FileImport | None:
        """Return what an account imported last of a kind, or is importing."""
        return self.filter(user=user, kind=kind).order_by("-pk").first()

    def stalled(self, now: datetime) -> Self:
        """Return those that nobody is at, and that no message of the last minutes speaks of."""
        held = Lease.objects.filter(name=Concat(Value(IMPORT_LEASE), OuterRef("kind")))
        alive = Q(state=FileImport.State.RUNNING) & Exists(held.filter(expires_at__gt=now))
        told = Q(enqueued_at__range=(now - RESEND, now + RESEND))
        return self.active().exclude(alive).exclude(told).filter(has_come("resume_at", now))

    def forgotten(self, now: datetime) -> Self:
        """Return those that nobody has confirmed in time, and those that no worker has taken."""
        unconfirmed = Q(state=FileImport.State.ASKS, previewed_at__lt=now - PREVIEW_KEPT)
        untaken = Q(state=FileImport.State.WAITING, created_at__lt=now - WAITED_ENOUGH)
        return self.filter(unconfirmed | untaken)

    def end(self, state: str, result: str) -> int:
        """End those that are unfinished, and return how many they are."""
        return self.unfinished().update(state=state, result=result, finished_at=timezone.now())


class FileImport(models.Model):
    """One file in `IMPORTS_DIR`. Nothing of what is in it stands here but its preview."""

    not_exported = "how far a file was imported"
    not_backed_up = "a file that is about to be imported, which no backup holds"

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        #: It was previewed, and waits for the person.
        ASKS = "asks", "to be confirmed"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    class Step(models.TextChoices):
        PREVIEW = "preview"
        IMPORT = "import"

    ACTIVE = (State.WAITING, State.RUNNING)
    UNFINISHED = (*ACTIVE, State.ASKS)

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="account"
    )
    #: The key of its importer.
    kind = models.CharField(max_length=40)
    file_name = models.CharField("file", max_length=LONGEST_NAME)
    #: What it is called in `IMPORTS_DIR`.
    stored_as = models.CharField(max_length=40, unique=True)
    size = models.PositiveBigIntegerField("bytes")
    #: What the person chose on the form.
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    step = models.CharField(max_length=8, choices=Step, default=Step.PREVIEW)
    progress_done = models.PositiveBigIntegerField(default=0)
    progress_total = models.PositiveBigIntegerField(null=True, blank=True)
    #: Where a resumable import goes on; what the importer wrote down with its last batch.
    position = models.JSONField(null=True, blank=True)
    #: What it would do, as the page shows it.
    preview = models.JSONField(null=True, blank=True)
    result = models.TextField("message", blank=True)
    #: The page that shows what was imported.
    leads_to = models.CharField(max_length=200, blank=True)
    run = models.ForeignKey(
        SyncRun, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # How often it was taken up without getting any further.
    attempts = models.PositiveSmallIntegerField(default=0)
    # When a message about it was last given to the queue, and before when it must not go on.
    enqueued_at = models.DateTimeField(null=True, blank=True)
    resume_at = models.DateTimeField("continues", null=True, blank=True)
    created_at = models.DateTimeField("uploaded", default=timezone.now)
    started_at = models.DateTimeField("started", null=True, blank=True)
    previewed_at = models.DateTimeField("previewed", null=True, blank=True)
    finished_at = models.DateTimeField("finished", null=True, blank=True)

    objects = FileImportQuerySet.as_manager()

    class Meta:
        verbose_name = "large file import"
        verbose_name_plural = "large file imports"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["user", "kind"], name="file_import_of_kind")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"],
                condition=Q(state__in=("waiting", "running", "asks")),
                name="file_import_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(progress_total__isnull=True)
                | Q(progress_done__lte=F("progress_total")),
                name="file_import_progress_in_bounds",
            ),
        ]

    def __str__(self) -> str:
        return f"import of {self.file_name}"

    @property
    def is_active(self) -> bool:
        return self.state in self.ACTIVE

    @property
    def asks(self) -> bool:
        """Return whether its preview can be confirmed."""
        since = timezone.now() - PREVIEW_KEPT
        is_recent = self.previewed_at is not None and self.previewed_at > since
        return self.state == self.State.ASKS and is_recent
