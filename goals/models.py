"""Goals: a metric, a rule and a line. What comes of them is computed (`progress.py`), never typed."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q

from goals.plan import Direction, Kind, Per, Rule, Span, merged
from goals.validation import FIXED, ROLLING, Wish, problems_of, unit_of
from goals.weekdays import check_weekdays
from lifetracker.days import today
from lifetracker.metrics.registry import find_metric
from lifetracker.models import DayMark, fields
from lifetracker.models.conflicts import ConstraintsInWords
from lifetracker.models.kept import DeletableQuerySet, KeepsRevisions

# So long an easier goal waits, so that nobody eases it on a bad day.
EASING = timedelta(days=7)
#: No metric has such numbers.
TYPED_IN = (-1_000_000_000, 1_000_000_000)
#: The fields that hold an amount of the metric.
AMOUNTS = ("target", "day_at_least", "day_at_most", "start_value")
ANOTHER_GOAL = "This cannot be changed later. Create another goal instead."
ENDS_EARLY = "The end must not be before the start."


class Goal(ConstraintsInWords, KeepsRevisions):
    """What its owner wants a metric to come to: a value by a date, or a total, a mean or a count of days in each
    day, week, month or rolling window."""

    exported = True

    name = models.CharField(max_length=100)
    metric = models.CharField(
        max_length=100, help_text="The key of a metric, such as time.hours or weight.trend."
    )
    kind = models.CharField(
        max_length=5,
        choices=Kind,
    )
    per = models.CharField(
        "period",
        max_length=7,
        blank=True,
        choices=Per,
        help_text="What the total, the mean or the count is of. Empty for a value to reach.",
    )
    rolling_days = fields.PositiveSmallIntegerField(
        "length of the rolling window",
        unit="days",
        null=True,
        blank=True,
        validators=[MinValueValidator(ROLLING[0]), MaxValueValidator(ROLLING[1])],
    )
    weekdays = models.CharField(
        "days of the week",
        max_length=7,
        blank=True,
        default="",
        validators=[check_weekdays],
        help_text="Of a goal for each day: on which it asks for something, from 1 for Monday, such as 12345. Empty: all.",
    )
    direction = models.CharField(
        max_length=8,
        choices=Direction,
        default=Direction.AT_LEAST,
    )
    target = fields.FloatField(
        unit="", typed_in=TYPED_IN, help_text="In the unit of the metric, or in days."
    )
    unit = models.CharField(
        max_length=40,
        blank=True,
        default="",
        help_text="The unit of the target. If you give one, it must be that of the metric.",
    )
    day_at_least = fields.FloatField(
        "a day counts from",
        unit="",
        typed_in=TYPED_IN,
        null=True,
        blank=True,
        help_text="For a count of days: the lowest value of a day that counts.",
    )
    day_at_most = fields.FloatField(
        "a day counts up to",
        unit="",
        typed_in=TYPED_IN,
        null=True,
        blank=True,
        help_text="For a count of days: the highest value of a day that counts.",
    )
    start = models.DateField(default=today)
    start_value = fields.FloatField(
        "value at the start",
        unit="",
        typed_in=TYPED_IN,
        null=True,
        blank=True,
        help_text="For a value to reach: where the line begins. Empty: the value of the metric on that day.",
    )
    end = models.DateField(
        null=True,
        blank=True,
        help_text="The last day. Empty: the goal has no end.",
    )
    notes = models.TextField(blank=True, default="", max_length=10_000)
    created_at = models.DateTimeField("added", auto_now_add=True)
    updated_at = models.DateTimeField("last changed", auto_now=True)
    deleted_at = models.DateTimeField(
        "deleted", null=True, blank=True, editable=False, help_text="When you deleted the goal."
    )

    objects = DeletableQuerySet.as_manager()

    #: What the database held of it when it was read.
    _stored: Mapping[str, Any] = {}

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__gte=F("start")),
                name="goal_ends_after_start",
                violation_error_message=ENDS_EARLY,
            )
        ]

    def __str__(self) -> str:
        return self.name

    @transaction.atomic
    def save(self, *args: Any, **options: Any) -> None:
        """Store the goal and, where it asks for something else than before, a line. An easier one begins in seven
        days, any other at once."""
        self.unit = self._unit()
        super().save(*args, **options)
        rules = self.rules()
        wanted = self.rule(self.start if not rules else today())
        if not rules or wanted._replace(begins=rules[-1].begins) != rules[-1]:
            begins = first_day(Kind(self.kind), Direction(self.direction), rules, wanted)
            self.lines.create(**wanted._replace(begins=begins)._asdict())

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any
    ) -> Self:
        goal = super().from_db(db, field_names, values, **options)
        goal._stored = dict(zip(field_names, values, strict=True))
        return goal

    def full_clean(self, *args: Any, **options: Any) -> None:
        """Raise ValidationError with what speaks against the goal: of an amount one text, that of its metric first."""
        try:
            super().full_clean(*args, **options)
        except ValidationError as error:
            raise ValidationError(
                {
                    name: found[-1:] if name in AMOUNTS else found
                    for name, found in error.error_dict.items()
                }
            ) from None

    def clean(self) -> None:
        """Raise ValidationError with what speaks against the goal, by field."""
        if not self.metric or self.target is None or self.start is None:
            # A form says so itself, and asks about the rest all the same.
            return
        found: dict[str, list[str]] = {}
        for name, text in problems_of(Wish(*(getattr(self, one) for one in Wish._fields))):
            # What is fixed, such as the metric of a project that is gone, is no reason to refuse another name.
            if name not in FIXED or name not in self._stored:
                found.setdefault(name, []).append(text)
        for name in FIXED:
            if name in self._stored and getattr(self, name) != self._stored[name]:
                found[name] = [ANOTHER_GOAL]
        if found:
            raise ValidationError(found)

    def _unit(self) -> str:
        metric = find_metric(self.metric)
        return unit_of(self.kind, metric) if metric else self.unit

    def rule(self, begins: date) -> Rule:
        """Return what the goal asks for as it was last changed."""
        return Rule(begins, self.target, self.end, self.day_at_least, self.day_at_most)

    def rules(self) -> tuple[Rule, ...]:
        """Return what it has asked for, in the order in which that was said."""
        return tuple(Rule(*line) for line in self.lines.order_by("pk").values_list(*Rule._fields))


class GoalLineQuerySet(models.QuerySet["GoalLine"]):
    def by_goal(self) -> dict[Goal, tuple[Rule, ...]]:
        """Return the goals that are not deleted with what each has asked for, by one statement."""
        return self.filter(goal__deleted_at__isnull=True).by_any_goal()

    def by_any_goal(self) -> dict[Goal, tuple[Rule, ...]]:
        """Return the same of all goals, also of deleted ones."""
        found: dict[Goal, list[Rule]] = {}
        for line in self.select_related("goal").order_by("pk"):
            rule = Rule(*(getattr(line, name) for name in Rule._fields))
            found.setdefault(line.goal, []).append(rule)
        return {goal: tuple(rules) for goal, rules in found.items()}


class GoalLine(models.Model):
    """What a goal asked for from a day on. Lines are kept: of those that have begun, the newest one holds."""

    exported = True

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="lines")
    begins = models.DateField(help_text="The first day on which it holds.")
    target = fields.FloatField(unit="")
    end = models.DateField(null=True)
    day_at_least = fields.FloatField("a day counts from", unit="", null=True)
    day_at_most = fields.FloatField("a day counts up to", unit="", null=True)
    created_at = models.DateTimeField("added", auto_now_add=True)

    objects = GoalLineQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = "line of a goal"
        verbose_name_plural = "lines of goals"

    def __str__(self) -> str:
        return f"{self.target:g} from {self.begins}"


class FreePeriodQuerySet(DeletableQuerySet[Any]):
    def spans_of(self, wanted: Mapping[int, Span]) -> dict[int, tuple[Span, ...]]:
        """Return which days of their spans are free for goals, by two statements at most."""
        if not wanted:
            return {}
        first, last = (
            min(one.first for one in wanted.values()),
            max(one.last for one in wanted.values()),
        )
        touching = self.live().filter(
            Q(goal__in=list(wanted)) | Q(goal__isnull=True),
            Q(end__gte=first) | Q(end__isnull=True),
            start__lte=last,
        )
        found = list(touching.order_by().values_list("goal", "mark", "start", "end"))
        marked = marked_days(
            [(mark, Span(start, end or last)) for _, mark, start, end in found if mark]
        )
        return {
            pk: merged(
                part
                for goal, mark, start, end in found
                if goal in {None, pk}
                for part in parts_of(mark, span & Span(start, end or span.last), marked)
            )
            for pk, span in wanted.items()
        }


def parts_of(mark: str, span: Span, marked: Mapping[str, list[date]]) -> list[Span]:
    """Return the free days of a span: all of them, or those that have a mark."""
    if not mark:
        return [span]
    return [Span(day, day) for day in marked.get(mark, []) if span.first <= day <= span.last]


def marked_days(parts: list[tuple[str, Span]]) -> dict[str, list[date]]:
    """Return the days of spans that have a confirmed mark of the kind, by kind."""
    if not parts:
        return {}
    wanted = Q()
    for kind, span in parts:
        wanted |= Q(kind=kind, date__range=(span.first, span.last))
    found: dict[str, list[date]] = {}
    rows = DayMark.objects.confirmed().filter(wanted).order_by().values_list("kind", "date")
    for kind, day in rows:
        found.setdefault(kind, []).append(day)
    return found


class FreePeriod(ConstraintsInWords, KeepsRevisions):
    """Days on which a goal asks for nothing: all from a start to an end, or those of them that are marked, such as
    days of illness."""

    exported = True

    goal = models.ForeignKey(
        Goal,
        on_delete=models.CASCADE,
        related_name="free_periods",
        null=True,
        blank=True,
        help_text="Empty: all goals.",
    )
    start = models.DateField()
    end = models.DateField(
        null=True,
        blank=True,
        help_text="The last free day. Only marked days need no end.",
    )
    mark = models.CharField(
        max_length=7,
        blank=True,
        default="",
        choices=DayMark.Kind,
        help_text="If given, only the days with a confirmed mark of this kind are free.",
    )
    note = models.TextField(blank=True, default="", max_length=10_000)
    created_at = models.DateTimeField("added", auto_now_add=True)
    updated_at = models.DateTimeField("last changed", auto_now=True)
    deleted_at = models.DateTimeField(
        "deleted", null=True, blank=True, editable=False, help_text="When you deleted it."
    )

    objects = FreePeriodQuerySet.as_manager()

    class Meta:
        ordering = ["-start", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__gte=F("start")),
                name="free_period_ends_after_start",
                violation_error_message=ENDS_EARLY,
            )
        ]

    def __str__(self) -> str:
        days = f"{self.start} to {self.end or 'open'}"
        return f"{days} ({self.mark})" if self.mark else days

    def clean(self) -> None:
        if self.end is None and not self.mark:
            raise ValidationError({"end": "Enter the last free day."})


# --- When a change begins -------------------------------------------------------------------------


def is_easier(kind: Kind, direction: Direction, new: Rule, old: Rule) -> bool:
    """Return whether a rule asks for less than another one in any respect."""
    if direction.sign * (new.target - old.target) < 0:
        return True
    if admits_more(new, old) if direction is Direction.AT_LEAST else admits_more(old, new):
        return True
    new_end, old_end = new.end or date.max, old.end or date.max
    return new_end > old_end if kind is Kind.REACH else new_end < old_end


def admits_more(one: Rule, other: Rule) -> bool:
    """Return whether days count by a rule that do not count by another one."""
    lows, highs = (
        [fallback if value is None else value for value in values]
        for fallback, values in (
            (-math.inf, (one.day_at_least, other.day_at_least)),
            (math.inf, (one.day_at_most, other.day_at_most)),
        )
    )
    return lows[0] < lows[1] or highs[0] > highs[1]


def first_day(kind: Kind, direction: Direction, rules: tuple[Rule, ...], wanted: Rule) -> date:
    """Return the day on which a changed goal begins: the first one on which it is not easier than what holds then,
    at the latest in seven days. `wanted` begins today, or with a goal that is new."""
    if not rules:
        return wanted.begins
    present = wanted.begins
    for day in (present, *sorted(rule.begins for rule in rules if rule.begins > present)):
        holds = next((rule for rule in reversed(rules) if rule.begins <= day), rules[0])
        if day < present + EASING and not is_easier(kind, direction, wanted, holds):
            return day
    return present + EASING
