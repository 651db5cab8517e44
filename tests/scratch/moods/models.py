from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from lifetracker.days import today
from lifetracker.models import SourceRecord, fields


class Mood(SourceRecord):
    """How a day felt."""

    date = models.DateField()
    score = fields.PositiveSmallIntegerField(
        unit="points", validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    walk_km = fields.FloatField("walk", unit="km", null=True, blank=True)

    class Meta(SourceRecord.Meta):
        ordering = ["-date"]
        constraints = [
            *SourceRecord.Meta.constraints,
            models.UniqueConstraint(fields=["source", "date"], name="mood_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.score} on {self.date}"

    def clean(self) -> None:
        if self.date and self.date > today():
            raise ValidationError({"date": "This day must not be in the future."})
