"""Numbers and amounts of food in forms, as people type them."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from nutrition.amount_words import amount_number
from nutrition.models import MOST_OF_AN_ITEM
from nutrition.nutrients import KJ_PER_KCAL
from nutrition.typed_numbers import NUMBER, number_of

IS_NUMBER = re.compile(NUMBER, re.ASCII)
NO_AMOUNT = f"Enter a number above 0 and of at most {MOST_OF_AN_ITEM:,}, such as 150, 1.5 or 1/2."


class NumberField(forms.FloatField):
    """A number: `1.5`, `1,5`, `1/2` or `1 ½`."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    no_number = "Enter a number, such as 1.5."

    def to_python(self, value: Any) -> float | None:  # type: ignore[override]  # typed as a whole number
        if value in self.empty_values or isinstance(value, int | float):
            return None if value in self.empty_values else float(value)
        text = str(value).strip()
        if not IS_NUMBER.fullmatch(text):
            raise ValidationError(self.no_number, code="invalid")
        return number_of(text)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:.6g}" if isinstance(value, float | int) else value

    def has_changed(self, initial: object, data: object) -> bool:
        """Compare what was shown, which may be rounded, with what came back."""
        return bool((self.prepare_value(initial) or "") != str(data or "").strip())


class AmountField(NumberField):
    """How much of a food was eaten, which is more than nothing."""

    no_number = NO_AMOUNT

    def clean(self, value: Any) -> Any:
        amount = super().clean(value)
        if not 0 < amount <= MOST_OF_AN_ITEM:
            raise ValidationError(NO_AMOUNT, code="invalid")
        return amount

    def prepare_value(self, value: Any) -> Any:
        return amount_number(value).replace(",", "") if isinstance(value, float) else value


class EnergyField(NumberField):
    """Energy in kcal, or in kJ if that stands behind the number."""

    def to_python(self, value: Any) -> float | None:  # type: ignore[override]
        text = str(value or "").strip().lower()
        for unit, one in (("kj", KJ_PER_KCAL), ("kcal", 1.0)):
            if text.endswith(unit):
                number = super().to_python(text.removesuffix(unit))
                return None if number is None else round(number / one, 2)
        return super().to_python(value)
