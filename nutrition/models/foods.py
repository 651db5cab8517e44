"""Foods with their values, and recipes with their parts."""

from __future__ import annotations

from typing import Any, NamedTuple, Self

from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q

from lifetracker.models import MANUAL, SourceRecord, SourceRecordQuerySet, fields
from lifetracker.models.kept import KeepsRevisions, KeepsRevisionsQuerySet
from nutrition.barcodes import digits_of, normalized
from nutrition.models.values import (
    LEAST_OF_AN_ITEM,
    MOST_OF_AN_ITEM,
    Measure,
    NutrientValues,
    Portion,
)
from nutrition.nutrients import Amounts, total_of
from nutrition.plausibility import doubts, impossible_by_column
from nutrition.search_text import LONGEST_SEARCH_TEXT, folded, searched_as

OPEN_FOOD_FACTS = "OpenFoodFacts"


class Serving(NamedTuple):
    """`size`: how much one of them is, in the measure of its food."""

    name: str
    size: float


class FoodItemQuerySet(SourceRecordQuerySet):
    def own(self) -> Self:
        """Return the foods and recipes that were typed in."""
        return self.live().filter(source=MANUAL)

    def with_barcode(self, digits: str) -> Self:
        return self.live().filter(barcode=normalized(digits))


class FoodItem(SourceRecord, NutrientValues):
    """A food with its values per 100 g or 100 ml. A recipe is a food whose values follow from its parts."""

    why_not_all = (
        "Foods of Open Food Facts (its database is licensed under the ODbL) are here only if they were eaten or are in a "
        "recipe: all others can be had from there again."
    )

    name = models.CharField(max_length=200)
    brand = models.CharField(max_length=200, blank=True, default="")
    barcode = models.CharField(
        "bar code",
        max_length=24,
        blank=True,
        default="",
        db_index=True,
        help_text="The number below the bars, without leading zeros.",
    )
    language = models.CharField(
        max_length=8, blank=True, default="", help_text="Of the name, such as en."
    )
    measure = models.CharField(
        "values are per 100", max_length=2, choices=Measure, default=Measure.GRAM
    )
    servings = models.JSONField(
        default=list,
        blank=True,
        help_text='Names and sizes in g or ml, such as [["slice", 30]]; the first is the usual one.',
    )
    is_recipe = models.BooleanField("recipe", default=False, editable=False)
    yield_size = fields.FloatField(
        "yield",
        unit="g or ml",
        typed_in=(0.1, MOST_OF_AN_ITEM),
        null=True,
        blank=True,
        help_text="Of a recipe: what all of it weighs when it is done. Empty: as much as its parts.",
    )
    portions = fields.FloatField(
        unit="",
        typed_in=(0.1, 1000),
        null=True,
        blank=True,
        help_text="Of a recipe: how many portions it makes.",
    )
    completeness = fields.FloatField(
        unit="0 to 1",
        null=True,
        blank=True,
        editable=False,
        validators=[MinValueValidator(0)],
        help_text="How much of the product its source knows.",
    )
    popularity = fields.PositiveIntegerField(
        unit="", default=0, editable=False, help_text="How often it was scanned, by its source."
    )
    changed_at_source = models.DateTimeField(null=True, blank=True, editable=False)
    search_text = models.CharField(max_length=LONGEST_SEARCH_TEXT, editable=False, default="")

    no_values = frozenset({"search_text"})

    objects = FoodItemQuerySet.as_manager()  # type: ignore[misc]  # as any model may

    class Meta(SourceRecord.Meta):
        ordering = ["name"]
        verbose_name = "food"

    def __str__(self) -> str:
        return f"{self.name}, {self.brand}" if self.brand else self.name

    def save(self, *args: Any, **options: Any) -> None:
        """Store the food. The recipes that it is a part of follow it; what was eaten of it stays."""
        self.search_text = searched_as(self.name, self.brand)
        if digits := digits_of(self.barcode):
            self.barcode = normalized(digits)
        super().save(*args, **options)
        for recipe in FoodItem.objects.live().filter(parts__food=self).distinct():
            recipe.follow_parts()

    @classmethod
    def kept_rows(cls) -> models.QuerySet[FoodItem]:
        """Return the foods that backups and the export hold."""
        of_others = Q(source=OPEN_FOOD_FACTS)
        # Meals know foods, and not the other way round.
        meal_items = apps.get_model("nutrition", "MealItem")
        eaten = Exists(meal_items._default_manager.filter(food=OuterRef("pk")))
        in_recipe = Exists(RecipePart.objects.filter(food=OuterRef("pk")))
        return cls._base_manager.filter(~of_others | eaten | in_recipe)

    def clean(self) -> None:
        errors: dict[str, Any] = {}
        if self.barcode and not digits_of(self.barcode):
            errors["barcode"] = "Enter the digits below the bars, such as 4006381333931."
        elif other := self.other_with_barcode():
            errors["barcode"] = (
                f"{other} has this bar code already. Leave it empty here, or take it from that food first."
            )
        try:
            self.servings = [list(one) for one in servings_of(self.servings)]
        except ValueError as error:
            errors["servings"] = str(error)
        if not self.is_recipe:
            for column, sentence in impossible_by_column(self.amounts):
                errors.setdefault(column or NON_FIELD_ERRORS, []).append(sentence)
        if errors:
            raise ValidationError(errors)

    def other_with_barcode(self) -> FoodItem | None:
        """Return another own food that has the bar code that this one is to get, so that it goes on to mean one. One may have its
        own food in place of that of Open Food Facts."""
        digits = digits_of(self.barcode)
        if not digits or self.source != MANUAL:
            return None
        same = FoodItem.objects.own().with_barcode(digits).defer("raw")
        if any(food.pk == self.pk for food in same):
            return None
        other: FoodItem | None = same.first()
        return other

    @property
    def doubts(self) -> list[str]:
        """Return what is unlikely of its values, each as a sentence."""
        return doubts(self.amounts)

    @property
    def known_servings(self) -> list[Serving]:
        return [Serving(str(name), float(size)) for name, size in self.servings]

    @property
    def units(self) -> list[str]:
        """Return in what it can be measured: g or ml first, then its servings."""
        return list(dict.fromkeys([str(self.measure), *(one.name for one in self.known_servings)]))

    def size_of(self, amount: float, unit: str) -> float:
        """Return how many g or ml so much of it is. Raises ValidationError for a unit in which it is not known."""
        if unit == self.measure:
            return amount
        sizes = {folded(name): size for name, size in self.known_servings}
        if (size := sizes.get(folded(unit))) is None:
            text = f"{self.name} is not known by the {unit}. Enter its amount in: {', '.join(self.units)}."
            raise ValidationError({"unit": text})
        return amount * size

    def amounts_of(self, size: float) -> Amounts:
        """Return what so many g or ml of it are made of."""
        return self.amounts.times(size / 100)

    def follow_parts(self) -> None:
        """Give a recipe the values that follow from its parts. Raises ValidationError if its yield is needed and missing,
        and where no portion could be so small or so large."""
        parts = list(self.parts.select_related("food").order_by("position", "pk"))
        whole = total_of(part.food.amounts_of(part.size or 0) for part in parts)
        size = self.yield_size or size_of_all(parts)
        self.is_recipe = True
        self.amounts = whole.times(100 / size)
        others = [one for one in self.servings if folded(one[0]) != "portion"]
        portion = [["portion", size_of_portion(size, self.portions)]] if self.portions else []
        self.servings = portion + others
        self.save()


