"""The field of a form in which days of the week are chosen."""

from __future__ import annotations

from typing import Any

from django import forms

from goals.weekdays import CHOICES, stored_as


class WeekdaysField(forms.MultipleChoiceField):
    """Days of the week, of which none and all mean every day."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=CHOICES, **options)

    def prepare_value(self, value: Any) -> Any:
        return list(value or "")

    def clean(self, value: Any) -> str:
        return stored_as(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return stored_as(initial or "") != stored_as(data or "")
