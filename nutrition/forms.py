"""What a person types in about what was eaten."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from lifetracker.web.forms import DayField, MinuteField, RecordForm
from nutrition import diary
from nutrition.diary import Wanted
from nutrition.models import FoodItem, Meal, MealItem
from nutrition.moments import meal_to_go_on, moment_of
from nutrition.number_fields import AmountField

LONGEST_LINE = 200
TOO_MUCH = "Enter a smaller amount. So much of it would have more than one item may have."


def new_key() -> str:
    """Return a key for the forms of a page, so that one of them that is sent twice does once what it is for."""
    return secrets.token_hex(8)


class QuickForm(forms.Form):
    """The quick line with its day, and what was chosen below it: so much of a food."""

    line = forms.CharField(max_length=LONGEST_LINE, required=False)
    choice = forms.CharField(max_length=100, required=False)
    day = DayField()
    time = forms.TimeField(required=False)
    kind = forms.ChoiceField(choices=[("", "By the time"), *Meal.Kind.choices], required=False)
    key = forms.CharField(max_length=40, required=False)
    meal = forms.CharField(max_length=20, required=False)

    def clean_choice(self) -> Wanted | None:
        """Return so much of a food as was chosen: `12:150:g`, or `+12:150:g` for the last of several on the line. Raises
        ValidationError."""
        pk, _, rest = self.cleaned_data["choice"].removeprefix("+").partition(":")
        amount, _, unit = rest.partition(":")
        if not pk:
            return None
        try:
            food = FoodItem.objects.live().get(pk=int(pk))
            return Wanted(food, float(amount), unit)
        except (ValueError, OverflowError, FoodItem.DoesNotExist):
            raise ValidationError("This food is no longer there. Choose another one.") from None

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not self.errors and not (values.get("line") or values.get("choice")):
            self.add_error("line", "Type what you ate, such as “200 g skyr” or “2 eggs”.")
        return values

    def moment(self) -> tuple[datetime, str]:
        """Return when it was eaten, and of which kind the meal is. Raises KeyError without a day, ValidationError."""
        values = self.cleaned_data
        day, asked = values["day"], values.get("meal", "")
        meals = Meal.objects.all().of_day(day) if asked else ()
        going_on = meal_to_go_on(meals, asked, timezone.now())
        return moment_of(day, values.get("time"), values.get("kind", ""), going_on)

    @property
    def is_choice_of_last(self) -> bool:
        """Return whether what was chosen is the last of several foods on the line."""
        return str(self.data.get("choice", "")).startswith("+")

    @property
    def fault(self) -> str:
        """Return what is wrong, in a sentence for each field."""
        return " ".join(str(error) for errors in self.errors.values() for error in errors)

    @property
    def press(self) -> str:
        """Return which press of a button sent this: the same one for the same words of the same page."""
        if not self.cleaned_data.get("key"):
            return ""
        names = ("key", "line", "choice", "code", "time", "kind")
        parts = [str(self.data.get(name, "")) for name in names]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


class ItemForm(RecordForm):
    """How much of something was eaten. Its values grow with it; where only the unit was changed, they stay."""

    amount = AmountField()
    unit = forms.ChoiceField()

    class Meta:
        model = MealItem
        fields = ("amount", "unit")

    def __init__(self, *args: Any, units: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [(unit, unit) for unit in units]  # type: ignore[attr-defined]  # of a ChoiceField

    def save(self, commit: bool = True) -> MealItem:
        pk, values = self.instance.pk, self.cleaned_data
        if self.changed_data == ["unit"]:
            return diary.say_in(pk, values["unit"])
        return diary.resize(pk, values["amount"], values["unit"])

    def save_or_refuse(self) -> MealItem | None:
        """Save it, or say why so much cannot be."""
        try:
            return self.save()
        except ValidationError as error:
            own = {name: found for name, found in error.error_dict.items() if name in self.fields}
            self.add_error(None, ValidationError(own or {"amount": TOO_MUCH}))
            return None


class MealForm(RecordForm):
    """When a meal was, which one it was, and a note."""

    eaten_at = MinuteField(label="Time")

    class Meta:
        model = Meal
        fields = ("eaten_at", "kind", "note")
        widgets: ClassVar = {"note": forms.Textarea(attrs={"rows": 3})}


class CopyForm(forms.Form):
    """The day and the time at which the same was had again. Without a time, that of the meal."""

    to = DayField(label="Day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    at = forms.TimeField(
        label="Time",
        required=False,
        help_text="Empty: the time of this meal.",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
