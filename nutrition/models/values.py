"""What foods, parts of recipes and what was eaten have in common: nutrients, and so much of a food."""

from __future__ import annotations

from typing import Any

from django.db import models

from lifetracker.models import fields
from nutrition.nutrients import COLUMNS, Amounts

#: No item is larger, in g or ml, and no one eats more pieces of anything at once.
MOST_OF_AN_ITEM = 100_000
#: Nothing at all is no item, and nothing could be scaled from it.
LEAST_OF_AN_ITEM = 0.001
MOST_KCAL_OF_AN_ITEM = 50_000


class Measure(models.TextChoices):
    """What the values of a food are per 100 of."""

    GRAM = "g", "g"
    MILLILITRE = "ml", "ml"


def grams(label: str, most: int, **options: Any) -> Any:
    return fields.FloatField(
        label, unit="g", typed_in=(0, most), null=True, blank=True, default=None, **options
    )


class NutrientValues(models.Model):
    """Amounts of nutrients: per 100 of a food, or of what was eaten. NULL is unknown, which is not 0."""

    kcal = fields.FloatField(
        "energy",
        unit="kcal",
        typed_in=(0, MOST_KCAL_OF_AN_ITEM),
        null=True,
        blank=True,
        default=None,
    )
    protein = grams("protein", MOST_OF_AN_ITEM)
    carbohydrate = grams(
        "carbohydrate", MOST_OF_AN_ITEM, help_text="Without fibre, as on labels of the EU."
    )
    sugar = grams("sugar", MOST_OF_AN_ITEM)
    fat = grams("fat", MOST_OF_AN_ITEM)
    saturated_fat = grams("saturated fat", MOST_OF_AN_ITEM)
    fibre = grams("fibre", MOST_OF_AN_ITEM)
    salt = grams("salt", MOST_OF_AN_ITEM)
    further = models.JSONField(
        "further nutrients",
        default=dict,
        blank=True,
        help_text='By name with unit, such as {"Vitamin C (mg)": 12}.',
    )
    at_least = models.JSONField(
        "known in part",
        default=list,
        editable=False,
        help_text="The nutrients of which a part is unknown, so that there may be more.",
    )

    class Meta:
        abstract = True

    @property
    def amounts(self) -> Amounts:
        columns = {name: getattr(self, name) for name in COLUMNS}
        known = {name: value for name, value in columns.items() if value is not None}
        return Amounts({**known, **self.further}, frozenset(self.at_least))

    @amounts.setter
    def amounts(self, values: Amounts) -> None:
        for name in COLUMNS:
            setattr(self, name, values[name])
        self.further = {name: value for name, value in values.known.items() if name not in COLUMNS}
        self.at_least = sorted(values.at_least)


class Portion(models.Model):
    """So much of a food. `amount` is in `unit`: `g`, `ml` or the name of a serving. `size` is the same in the measure of the
    food, g or ml; None where nobody knows it."""

    position = fields.PositiveSmallIntegerField(unit="", default=0)
    amount = fields.FloatField(
        unit="",
        typed_in=(LEAST_OF_AN_ITEM, MOST_OF_AN_ITEM),
        help_text="In grams, millilitres or servings.",
    )
    unit = models.CharField(max_length=40, default=Measure.GRAM)
    size = fields.FloatField(unit="g or ml", null=True, blank=True)

    class Meta:
        abstract = True
