"""The one intention for a week. Without an answer nobody knows whether it was kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from lifetracker.days import FIRST_DAY, LAST_DAY, OUT_OF_RANGE, monday_of, today
from lifetracker.models import SourceRecord

ONE_WEEK = timedelta(weeks=1)
LONGEST = 300
LATER = "Choose this week, the next one or an earlier one."
SAME_WEEK = "There is already an intention for this week. Change that one."


def is_visible(text: str) -> bool:
    """Return whether anything of a text can be seen: spaces of no width cannot."""
    return any(sign.isprintable() and not sign.isspace() for sign in text)


class Intention(SourceRecord):
    """What its owner wants to do in one week."""

    class Kept(models.TextChoices):
        YES = "yes", "kept"
        PARTLY = "partly", "partly kept"
        NO = "no", "not kept"

    date = models.DateField("week", help_text="The Monday of the week that it is for.")
    text = models.CharField(
        "intention",
        max_length=LONGEST,
        help_text="Something that you can tell in a week whether you did it.",
    )
    kept = models.CharField(
        "was it kept",
        max_length=6,
        choices=Kept,
        blank=True,
        default="",
        help_text="Empty while that is not answered.",
    )
    note = models.TextField(blank=True, default="", max_length=10_000)

    class Meta(SourceRecord.Meta):
        ordering = ["-date"]
        constraints = [
            *SourceRecord.Meta.constraints,
            models.UniqueConstraint(
                fields=["date"],
                condition=Q(deleted_at__isnull=True),
                name="one_intention_a_week",
                violation_error_message=SAME_WEEK,
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def save(self, *args: Any, **options: Any) -> None:
        self.text = " ".join(self.text.split())
        super().save(*args, **options)

    def clean(self) -> None:
        """Raise ValidationError for a day that no week begins with, for a week too far ahead or that has another one, and
        for an answer before its week has begun."""
        errors: dict[str, str] = {}
        if self.text and not is_visible(self.text):
            errors["text"] = "Enter what you want to do."
        if self.date and (reason := self._refusal_of_week()):
            errors["date"] = reason
        elif self.date and self.kept and self.date > today():
            errors["kept"] = "This week has not begun, so that nothing was kept in it."
        if errors:
            raise ValidationError(errors)

    def _refusal_of_week(self) -> str:
        if not FIRST_DAY <= self.date <= LAST_DAY:
            return OUT_OF_RANGE
        monday, now = monday_of(self.date), monday_of(today())
        if self.date != monday:
            return f"A week begins on a Monday. Enter {monday}."
        if monday > now + ONE_WEEK:
            return LATER
        others = Intention.objects.live().filter(date=monday).exclude(pk=self.pk)
        return SAME_WEEK if not self.deleted_at and others.exists() else ""
