"""What a person types in about a food of their own."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from lifetracker.web.forms import RecordForm
from nutrition.models import MOST_OF_AN_ITEM, FoodItem
from nutrition.number_fields import EnergyField, NumberField
from nutrition.nutrients import COLUMNS, NUTRIENTS
from nutrition.typed_numbers import NUMBER, number_of
from nutrition.units import grams_or_ml

#: Such as `slice = 30 g`, `cup: 150`, `bar 60 g`.
SERVING = re.compile(
    rf"(?:1\s+)?(?P<name>.+?)\s*[=:]?\s*(?P<size>{NUMBER})\s*(?P<unit>[a-zA-Z ]*)", re.ASCII
)
#: Such as `Vitamin C (mg) = 12`.
FURTHER = re.compile(rf"(?P<name>.+?)\s*[=:]\s*(?P<value>{NUMBER})", re.ASCII)
LONGEST_SERVING = 40
MOST_LINES = 40
FIRST_FIELDS = ("name", "brand", "barcode", "per", "measure", *COLUMNS)
LABELS = {one.column: f"{one.label} ({one.unit})" for one in NUTRIENTS}


def lines(rows: int, example: str) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "placeholder": example, "spellcheck": "false"})


class FoodForm(RecordForm):
    """A food of a person's own. Its values are typed as the package has them, for 100 g or for any other amount."""

    per = NumberField(label="The values are for", initial=100.0, min_value=0.1, max_value=5000)
    kcal = EnergyField(label=LABELS["kcal"], required=False, help_text="Or in kJ: 250 kJ.")
    servings_text = forms.CharField(
        label="Servings, one a line",
        required=False,
        max_length=4000,
        widget=lines(3, "slice = 30 g"),
        help_text="The first is the usual one.",
    )
    further_text = forms.CharField(
        label="One a line, with its unit",
        required=False,
        max_length=4000,
        widget=lines(3, "Vitamin C (mg) = 12"),
    )

    class Meta:
        model = FoodItem
        fields = ("name", "brand", "barcode", "measure", *COLUMNS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        food: FoodItem = kwargs["instance"]
        given = {
            "servings_text": as_lines(food.servings, food.measure),
            "further_text": as_lines(sorted(food.further.items()), ""),
            **(kwargs.pop("initial", None) or {}),
        }
        super().__init__(*args, initial=given, **kwargs)
        for name in COLUMNS[1:]:
            self.fields[name] = NumberField(label=LABELS[name], required=False)
        self.fields["salt"].help_text = "2.5 times the sodium."
        self.fields["measure"].label = "g or ml"
        self.fields["barcode"].widget.attrs["inputmode"] = "numeric"

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if self.instance.pk and "measure" in self.changed_data:
            self.refuse_new_measure()
        if not self.errors and (per := values.get("per")) != 100:
            for name in COLUMNS:
                if values.get(name) is not None:
                    values[name] = round(values[name] * 100 / per, 4)
        if "servings_text" in values and "measure" in values:
            self.take("servings_text", lambda text: servings_in(text, values["measure"]))
        if "further_text" in values:
            self.take("further_text", further_in)
        return values

    def take(self, name: str, read: Any) -> None:
        """Give the food what a text with several lines says."""
        try:
            setattr(self.instance, name.removesuffix("_text"), read(self.cleaned_data[name]))
        except ValidationError as error:
            self.add_error(name, error)

    def refuse_new_measure(self) -> None:
        recipes = FoodItem.objects.live().filter(parts__food=self.instance.pk).distinct()[:3]
        if names := ", ".join(recipe.name for recipe in recipes):
            text = f"A recipe uses it in this measure ({names}). Add a new food instead."
            self.add_error("measure", text)

    def add_error(self, field: str | None, error: Any) -> None:
        """Show what the model says of its servings beside the field that they are typed in."""
        if isinstance(error, ValidationError) and hasattr(error, "error_dict"):
            errors = error.error_dict
            if "servings" in errors:
                errors["servings_text"] = errors.pop("servings")
        super().add_error(field, error)

    @property
    def head(self) -> list[forms.BoundField]:
        return [self[name] for name in ("name", "brand", "barcode")]

    @property
    def values(self) -> list[forms.BoundField]:
        return [self[name] for name in COLUMNS]

    @property
    def is_unfolded(self) -> bool:
        """Return whether something stands in the field that is folded."""
        return bool(self["further_text"].value() or self["further_text"].errors)


def as_lines(pairs: Any, unit: str) -> str:
    """Return names and numbers as they are typed in."""
    return "\n".join(f"{name} = {number:.6g} {unit}".strip() for name, number in pairs)


def texts_of(text: str) -> list[str]:
    found = [line.strip() for line in text.splitlines() if line.strip()]
    if len(found) > MOST_LINES:
        raise ValidationError(f"Enter at most {MOST_LINES} lines.")
    return found


def servings_in(text: str, measure: str) -> list[list[Any]]:
    """Return the servings of lines such as `slice = 30 g`. Raises ValidationError that says which line is not one."""
    found: dict[str, list[Any]] = {}
    for line in texts_of(text):
        match = SERVING.fullmatch(line)
        name = match["name"].strip(" =:") if match else ""
        if not match or not name:
            raise ValidationError(
                f"“{line}” is not a serving. Type one such as slice = 30 {measure}."
            )
        size = size_in(match, measure, line)
        if len(name) > LONGEST_SERVING or not 0 < size <= MOST_OF_AN_ITEM:
            raise ValidationError(f"“{line}”: the name is too long, or the size cannot be.")
        if name.casefold() in found:
            raise ValidationError(f"“{name}” is listed twice.")
        found[name.casefold()] = [name, size]
    return list(found.values())


def size_in(match: re.Match[str], measure: str, line: str) -> float:
    """Return the size of a serving in g or ml. Raises ValidationError for what is neither."""
    number, unit = number_of(match["size"]), match["unit"].strip()
    if not unit:
        return number
    general = grams_or_ml(number, unit)
    if general is None or general[1] != measure:
        raise ValidationError(
            f"“{line}”: the values are for {measure}, so enter how many {measure} it is."
        )
    return round(general[0], 3)


def further_in(text: str) -> dict[str, float]:
    """Return the nutrients of lines such as `Vitamin C (mg) = 12`. Raises ValidationError."""
    found: dict[str, float] = {}
    for line in texts_of(text):
        match = FURTHER.fullmatch(line)
        if not match or match["name"] in COLUMNS:
            raise ValidationError(
                f"“{line}” is not a nutrient. Type one such as Vitamin C (mg) = 12."
            )
        found[match["name"]] = number_of(match["value"])
    return found
