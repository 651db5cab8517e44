"""Forms in which records are typed in, on the pages and in the admin."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware

from lifetracker.days import FIRST_DAY, LAST_DAY, OUT_OF_RANGE, on_the_wall


def instant_of(naive: datetime) -> datetime:
    """Return the instant at which clocks show this; of two the first. Raises ValidationError."""
    if not FIRST_DAY.year <= naive.year <= LAST_DAY.year:
        raise forms.ValidationError(OUT_OF_RANGE)
    try:
        return on_the_wall(naive)
    except ValueError as error:
        raise forms.ValidationError(str(error)) from None


class RecordForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """What was not touched stays as it is, down to what the form cannot show: fractions of a second,
    and which of two equal hours it was."""

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if self.instance.pk:
            for name in values.keys() - set(self.changed_data):
                values[name] = self.initial.get(name, values[name])
        return values

    def validate_constraints(self) -> None:
        """Ask the database's rules last, about what is possible otherwise."""
        if not self.errors:
            super().validate_constraints()


class MinuteField(forms.DateTimeField):
    """A date and a time on the wall, to the minute, in the browser's own input."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values or isinstance(value, datetime):
            return value or None
        try:
            moment = parse_datetime(str(value).strip())
        except ValueError:
            moment = None
        if moment is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return moment if is_aware(moment) else instant_of(moment)

    def has_changed(self, initial: object, data: object) -> bool:
        """Compare what was shown, which lacks the seconds, with what came back."""
        shown = self.widget.format_value(self.prepare_value(initial)) or ""
        return bool(shown != (data or ""))
