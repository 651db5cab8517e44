"""Imports of files: how far one of foods has come, and a diary that waits to be confirmed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from lifetracker.models import fields
from lifetracker.models.pending_imports import PreviewedFile

#: The apps whose diaries are imported from files.
DIARIES = ("MyFitnessPal", "Cronometer", "MacroFactor", "LoseIt")


class FoodImport(models.Model):
    """How far the import of an export of Open Food Facts has come. Stored together with the foods of each batch, so that the
    next attempt goes on from there."""

    not_exported = "how far a file of foods was imported"
    not_backed_up = "how far a file was imported whose foods no backup holds"

    file_name = models.CharField(max_length=200)
    #: A digest of the beginning of the file, by which it is known again.
    head = models.CharField(max_length=64)
    #: Which products were wanted.
    filters = models.CharField(max_length=200)
    #: The header of a CSV.
    first_line = models.TextField(default="")
    #: So many lines, and so many bytes of the unpacked file, are imported; and the checksum of these bytes.
    line = fields.PositiveBigIntegerField(unit="", default=0)
    end = fields.PositiveBigIntegerField(unit="bytes", default=0)
    checksum = fields.PositiveBigIntegerField(unit="", default=0)
    #: What became of the lines, by word.
    counts = models.JSONField(default=dict)
    begun_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["head", "filters"],
                condition=Q(finished_at=None),
                name="one_import_of_a_file",
            )
        ]

    def __str__(self) -> str:
        return f"import of {self.file_name}"


class PendingDiary(PreviewedFile):
    """The diary of another app that was read and previewed, and is imported once it is confirmed."""
