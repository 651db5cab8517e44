"""What a person types in about a workout."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from django import forms

from lifetracker.days import elapsed, local_date
from lifetracker.web import units
from lifetracker.web.forms import MinuteField, RecordForm
from workouts.models import MOST_METERS, Workout

#: Of a distance so many digits behind the point are shown and kept: meters of a kilometer.
DIGITS = 3


class DistanceField(forms.FloatField):
    """A distance in meters, which is shown and typed in kilometers or miles, as the owner chose."""

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, float | int) or isinstance(value, bool):
            return value
        return f"{units.distance_value(value):.{DIGITS}f}".rstrip("0").rstrip(".")

    def clean(self, value: Any) -> Any:
        """Return meters; None for nothing. Raises ValidationError."""
        shown = super().clean(value)
        if shown is None or not math.isfinite(shown):
            return shown
        meters = round(shown / units.distance_value(1.0), DIGITS)
        if meters > MOST_METERS:
            most = math.floor(units.distance_value(MOST_METERS))
            raise forms.ValidationError(f"Enter at most {most:,} {units.distance_unit()}.")
        return meters

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(super().has_changed(self.prepare_value(initial), data))


class PageForm(RecordForm):
    """A workout of a person's own. Its date and its duration follow from the times."""

    start = MinuteField()
    end = MinuteField()
    distance_meters = DistanceField(required=False)

    class Meta:
        model = Workout
        fields = (
            "sport_name",
            "start",
            "end",
            "distance_meters",
            "calories",
            "average_heart_rate",
            "max_heart_rate",
        )
        labels: ClassVar = {"sport_name": "Sport", "calories": "Energy (kcal)"}
        help_texts: ClassVar = {
            "sport_name": "Such as running. Sports that you have used before are suggested."
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sport_name"].widget.attrs["list"] = "sports"
        self.fields["distance_meters"].label = f"Distance ({units.distance_unit()})"
        self.fields["distance_meters"].widget.attrs |= {"step": "any", "inputmode": "decimal"}

    def _post_clean(self) -> None:
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if start and end and {"start", "end"} & set(self.changed_data):
            self.instance.date = local_date(start, self.instance.utc_offset_min)
            minutes = elapsed(start, end).total_seconds() / 60
            self.instance.duration_min = round(minutes, 3)
        super()._post_clean()  # type: ignore[misc]  # of Django, where the model is asked