def size_of_portion(size: float, portions: float) -> float:
    """Return how much one of so many portions is, in g or ml. Raises ValidationError where nobody could eat one."""
    portion = float(f"{size / portions:.5g}")
    if not LEAST_OF_AN_ITEM <= portion <= MOST_OF_AN_ITEM:
        text = f"A portion of it would be {portion:g} g or ml. Enter another number of portions."
        raise ValidationError({"portions": text})
    return portion


def size_of_all(parts: list[RecipePart]) -> float:
    """Return what the parts come to in g or in ml. Raises ValidationError where that cannot be told."""
    measures = {part.food.measure for part in parts}
    size = sum(part.size or 0 for part in parts)
    if len(measures) > 1 or not size:
        text = "Enter how much the recipe yields: its parts are measured in g and in ml."
        raise ValidationError({"yield_size": text if size else "A recipe needs a part."})
    return size


def servings_of(stored: Any) -> list[Serving]:
    """Return the servings that a list of names and sizes means. Raises ValueError for anything else."""
    try:
        found = [Serving(str(name).strip(), float(size)) for name, size in stored or ()]
    except (TypeError, ValueError):
        raise ValueError('Enter servings as names and sizes, such as [["slice", 30]].') from None
    if not all(name and 0 < size <= MOST_OF_AN_ITEM for name, size in found):
        raise ValueError("Each serving needs a name and a size above 0.")
    return found


class RecipePart(Portion, KeepsRevisions):
    """A food in a recipe, and how much of it."""

    exported = True

    recipe = models.ForeignKey(FoodItem, on_delete=models.CASCADE, related_name="parts")
    food = models.ForeignKey(FoodItem, on_delete=models.PROTECT, related_name="part_of")

    objects = KeepsRevisionsQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.amount:g} {self.unit} {self.food}"
