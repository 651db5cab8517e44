"""Meals, what was eaten in them, and the days on which everything is written down."""

from __future__ import annotations

from datetime import date, tzinfo
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from lifetracker.days import is_future, local_date, today
from lifetracker.models import MANUAL, SourceRecord, SourceRecordQuerySet, fields
from lifetracker.models.conflicts import ConstraintsInWords
from lifetracker.models.kept import KeepsRevisions, KeepsRevisionsQuerySet
from nutrition.models.foods import FoodItem
from nutrition.models.values import (
    MOST_KCAL_OF_AN_ITEM,
    MOST_OF_AN_ITEM,
    NutrientValues,
    Portion,
)
from nutrition.nutrients import COLUMNS, Amounts, total_of

NOT_IN_FUTURE = "The time must not be in the future: a meal is written down once it was eaten."


class MealQuerySet(SourceRecordQuerySet):
    def move_days(self, zone: tzinfo, before: tzinfo | None) -> None:
        self.filter(utc_offset_min=None).date_by(F("eaten_at"), zone)

    def of_day(self, day: date) -> Self:
        """Return the meals of a day with their items and the foods of these, in the order in which they were eaten."""
        return self.live().filter(date=day).order_by("eaten_at", "pk").with_items()

    def with_items(self) -> Self:
        """Return the meals with their live items and the foods of these, by one more statement."""
        rows = MealItem.objects.live().select_related("food").defer("food__raw")
        items = models.Prefetch("items", rows.order_by("position", "pk"))
        return self.defer("raw").prefetch_related(items)


class Meal(SourceRecord):
    """Something eaten at one time. Its items say what. It belongs to the local date of its time."""

    class Kind(models.TextChoices):
        BREAKFAST = "breakfast", "Breakfast"
        LUNCH = "lunch", "Lunch"
        DINNER = "dinner", "Dinner"
        SNACK = "snack", "Snack"

    date = models.DateField(db_index=True, editable=False, help_text="The local date of its time.")
    eaten_at = models.DateTimeField("time")
    kind = models.CharField(max_length=9, choices=Kind)
    note = models.TextField(blank=True, default="", max_length=10_000)
    is_time_known = models.BooleanField(
        default=True,
        editable=False,
        help_text="Whether anybody said at what time it was; else its time is only a place in the day.",
    )
    utc_offset_min = fields.utc_offset(
        "Such as 120 for UTC+2. Leave empty for your usual time zone."
    )

    moments = ("eaten_at",)

    objects = MealQuerySet.as_manager()  # type: ignore[misc]  # as any model may

    class Meta(SourceRecord.Meta):
        ordering = ["-eaten_at"]
        indexes = [models.Index(fields=["-eaten_at"], name="meal_newest")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.date}"

    def save(self, *args: Any, **options: Any) -> None:
        self.date = local_date(self.eaten_at, self.utc_offset_min)
        super().save(*args, **options)

    def clean(self) -> None:
        if self.eaten_at and is_future(self.eaten_at):
            raise ValidationError({"eaten_at": NOT_IN_FUTURE})

    @property
    def total(self) -> Amounts:
        """Return what its live items come to."""
        return total_of(item.amounts for item in self.items.all() if item.deleted_at is None)


class MealItemQuerySet(KeepsRevisionsQuerySet["MealItem"]):
    def live(self) -> Self:
        """Return those that are not deleted."""
        return self.filter(deleted_at__isnull=True)


