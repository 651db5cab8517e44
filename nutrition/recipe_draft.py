"""A recipe while it is typed in: nothing of it is stored before it is saved, and nothing typed is lost on the way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict

from lifetracker.web.forms import UPDATED_AT, RecordForm
from nutrition.entry_line import wanted
from nutrition.food_search import search_foods
from nutrition.models import FoodItem
from nutrition.number_fields import NumberField
from nutrition.numbered_names import read_for, read_named
from nutrition.nutrients import Amounts
from nutrition.online_foods import stored_with_barcode
from nutrition.recipes import Part, refuse_circle, row_of, save_recipe
from nutrition.search_text import folded
from nutrition.units import unit_named

#: More are no recipe that somebody types in.
MOST_PARTS = 100
MOST_CHOICES = 8


class RecipeForm(RecordForm):
    """The name of a recipe, and what all of it comes to."""

    portions = NumberField(label="Portions it makes", required=False)
    yield_size = NumberField(
        label="Weight when done (g or ml)",
        required=False,
        help_text="Empty: as much as its parts together.",
    )

    class Meta:
        model = FoodItem
        fields = ("name", "portions", "yield_size")


class Row:
    """A part as it was typed: `amount` is a text until it is read."""

    def __init__(self, food: FoodItem, amount: str, unit: str) -> None:
        self.food, self.amount, self.unit = food, amount, unit
        self.error = ""

    @property
    def units(self) -> list[str]:
        """Return in what it can be measured; the unit that it has among them, also if it is none any more."""
        return list(dict.fromkeys([*self.food.units, self.unit]))

    def part(self) -> Part:
        """Return the part. Raises ValidationError."""
        amount = NumberField(min_value=0).clean(self.amount)
        part = Part(self.food, amount or 0, self.unit)
        row_of(part, 0)
        return part

    @property
    def amounts(self) -> Amounts | None:
        """Return what it is made of; None while it cannot be read."""
        try:
            part = self.part()
            return self.food.amounts_of(self.food.size_of(part.amount, part.unit))
        except ValidationError:
            return None


class Draft:
    """The form of a recipe, its parts, and the line in which the next part is typed."""

    def __init__(self, recipe: FoodItem, posted: QueryDict | None = None) -> None:
        self.recipe = recipe
        self.form = RecipeForm(posted, instance=recipe)
        self.rows = rows_of(posted) if posted is not None else stored_rows(recipe)
        self.line: str = posted.get("line", "").strip() if posted is not None else ""
        #: The line of which it is open which food it means.
        self.asked: str = posted.get("asked", "").strip() if posted is not None else ""
        self.choices: list[FoodItem] = []
        self.line_error = ""
        self.error = ""

    def keep_typed(self) -> None:
        """Show what was typed as it is, and judge nothing of it yet."""
        posted = self.form.data
        opened = posted.get(UPDATED_AT, "")
        self.form = RecipeForm(
            instance=self.recipe, initial={name: posted.get(name, "") for name in self.form.fields}
        )
        self.form.stored_at = opened

    # --- Parts ------------------------------------------------------------------------------------

    def remove(self, number: str) -> None:
        """Take the part at this place out."""
        if number.isascii() and number.isdigit() and int(number) < len(self.rows):
            del self.rows[int(number)]

    def add_line(self) -> None:
        """Add what the line says; where several foods are meant, offer them. Nothing is added while it is open what was
        meant before."""
        is_other = self.is_other_part()
        try:
            line = read_named(self.asked if is_other else self.line)
        except ValidationError as error:
            self.line_error = " ".join(error.messages)
            return
        if line.barcode:
            found = [food] if (food := stored_with_barcode(line.barcode)) else []
        else:
            found = search_foods(line.name, MOST_CHOICES)
        found = [food for food in found if food.pk != self.recipe.pk]
        same = [food for food in found if folded(food.name) == folded(line.name)]
        if not same and self.recipe.pk and folded(line.name) == folded(self.recipe.name):
            self.line_error = f"{self.recipe.name} cannot be a part of itself."
        elif is_other and found:
            self.choices = found
            self.line_error = f"Choose first which food “{self.asked}” is, then add this part."
        elif len(found) == 1 or len(same) == 1:
            self.add((same or found)[0])
        elif found:
            self.choices, self.asked = found, self.line
        elif line.kcal is not None:
            self.line_error = "A part needs an amount in g, ml or servings of one of your foods, such as 200 g oats."
        else:
            self.line_error = (
                f"No food is called “{line.barcode or line.name}”. Add it to your foods first."
            )

    def choose(self, pk: str) -> None:
        """Add the food that was chosen of several, as much of it as the line says."""
        foods = FoodItem.objects.live().filter(pk=int(pk) if pk.isascii() and pk.isdigit() else 0)
        typed, self.line = self.line, self.asked or self.line
        if food := foods.defer("raw").first():
            self.add(food)
        if typed != self.asked and not self.line_error:
            self.line = typed

    def add_before_saving(self) -> bool:
        """Add what the line still says. Return whether nothing is left in it, so that all can be saved."""
        if self.line:
            self.add_line()
        if self.line and not self.line_error:
            self.line_error = "Choose which one it is, or empty this line. Then save."
        return not self.line

    def is_other_part(self) -> bool:
        """Return whether a part was typed while it is open which food the one before it means: the two share no word."""
        return bool(self.asked and self.line) and not words_of(self.asked) & words_of(self.line)

    def add(self, food: FoodItem) -> None:
        try:
            refuse_circle(self.recipe, {food.pk})
            meant = wanted(read_for(self.line, food), food)
        except ValidationError as error:
            self.line_error = " ".join(error.messages)
            return
        if len(self.rows) >= MOST_PARTS:
            self.line_error = f"A recipe has at most {MOST_PARTS} parts."
            return
        self.rows.append(Row(food, f"{meant.amount:.6g}", meant.unit))
        self.line = ""

    # --- Saving -----------------------------------------------------------------------------------

    def save(self) -> FoodItem | None:
        """Store the recipe. None where something is wrong, which then stands beside it."""
        is_whole = self.form.is_valid()
        parts = [part for row in self.rows if (part := read(row))]
        if not is_whole or len(parts) < len(self.rows):
            return None
        try:
            return save_recipe(self.form.save(commit=False), parts)
        except ValidationError as error:
            self.take_errors(error)
            return None

    def take_errors(self, error: ValidationError) -> None:
        fields = getattr(error, "error_dict", {})
        named = next((name for name in ("yield_size", "portions") if name in fields), None)
        if self.rows and named:
            self.form.add_error(named, fields[named])
        else:
            self.error = " ".join(error.messages)


def words_of(line: str) -> set[str]:
    """Return the words of a line without its amount."""
    return {word for word in folded(line).split() if word.isalpha() and not unit_named(word)}


def read(row: Row) -> Part | None:
    """Return the part of a row; None where it is wrong, and the row says so then."""
    try:
        return row.part()
    except ValidationError as error:
        row.error = " ".join(error.messages)
        return None


def stored_rows(recipe: FoodItem) -> list[Row]:
    if recipe.pk is None:
        return []
    parts = recipe.parts.select_related("food").order_by("position", "pk")
    return [Row(part.food, f"{part.amount:.6g}", part.unit) for part in parts]


def rows_of(posted: QueryDict) -> list[Row]:
    """Return the rows of a form, in their order. What names no food is left out."""
    names = posted.getlist("food")[:MOST_PARTS]
    texts = zip(names, posted.getlist("amount"), posted.getlist("unit"), strict=False)
    typed: Iterable[tuple[str, str, str]] = [
        one for one in texts if one[0].isascii() and one[0].isdigit()
    ]
    foods: dict[str, Any] = {
        str(food.pk): food
        for food in FoodItem.objects.filter(pk__in=[one[0] for one in typed]).defer("raw")
    }
    return [Row(foods[pk], amount, unit) for pk, amount, unit in typed if pk in foods]
