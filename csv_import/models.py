"""How files are read: kept by their header, and offered when a file with the same columns comes again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from csv_import.choices import Choices, fitted, header_key
from lifetracker.models.pending_imports import LONGEST_NAME, PreviewedFile


class KeptMappingQuerySet(models.QuerySet[Any]):
    def live(self) -> Self:
        return self.filter(deleted_at__isnull=True)

    def of(self, header: Sequence[str]) -> Any:
        """Return what was kept for files with these columns; None where nothing was."""
        return self.live().filter(header_key=header_key(header)).first()

    def keep(self, name: str, header: Sequence[str], choices: Choices) -> Any:
        """Keep choices in the place of those that were kept before for these columns."""
        kept, _ = self.live().update_or_create(
            header_key=header_key(header),
            defaults={
                "name": name[:LONGEST_NAME],
                "header": list(header),
                "choices": choices.to_json(),
                "used_at": timezone.now(),
            },
        )
        return kept


class KeptMapping(models.Model):
    """What was chosen of a file: which column is what."""

    exported = True

    header_key = models.CharField(max_length=64, editable=False)
    name = models.CharField(max_length=LONGEST_NAME, help_text="The file that was imported last.")
    header = models.JSONField(help_text="The names of its columns.")
    choices = models.JSONField(help_text="Which column is what, and how cells are read.")
    used_at = models.DateTimeField("last used", default=timezone.now)
    deleted_at = models.DateTimeField("deleted", null=True, blank=True, editable=False)

    objects = KeptMappingQuerySet.as_manager()

    class Meta:
        ordering = ["-used_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["header_key"],
                condition=Q(deleted_at__isnull=True),
                name="one_mapping_for_a_header",
            )
        ]

    def __str__(self) -> str:
        return f"mapping of {self.name}"

    def choices_for(self, header: Sequence[str]) -> Choices:
        return fitted(Choices.from_json(self.choices), header)


class PendingCsv(PreviewedFile):
    """A file whose columns are being chosen, or that waits for its owner's confirmation. `options` are the choices, and
    `preview` what it would do; both are empty before the columns are chosen."""
