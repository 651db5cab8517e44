"""What a person types in of own metrics and their values."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from lifetracker.days import is_future
from lifetracker.web.forms import DayField, RecordForm, day_input, instant_of
from own_metrics.models import OwnMetric, OwnValue


class OwnMetricForm(RecordForm):
    class Meta:
        model = OwnMetric
        fields = ("name", "unit", "decimals", "per_day", "better")
        labels: ClassVar = {"decimals": "Decimals"}


class OwnValueForm(RecordForm):
    """A value of a day, and when on it, if that is known."""

    date = DayField(label="Day", widget=day_input())
    time = forms.TimeField(
        label="Time",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="Only if it is known.",
    )
    field_order = ("value", "date", "time", "note")

    class Meta:
        model = OwnValue
        fields = ("value", "date", "note")
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        at = self.instance.measured_at
        if at:
            # To the minute, as the field shows it.
            self.initial["time"] = timezone.localtime(at).time().replace(second=0, microsecond=0)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not self.errors and {"date", "time"} & set(self.changed_data):
            clock = values.get("time")
            wall = datetime.combine(values["date"], clock) if clock else None
            self.instance.measured_at = wall and self.moment(wall)
        return values

    def moment(self, wall: datetime) -> datetime | None:
        """Return the moment at which clocks show a time; None where the field now says why there is none."""
        try:
            at = instant_of(wall)
        except forms.ValidationError as error:
            self.add_error("time", error)
            return None
        if is_future(at):
            self.add_error("time", "The time must not be in the future.")
            return None
        return at
