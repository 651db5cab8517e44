"""What SOMNA knows of nights and naps."""

from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models

from lifetracker.models import SourceRecord
from lifetracker.models.fields import FloatField, PositiveSmallIntegerField


class SomnaDay(SourceRecord):
    """SOMNA's score of a day, 0 to 100."""

    date = models.DateField(db_index=True)
    score = PositiveSmallIntegerField(
        unit="", null=True, blank=True, validators=[MaxValueValidator(100)]
    )

    class Meta(SourceRecord.Meta):
        ordering: ClassVar = ["-date"]
        verbose_name = "SOMNA day"


class SomnaNap(SourceRecord):
    start = models.DateTimeField(db_index=True)
    date = models.DateField(db_index=True)
    minutes = FloatField(unit="min")

    moments = ("start",)

    class Meta(SourceRecord.Meta):
        ordering: ClassVar = ["-start"]
        verbose_name = "SOMNA nap"
