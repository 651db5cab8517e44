"""Experiments of one person: what is tried, what it is compared with, on which days, and what came of it."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction

from experiments.design import (
    FEWEST_PAIRS,
    LONGEST_BLOCK,
    MOST_PAIRS,
    SHORTEST_BLOCK,
    Arm,
    Design,
    arms_by_day,
)
from experiments.rules import Span
from experiments.validation import FIXED, Wish, days_later, problems_of
from lifetracker.days import local_date, today
from lifetracker.metrics.registry import counted_key, find_metric
from lifetracker.models import fields
from lifetracker.models.conflicts import ConstraintsInWords
from lifetracker.models.kept import DeletableQuerySet, KeepsRevisions

#: No metric has such numbers.
TYPED_IN = (-1_000_000_000, 1_000_000_000)
HAS_BEGUN = "The experiment has begun, so that this stays as it is. Stop it and plan another one."
DELETED_WHILE_IT_RAN = "It was deleted while it ran."
#: So far ahead an experiment may be set to begin.
FARTHEST_START = timedelta(days=60)
NEXT_MORNING = 1


class State(models.TextChoices):
    PLANNED = "planned", "planned"
    RUNNING = "running", "running"
    ENDED = "ended", "ended"
    STOPPED = "stopped", "stopped"


class Wanted(models.TextChoices):
    """What its owner would be glad of."""

    HIGHER = "higher", "higher values"
    LOWER = "lower", "lower values"


class ExperimentQuerySet(DeletableQuerySet["Experiment"]):
    def running(self) -> Self:
        """Return those that were begun and have no result yet, also those that begin on a day to come."""
        return self.live().filter(state=State.RUNNING)

    @transaction.atomic
    def restore(self) -> int:
        """Bring deleted ones back. What ran when it was deleted comes back as stopped: its outcome could be seen meanwhile. Only
        where all of its days were over by then, there was nothing left to stop for."""
        for one in self.filter(deleted_at__isnull=False, state=State.RUNNING).select_for_update():
            if one.comes_back_stopped:
                one.state, one.stopped_on = State.STOPPED, one.deleted_on
                one.stop_reason = DELETED_WHILE_IT_RAN
                one.save(update_fields=["state", "stopped_on", "stop_reason", "updated_at"])
        return super().restore()


def new_seed() -> int:
    """Return the seed of the coin, which nobody chooses."""
    return secrets.randbelow(2**31)


def optional_number(name: str, help_text: str) -> fields.FloatField[float | None, float | None]:
    return fields.FloatField(
        name, unit="", typed_in=TYPED_IN, null=True, blank=True, help_text=help_text
    )


class Experiment(ConstraintsInWords, KeepsRevisions):
    """Something that its owner tries on some days and leaves on others, as a coin says, to see what it does to a
    metric."""

    exported = True

    #: What the program reckons, and the coin.
    no_values: ClassVar[frozenset[str]] = frozenset({"seed", "power", "result", "reckoned_at"})

    question = models.CharField(
        max_length=200, help_text="What you want to know, such as: does a late dinner cost sleep?"
    )
    try_words = models.CharField(
        "what you try",
        max_length=100,
        help_text="What you do on the days of A, such as: fast for 17 hours.",
    )
    usual_words = models.CharField(
        "what you compare it with",
        max_length=100,
        help_text="What you do on the days of B, such as: eat as usual.",
    )
    action = models.CharField(
        "judged by",
        max_length=100,
        blank=True,
        default="",
        help_text="The key of the metric that says whether a day was kept. Empty: nothing says it.",
    )
    try_at_least = optional_number(
        "A is kept from", "The lowest value of a day on which A was kept."
    )
    try_below = optional_number("A is kept below", "Days of A are kept below this value.")
    usual_at_least = optional_number(
        "B is kept from", "The lowest value of a day on which B was kept."
    )
    usual_below = optional_number("B is kept below", "Days of B are kept below this value.")
    outcome = models.CharField(
        max_length=100, help_text="The key of the metric that decides, such as whoop.hrv."
    )
    better = models.CharField(
        "you are glad of",
        max_length=6,
        choices=Wanted,
        default=Wanted.HIGHER,
    )
    worth = optional_number(
        "smallest difference worth it",
        "In the unit of the outcome. A smaller gain is not worth it. Empty: any gain is.",
    )
    secondary = models.JSONField(
        "other metrics",
        default=list,
        blank=True,
        help_text="Keys of metrics that are looked at beside the outcome, and decide nothing.",
    )
    block_days = fields.PositiveSmallIntegerField(
        "days of a block",
        unit="days",
        default=3,
        validators=[MinValueValidator(SHORTEST_BLOCK), MaxValueValidator(LONGEST_BLOCK)],
        help_text="How many days in a row have the same arm.",
    )
    washout_days = fields.PositiveSmallIntegerField(
        "of these do not count",
        unit="days",
        default=1,
        validators=[MaxValueValidator(LONGEST_BLOCK - 1)],
        help_text="At the beginning of each block, while the one before may still have an effect.",
    )
    pairs = fields.PositiveSmallIntegerField(
        "pairs of blocks",
        unit="",
        default=10,
        validators=[MinValueValidator(FEWEST_PAIRS), MaxValueValidator(MOST_PAIRS)],
    )
    outcome_lag = fields.PositiveSmallIntegerField(
        "the outcome is that of",
        unit="days",
        null=True,
        blank=True,
        choices=[(0, "the same day"), (NEXT_MORNING, "the day after")],
        help_text="Empty: the day after for what is known on waking and for what is done at night, else the same day.",
    )
    notes = models.TextField(blank=True, default="", max_length=10_000)
    state = models.CharField(
        max_length=7, choices=State, default=State.PLANNED, editable=False, db_index=True
    )
    seed = fields.PositiveIntegerField(
        unit=fields.IDENTIFIER,
        default=new_seed,
        editable=False,
        help_text="The seed of the coin that says which arm comes first in each pair.",
    )
    start = models.DateField("first day", null=True, blank=True, editable=False)
    power = models.JSONField(
        default=dict,
        blank=True,
        editable=False,
        help_text="What was said before the start of how large an effect must be to be seen.",
    )
    stopped_on = models.DateField(null=True, blank=True, editable=False)
    stop_reason = models.TextField(blank=True, default="", max_length=1000, editable=False)
    result = models.JSONField(
        null=True, blank=True, editable=False, help_text="What came of it. Null before the end."
    )
    reckoned_at = models.DateTimeField("reckoned", null=True, blank=True, editable=False)
    created_at = models.DateTimeField("added", auto_now_add=True)
    updated_at = models.DateTimeField("last changed", auto_now=True)
    deleted_at = models.DateTimeField(
        "deleted", null=True, blank=True, editable=False, help_text="When you deleted it."
    )

    objects = ExperimentQuerySet.as_manager()

    #: What the database held of it when it was read.
    _stored: Mapping[str, Any] = {}

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.question

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any
    ) -> Self:
        found = super().from_db(db, field_names, values, **options)
        found._stored = dict(zip(field_names, values, strict=True))
        return found

    def save(self, *args: Any, **options: Any) -> None:
        """Store it, each of its words in one line, with the day of the outcome where that was left open."""
        for name in ("question", "try_words", "usual_words"):
            setattr(self, name, " ".join(getattr(self, name).split()))
        if self.outcome_lag is None:
            self.outcome_lag = self.usual_lag
        super().save(*args, **options)

    def clean(self) -> None:
        """Raise ValidationError with what speaks against the experiment, by field."""
        self.secondary = plain_keys(self.secondary)
        if self._stored.get("state", State.PLANNED) != State.PLANNED:
            changed = [name for name in FIXED if self.is_changed(name)]
            if changed:
                raise ValidationError(dict.fromkeys(changed, HAS_BEGUN))
            return
        wish = Wish(*(getattr(self, name) for name in Wish._fields))
        if not wish.outcome or None in {wish.block_days, wish.washout_days, wish.pairs}:
            # A form says so itself.
            return
        found: dict[str, list[str]] = {}
        for name, text in problems_of(wish):
            found.setdefault(name, []).append(text)
        if found:
            raise ValidationError(found)

    def is_changed(self, name: str) -> bool:
        return name in self._stored and getattr(self, name) != self._stored[name]

    @property
    def others(self) -> list[str]:
        """Return the keys of what is looked at beside the outcome, each metric once and not the outcome again, where some were
        merged since."""
        outcome = counted_key(self.outcome)
        return [key for key in dict.fromkeys(map(counted_key, self.secondary)) if key != outcome]

    @property
    def measures_what_it_tries(self) -> bool:
        """Return whether action and outcome were merged since, so that the one says nothing of the other."""
        return bool(self.action) and counted_key(self.action) == counted_key(self.outcome)

    @property
    def usual_lag(self) -> int:
        return self.lag_of(self.outcome)

    def lag_of(self, key: str) -> int:
        """Return how many days after a day of the experiment a metric shows its effect: not before the metric that judges
        the day is known."""
        return max(days_later(find_metric(key)), days_later(find_metric(self.action)))

    @property
    def lag(self) -> timedelta:
        """Return how long after a day its outcome is read."""
        return timedelta(days=self.usual_lag if self.outcome_lag is None else self.outcome_lag)

    @property
    def reads_too_early(self) -> bool:
        """Return whether the outcome of a day is known before what judges the day, as older plans could have it."""
        return self.lag < timedelta(days=self.usual_lag)

    @property
    def cannot_be_reckoned(self) -> bool:
        """Return whether its outcome is gone, or became what it tries."""
        return find_metric(self.outcome) is None or self.measures_what_it_tries

    @property
    def design(self) -> Design:
        return Design(block_days=self.block_days, washout_days=self.washout_days, pairs=self.pairs)

    @property
    def last(self) -> date | None:
        """Return the last day on which an arm is asked for; None before a start is set."""
        return self.start + timedelta(days=self.design.days - 1) if self.start else None

    @property
    def is_over(self) -> bool:
        """Return whether the day of the last outcome has ended."""
        return self.is_over_on(today())

    def is_over_on(self, day: date) -> bool:
        return self.last is not None and self.last + self.lag < day

    @property
    def deleted_on(self) -> date | None:
        return local_date(self.deleted_at) if self.deleted_at else None

    @property
    def comes_back_stopped(self) -> bool:
        """Return whether it was deleted while it ran, so that its outcome could be seen since."""
        day = self.deleted_on
        return self.state == State.RUNNING and day is not None and not self.is_over_on(day)

    @property
    def has_days_left(self) -> bool:
        """Return whether it asks for something today or on a day to come."""
        return self.last is None or today() <= self.last

    def checks(self, arm: Arm) -> bool:
        """Return whether anything says if an arm was kept."""
        return bool(self.action) and self.rule_of(arm).is_given

    def arm_on(self, day: date) -> Arm | None:
        """Return the arm of a day; None for a day that it does not ask for anything."""
        if self.start is None or self.last is None or not self.start <= day <= self.last:
            return None
        return arms_by_day(self.design, self.seed)[(day - self.start).days]

    def words_of(self, arm: Arm) -> str:
        return self.try_words if arm is Arm.A else self.usual_words

    def rule_of(self, arm: Arm) -> Span:
        if arm is Arm.A:
            return Span(self.try_at_least, self.try_below)
        return Span(self.usual_at_least, self.usual_below)


def plain_keys(stored: object) -> list[str]:
    """Return keys of metrics, each once. Raises ValidationError for what is no list of texts."""
    if not isinstance(stored, list) or not all(isinstance(one, str) for one in stored):
        raise ValidationError({"secondary": 'Enter keys as a list, such as ["whoop.hrv"].'})
    return [one.strip() for one in stored if one.strip()]
