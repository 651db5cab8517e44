"""Behaviours with an answer a day, and notes. A day without an answer is unknown, never "no"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, tzinfo
from typing import Any, NamedTuple, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q

from lifetracker.days import is_future, local_date, today
from lifetracker.models import MANUAL, SourceRecord, SourceRecordQuerySet, fields

#: No amount is higher, in whatever unit.
MOST_OF_AN_AMOUNT = 1_000_000
LOWEST, HIGHEST = 1, 5
YES, NO = 1.0, 0.0
MOST_TAGS, LONGEST_TAG = 20, 50
SAME_NAME = "There is already a behaviour with this name. Rename that one, or choose another name."
ANSWERED = "It has answers already, so that their {} cannot change. Add another behaviour instead."
MERGED = "It is merged with another behaviour, so that the {} cannot change. Take them apart first."
SAME_DAY = "There is already an answer for this day. Change that one."


def plain_name(text: str) -> str:
    """Return a name with single spaces, and none around it."""
    return " ".join(text.split())


def folded_name(text: str) -> str:
    """Return a name by which two that differ in capitals or spaces are the same."""
    return plain_name(text).casefold()


class BehaviourQuerySet(SourceRecordQuerySet):
    def own(self) -> Self:
        """Return the live ones that are no other wording of another, in the order of their owner."""
        return self.live().filter(merged_into=None).order_by("position", "pk")

    def with_wordings(self) -> Self:
        """Return the live ones, and the wordings whose answers count for one that is live."""
        return self.live().filter(Q(merged_into=None) | Q(merged_into__deleted_at=None))

    def counts_for(self) -> dict[int, int]:
        """Return by the id of each live behaviour that of the one which its answers count for: itself, or the one that it
        was merged into."""
        rows = self.with_wordings().values_list("pk", "merged_into")
        return {pk: merged_into or pk for pk, merged_into in rows}

    def asked(self) -> Self:
        """Return those that are still to be answered."""
        return self.own().filter(archived_at=None)


class Behaviour(SourceRecord):
    """A question that is answered once a day: with yes or no, with an amount, or with 1 to 5."""

    class Kind(models.TextChoices):
        YES_NO = "yes_no", "Yes or no"
        AMOUNT = "amount", "Amount"
        SCALE = "scale", "1 to 5"

    name = models.CharField(max_length=200, help_text="Such as: Alcohol.")
    folded_name = models.CharField(max_length=600, editable=False)
    kind = models.CharField("answer", max_length=6, choices=Kind, default=Kind.YES_NO)
    unit = models.CharField(
        max_length=40, blank=True, default="", help_text="Of an amount, such as cups."
    )
    position = fields.PositiveIntegerField(
        unit="", default=0, help_text="Its place among the others, from the top."
    )
    archived_at = models.DateTimeField("archived", null=True, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="wordings",
        help_text="The behaviour that its answers count for, because it is the same one in other words.",
    )

    objects = BehaviourQuerySet.as_manager()  # type: ignore[misc]  # as any model may

    #: Made from the name.
    no_values = frozenset({"folded_name"})

    class Meta(SourceRecord.Meta):
        ordering = ["position", "pk"]
        constraints = [
            *SourceRecord.Meta.constraints,
            models.UniqueConstraint(
                fields=["folded_name"],
                condition=Q(deleted_at__isnull=True),
                name="behaviour_named_once",
                violation_error_message=SAME_NAME,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @transaction.atomic
    def save(self, *args: Any, **options: Any) -> None:
        """Store it. Its wordings are deleted with it, and come back with it."""
        self.name = plain_name(self.name)
        self.folded_name = folded_name(self.name)
        stored = Behaviour.objects.filter(pk=self.pk).values_list("deleted_at", flat=True).first()
        super().save(*args, **options)
        if self.deleted_at and not stored:
            self.wordings.live().update(deleted_at=self.deleted_at, updated_at=self.updated_at)
        elif stored and not self.deleted_at:
            self.bring_wordings_back(stored)

    def bring_wordings_back(self, deleted_at: datetime) -> None:
        """Bring back what was deleted with it, without those whose name another one has by now."""
        taken = Behaviour.objects.live().values("folded_name")
        gone = self.wordings.filter(deleted_at=deleted_at).exclude(folded_name__in=taken)
        gone.update(deleted_at=None, updated_at=self.updated_at)

    def number_of_answers(self) -> int:
        """Return how many there are that go with it when it is deleted: also those in other wordings."""
        wordings = self.wordings.filter(deleted_at=self.deleted_at).values_list("pk", flat=True)
        return Answer.objects.live().filter(behaviour__in=[self.pk, *wordings]).count()

    def clean(self) -> None:
        """Raise ValidationError for a name that another one has, for a unit of what is no amount, and for another
        kind or unit than its answers have."""
        errors: dict[str, str] = {}
        same = Behaviour.objects.live().filter(folded_name=folded_name(self.name))
        if self.name and not plain_name(self.name):
            errors["name"] = "Enter a name."
        elif same.exclude(pk=self.pk).exists():
            errors["name"] = SAME_NAME
        if self.unit and self.kind != self.Kind.AMOUNT:
            errors["unit"] = "Only an amount has a unit. Leave it empty."
        errors |= self._refusals_of_change()
        if errors:
            raise ValidationError(errors)

    def _refusals_of_change(self) -> dict[str, str]:
        """Return by field why what is stored cannot be changed: what is answered, or merged, keeps its meaning."""
        stored = Behaviour.objects.filter(pk=self.pk).only("kind", "unit").first()
        changed = [
            name
            for name in ("kind", "unit")
            if stored and getattr(stored, name) != getattr(self, name)
        ]
        if not changed:
            return {}
        wordings = Behaviour.objects.filter(merged_into=self.pk)
        if Answer.objects.filter(Q(behaviour=self.pk) | Q(behaviour__in=wordings)).exists():
            return {name: ANSWERED.format(name) for name in changed}
        if self.merged_into_id or wordings.exists():
            return {name: MERGED.format(name) for name in changed}
        return {}

    def refusal_of(self, value: float) -> str:
        """Return why a value cannot be an answer to it; "" if it can."""
        if self.kind == self.Kind.YES_NO and value not in {YES, NO}:
            return "Enter 1 for yes or 0 for no."
        if self.kind == self.Kind.SCALE and value not in range(LOWEST, HIGHEST + 1):
            return f"Enter a whole number from {LOWEST} to {HIGHEST}."
        return ""


class AnswerOfDay(NamedTuple):
    """What counts of a day. `is_typed_in`: whether its owner gave it here, so that a tap can take it back."""

    pk: int
    value: float
    note: str
    is_typed_in: bool


def counting(before: AnswerOfDay | None, answer: AnswerOfDay) -> AnswerOfDay:
    """Return which answer of a day counts: of two, one that was typed in, else the newer, which comes second."""
    if before is None or answer.is_typed_in or not before.is_typed_in:
        return answer
    return before


class AnswerQuerySet(SourceRecordQuerySet):
    def of(self, wordings: Iterable[int]) -> Self:
        """Return the live ones to a behaviour whose wordings have these ids. What two sources or wordings say of one day are
        both among them."""
        return self.live().filter(behaviour__in=list(wordings))

    def counted(self, wordings: Iterable[int]) -> Self:
        """Return the one of each day that counts, by the same rule as `by_day`."""
        others = self.model._default_manager.all().of(wordings).filter(date=OuterRef("date"))
        later = others.filter(pk__gt=OuterRef("pk"))
        is_typed_in = Q(source=MANUAL)
        is_newest_typed_in = is_typed_in & ~Exists(later.filter(is_typed_in))
        is_newest_imported = ~is_typed_in & ~Exists(others.filter(is_typed_in)) & ~Exists(later)
        return self.of(wordings).filter(is_newest_typed_in | is_newest_imported)

    def by_day(
        self, counts_for: Mapping[int, int], first: date, last: date
    ) -> dict[int, dict[date, AnswerOfDay]]:
        """Return what counts of each day, by behaviour, by one statement. What was typed in counts before what was imported,
        and the newest of either before an older one. `counts_for`: what `BehaviourQuerySet.counts_for` returns, or a part."""
        rows = self.of(counts_for).filter(date__range=(first, last)).order_by("pk")
        found: dict[int, dict[date, AnswerOfDay]] = {}
        for behaviour, day, source, pk, value, note in rows.values_list(
            "behaviour", "date", "source", "pk", "value", "note"
        ):
            days = found.setdefault(counts_for[behaviour], {})
            days[day] = counting(days.get(day), AnswerOfDay(pk, value, note, source == MANUAL))
        return found


class Answer(SourceRecord):
    """What the answer to a behaviour was on one day. Yes is 1 and no is 0."""

    behaviour = models.ForeignKey(Behaviour, on_delete=models.CASCADE, related_name="answers")
    date = models.DateField("day", help_text="The day that the answer is about.")
    value = fields.FloatField(
        unit="",
        typed_in=(0, MOST_OF_AN_AMOUNT),
        help_text="1 for yes and 0 for no, the amount, or 1 to 5.",
    )
    note = models.TextField(blank=True, default="", max_length=10_000)

    objects = AnswerQuerySet.as_manager()  # type: ignore[misc]  # as any model may

    class Meta(SourceRecord.Meta):
        ordering = ["-date", "-pk"]
        indexes = [
            models.Index(fields=["-date", "-id"], name="answer_newest"),
            # For the days of one behaviour.
            models.Index(
                fields=["behaviour", "date"],
                condition=Q(deleted_at__isnull=True),
                name="answer_of_behaviour",
            ),
        ]
        constraints = [
            *SourceRecord.Meta.constraints,
            models.UniqueConstraint(
                fields=["behaviour", "date", "source"],
                condition=Q(deleted_at__isnull=True),
                name="answered_once_a_day",
                violation_error_message=SAME_DAY,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.behaviour} on {self.date}"

    def clean(self) -> None:
        """Raise ValidationError for a day that has not come, and for what is no answer to its behaviour."""
        errors: dict[str, str] = {}
        if self.date and self.date > today():
            errors["date"] = "The day must not be in the future."
        is_given = self.behaviour_id and self.value is not None
        if is_given and (reason := self.behaviour.refusal_of(self.value)):
            errors["value"] = reason
        if errors:
            raise ValidationError(errors)


class NoteQuerySet(SourceRecordQuerySet):
    def move_days(self, zone: tzinfo, before: tzinfo | None) -> None:
        self.filter(utc_offset_min=None).date_by(F("written_at"), zone)


def plain_tags(stored: object) -> list[str]:
    """Return tags without `#` and spaces around them, each once. Raises ValidationError for what is no list of words."""
    if not isinstance(stored, list) or not all(isinstance(one, str) for one in stored):
        raise ValidationError({"tags": 'Enter tags as a list of words, such as ["travel"].'})
    found: dict[str, str] = {}
    for one in stored:
        if tag := plain_name(one).lstrip("# "):
            found.setdefault(folded_name(tag), tag)
    if len(found) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in found):
        text = f"Enter at most {MOST_TAGS} tags, each of at most {LONGEST_TAG} characters."
        raise ValidationError({"tags": text})
    return list(found.values())


class Note(SourceRecord):
    """Something that was written down at a moment. It belongs to the local date of its time."""

    date = models.DateField(db_index=True, editable=False, help_text="The local date of its time.")
    written_at = models.DateTimeField("time")
    text = models.TextField(max_length=50_000)
    tags = models.JSONField(
        default=list, blank=True, help_text='Words to find it by, such as ["travel", "family"].'
    )
    utc_offset_min = fields.utc_offset(
        "Such as 120 for UTC+2. Leave empty for your usual time zone."
    )

    moments = ("written_at",)

    objects = NoteQuerySet.as_manager()  # type: ignore[misc]  # as any model may

    class Meta(SourceRecord.Meta):
        ordering = ["-written_at"]
        indexes = [models.Index(fields=["-written_at"], name="note_newest")]

    def __str__(self) -> str:
        return f"Note of {self.date}"

    def save(self, *args: Any, **options: Any) -> None:
        self.date = local_date(self.written_at, self.utc_offset_min)
        super().save(*args, **options)

    def clean(self) -> None:
        """Raise ValidationError for a moment that has not come, and for tags that are no words."""
        self.tags = plain_tags(self.tags)
        if self.written_at and is_future(self.written_at):
            raise ValidationError({"written_at": "The time must not be in the future."})