class MealItem(Portion, NutrientValues, ConstraintsInWords, KeepsRevisions):
    """Something in a meal. Its values are those of its food as they were then, for all of it and not per 100: a food that
    changes later changes nothing here. What was typed in as energy alone has no food."""

    exported = True

    meal = models.ForeignKey(Meal, on_delete=models.CASCADE, related_name="items")
    food = models.ForeignKey(
        FoodItem, on_delete=models.SET_NULL, null=True, blank=True, related_name="eaten"
    )
    name = models.CharField(max_length=400)
    source_id = models.CharField(
        "id at the source", max_length=64, blank=True, default="", editable=False
    )
    created_at = models.DateTimeField("added", auto_now_add=True)
    updated_at = models.DateTimeField("last changed", auto_now=True)
    deleted_at = models.DateTimeField("deleted", null=True, blank=True, editable=False)

    objects = MealItemQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        # For what was eaten of a food last.
        indexes = [models.Index(fields=["food", "-id"], name="eaten_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kcal__isnull=True) | Q(kcal__gte=0), name="eaten_energy_not_negative"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def freeze(self) -> None:
        """Take over the values that its food has now, for the amount that it has. Raises ValidationError for a unit that
        the food is not known by, and for more than anybody eats."""
        if self.food:
            self.name = str(self.food)
            self.size = self.food.size_of(self.amount, self.unit)
            self.amounts = self.food.amounts_of(self.size)
            self.refuse_too_much()

    def refuse_too_much(self) -> None:
        """Raise ValidationError for more than anybody eats, which only an amount can come to that is too large."""
        if self.food and (self.size or 0) > MOST_OF_AN_ITEM:
            most = f"{MOST_OF_AN_ITEM:,} {self.food.measure}"
            text = f"Enter an amount of at most {most} of {self.food.name}."
            raise ValidationError({"amount": text})
        if (self.kcal or 0) > MOST_KCAL_OF_AN_ITEM:
            most = f"{MOST_KCAL_OF_AN_ITEM:,} kcal"
            has = f"So much of {self.name} has {self.kcal:,.0f} kcal"
            text = f"{has}, and nobody eats more than {most} of one food. Enter less."
            raise ValidationError({"amount": text})

    def resize(self, amount: float, unit: str) -> None:
        """Change how much it is: its values grow with it, from what they were when it was eaten. Raises ValidationError for
        a unit that is not known, and for more than anybody eats."""
        if unit == self.unit:
            factor = amount / self.amount
            size = None if self.size is None else self.size * factor
        elif self.food and self.size:
            size = self.food.size_of(amount, unit)
            factor = size / self.size
        else:
            raise ValidationError({"unit": f"{self.name} is not known by the {unit}."})
        self.amount, self.unit, self.size = amount, unit, size
        self.amounts = self.amounts.times(factor)
        self.refuse_too_much()

    def say_in(self, unit: str) -> None:
        """Say the same amount in another unit: its size and its values stay. Raises ValidationError for a unit that is not
        known."""
        if not (self.food and self.size):
            raise ValidationError({"unit": f"{self.name} is not known by the {unit}."})
        self.amount = float(f"{self.size / self.food.size_of(1, unit):.6g}")
        self.unit = unit

    @property
    def has_newer_values(self) -> bool:
        """Return whether its food has other values now than when it was eaten."""
        if self.food is None or self.size is None:
            return False
        now = self.food.amounts_of(self.size)
        was = self.amounts
        return any(differs(now[name], was[name]) for name in COLUMNS)


def differs(one: float | None, other: float | None) -> bool:
    """Return whether two amounts differ by more than what rounding does."""
    if one is None or other is None:
        return one is not other
    return abs(one - other) > 1e-6 * max(abs(one), abs(other), 1)


class CompleteDay(KeepsRevisions):
    """A day on which everything eaten is written down, as its owner or an imported diary says. One without a meal was a day
    of fasting. Only such days enter averages."""

    exported = True

    date = models.DateField(unique=True)
    source = models.CharField(max_length=20, default=MANUAL, editable=False)
    marked_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = KeepsRevisionsQuerySet.as_manager()

    class Meta:
        ordering = ["-date"]

    def __str__(self) -> str:
        return f"{self.date} is complete"

    def clean(self) -> None:
        if self.date and self.date > today():
            raise ValidationError({"date": "A day that has not come cannot be complete."})
