"""A file that was read and previewed, and waits for its owner's confirmation."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

#: How long a preview can be confirmed.
PREVIEW_KEPT = timedelta(days=1)
LONGEST_NAME = 100


class PreviewedFileQuerySet(models.QuerySet[Any]):
    def of(self, user: Any) -> Any:
        """Return what an account has previewed and not imported yet, if it was a short while ago; else None."""
        since = timezone.now() - PREVIEW_KEPT
        return self.filter(user=user, created_at__gte=since).first()

    def keep(self, user: Any, file_name: str, **values: Any) -> Any:
        """Keep a preview in the place of the one before."""
        values |= {"file_name": file_name[:LONGEST_NAME], "created_at": timezone.now()}
        kept, _ = self.update_or_create(user=user, defaults=values)
        return kept

    def outdated(self, now: datetime) -> Self:
        """Return those that nobody has confirmed in time."""
        return self.filter(created_at__lt=now - PREVIEW_KEPT)


class PreviewedFile(models.Model):
    """In the database, because the next request may come to another process; only what was read of the file, never the
    file itself."""

    not_exported = "a file that is about to be imported"
    not_backed_up = "a preview, good for a day; the file can be chosen again"

    #: Each account has one at a time.
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    file_name = models.CharField(max_length=LONGEST_NAME)
    #: What was read as text, which is imported exactly as it was previewed.
    export = models.TextField()
    #: How it was read, such as in which zone.
    options = models.JSONField()
    #: What it would do, as the page shows it.
    preview = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)

    objects = PreviewedFileQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"import of {self.file_name}"

    @property
    def token(self) -> str:
        """Return by what a page that shows this file knows it again, when another one has taken its place."""
        return hashlib.sha256(self.export.encode()).hexdigest()
