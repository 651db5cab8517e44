"""Forms in which records are typed in, on the pages and in the admin."""

from __future__ import annotations

from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Any

from django import forms
from django.core import validators
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.timezone import is_aware
from django.views.decorators.http import require_http_methods

from lifetracker.days import FIRST_DAY, LAST_DAY, OUT_OF_RANGE, on_the_wall

#: For a page with a form: it is shown, and sent.
form_page = require_http_methods(["GET", "HEAD", "POST"])


def instant_of(naive: datetime) -> datetime:
    """Return the instant at which clocks show this; of two the first. Raises ValidationError."""
    if not FIRST_DAY.year <= naive.year <= LAST_DAY.year:
        raise forms.ValidationError(OUT_OF_RANGE)
    try:
        return on_the_wall(naive)
    except ValueError as error:
        raise forms.ValidationError(str(error)) from None


#: The hidden field that says which state of a record a form was filled with.
UPDATED_AT = "updated_at"
#: Of a long stored value so many letters are shown.
SHOWN_LETTERS = 100


class RecordForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """What was not touched stays as it is, down to what the form cannot show: fractions of a second,
    and which of two equal hours it was. A page that has `updated_at_field` in its form replaces
    no change that was made elsewhere since the form was opened, unless it is sent once more."""

    #: Whether the record was changed elsewhere, to other values than were typed.
    is_outdated = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = getattr(self.instance, UPDATED_AT, None) if self.instance.pk else None
        self.stored_at = stored.astimezone(UTC).isoformat() if stored else ""

    @property
    def updated_at_field(self) -> SafeString:
        """Return the hidden field with the moment of the last change; nothing for a new record."""
        template = '<input type="hidden" name="{}" value="{}">' if self.stored_at else ""
        return format_html(template, UPDATED_AT, self.stored_at)

    @property
    def status(self) -> HTTPStatus:
        """Return the status of the page that shows the form: 409 if it is outdated, else 200."""
        return HTTPStatus.CONFLICT if self.is_outdated else HTTPStatus.OK

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if self.instance.pk:
            self.compare_with_stored()
            for name in values.keys() - set(self.changed_data):
                # Of another record `initial` has only the key.
                if not isinstance(self.fields.get(name), forms.ModelChoiceField):
                    values[name] = self.initial.get(name, values[name])
        return values

    def compare_with_stored(self) -> None:
        """Say what is stored by now, if that is neither what was shown nor what was typed."""
        shown = self.data.get(UPDATED_AT, "")
        same = {
            name for name, value in self.cleaned_data.items() if value == self.initial.get(name)
        }
        others = [name for name in self.changed_data if name in self.initial.keys() - same]
        if not (shown and self.stored_at and others) or shown == self.stored_at:
            return
        self.is_outdated = True
        stored = "; ".join(f"{self[name].label}: {self.stored_words(name)}" for name in others)
        self.add_error(
            None,
            "This was changed in another window since you opened it. "
            f"What is stored now: {stored}. Save again to replace it.",
        )

    def stored_words(self, name: str) -> str:
        """Return a stored value as the form would show it."""
        field, value = self.fields[name], self.initial[name]
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(field, forms.ChoiceField):
            choices: Any = field.choices
            titles = {str(key): str(title) for key, title in choices}
            return titles.get(str(value), str(value))
        words = str(field.widget.format_value(field.prepare_value(value)) or "").strip()
        if isinstance(value, datetime):
            words = words.replace("T", " ")
        return Truncator(words).chars(SHOWN_LETTERS) or "nothing"

    def _update_errors(self, errors: forms.ValidationError) -> None:
        """Say once what is wrong with a field: the record may find again what the field has found, in other words."""
        if hasattr(errors, "error_dict"):
            said = self.errors.keys() - {NON_FIELD_ERRORS}
            found = {name: texts for name, texts in errors.error_dict.items() if name not in said}
            if not found:
                return
            errors = forms.ValidationError(found)
        super()._update_errors(errors)  # type: ignore[misc]  # of Django
        for texts in self.errors.values():
            texts.data = list(dict(zip(texts, texts.data, strict=True)).values())

    def validate_constraints(self) -> None:
        """Ask the database's rules last, about what is possible otherwise."""
        if not self.errors:
            super().validate_constraints()


class Names(forms.CharField):
    """A list of names, typed with commas between them."""

    def prepare_value(self, value: object) -> object:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: object) -> Any:
        text = super().to_python(value) or ""
        validators.ProhibitNullCharactersValidator()(text)
        names = [name.strip() for name in text.split(",")]
        return [name for name in names if name]

    def has_changed(self, initial: object, data: object) -> bool:
        return str(data or "").strip() != self.prepare_value(initial or [])


class DayField(forms.DateField):
    """A day within the years that can be meant."""

    def to_python(self, value: Any) -> date | None:
        day = super().to_python(value)
        if day and not FIRST_DAY <= day <= LAST_DAY:
            raise forms.ValidationError(OUT_OF_RANGE)
        return day


def day_input() -> forms.DateInput:
    """Return the browser's own input for a day."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


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
