"""What a person types in about a weigh-in."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from lifetracker.web.forms import MinuteField, RecordForm
from lifetracker.web.units import MassField, mass, mass_unit
from weight.models import MEASURES, WeighIn

#: What the database takes of a weight, in kg.
LEAST, MOST = 0.5, 999.0
#: What is farther from the weights of the time than this part of them is asked about once more.
UNUSUAL = 0.15
#: Of weigh-ins that are farther away in time nothing is made for that.
NEAR = timedelta(days=365)
LAST_SECOND = timedelta(seconds=59)
#: Fields beyond these stand folded.
FIRST_FIELDS = ("weight_kg", "measured_at", "fat_ratio")


class Kilograms(MassField):
    """A weight that is stored in decimal digits."""

    def clean(self, value: Any) -> Decimal | None:
        kg = super().clean(value)
        return None if kg is None else Decimal(str(kg))


def part(label: str) -> Kilograms:
    return Kilograms(label=label, required=False, min_value=0.001, max_value=MOST)


class WeighInForm(RecordForm):
    """A weigh-in of a person's own. One that lies far from the weights of the time is saved once that is confirmed: a slip
    of the finger, such as 653 for 65.3, would spoil the trend for weeks."""

    weight_kg = Kilograms(label="Weight", min_value=LEAST, max_value=MOST)
    measured_at = MinuteField(label="Date and time", required=False)
    fat_mass_kg = part("Fat mass")
    lean_mass_kg = part("Lean mass, without the fat")
    muscle_mass_kg = part("Muscle mass")
    bone_mass_kg = part("Bone mass")
    hydration_kg = part("Water")
    confirm = forms.BooleanField(label="This is right, save it", required=False)

    class Meta:
        model = WeighIn
        fields = tuple(dict.fromkeys((*FIRST_FIELDS, *MEASURES)))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_unusual = False
        for name, field in self.fields.items():
            if isinstance(field, Kilograms):
                field.label = f"{field.label} ({mass_unit()})"
            if name in {"fat_ratio", "heart_pulse"}:
                field.widget.attrs["inputmode"] = "decimal"

    def clean_measured_at(self) -> datetime:
        """Return when it was; of a new one without a time it is now. Raises ValidationError."""
        given: datetime | None = self.cleaned_data.get("measured_at")
        if given is None and self.instance.pk:
            raise forms.ValidationError("Enter a date and a time.", "required")
        return given or free_moment(self.cleaned_data.get("weight_kg"))

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        kg, at = values.get("weight_kg"), values.get("measured_at")
        if kg and at and "weight_kg" in self.changed_data and not values.get("confirm"):
            self.ask_about(kg, at)
        if self.errors and not self.data.get("measured_at"):
            # A moment that nobody typed is found anew once the rest is right, and is not judged before.
            values.pop("measured_at", None)
        return values

    def ask_about(self, kg: Decimal, at: datetime) -> None:
        """Ask whether a weight is right that is far from the last one before it."""
        before = weight_before(at, self.instance.pk)
        if before is None or abs(kg - before) <= before * Decimal(str(UNUSUAL)):
            return
        self.is_unusual = True
        told = f"{mass(kg)} is far from the weigh-in before it, {mass(before)}."
        self.add_error("weight_kg", f"{told} If it is right, say so below and save it again.")

    @property
    def shown_first(self) -> list[forms.BoundField]:
        return [self[name] for name in FIRST_FIELDS]

    @property
    def folded(self) -> list[forms.BoundField]:
        names = [name for name in self.fields if name not in {*FIRST_FIELDS, "confirm"}]
        return [self[name] for name in names]

    @property
    def is_unfolded(self) -> bool:
        """Return whether something stands in a field that is folded, or is wrong with it."""
        return any(one.errors or one.value() not in {None, ""} for one in self.folded)


def free_moment(kg: Decimal | None) -> datetime:
    """Return this minute, or its first second without a weigh-in. Where the same weight was saved within the minute, as by
    a button that was pressed twice, return the moment of that one."""
    minute = timezone.now().replace(second=0, microsecond=0)
    rows = WeighIn.objects.all().certain().filter(measured_at__range=(minute, minute + LAST_SECOND))
    taken = dict(rows.values_list("measured_at", "weight_kg"))
    same = next((at for at, weighed in taken.items() if weighed == kg), None)
    seconds = (minute + timedelta(seconds=second) for second in range(60))
    return same or next((at for at in seconds if at not in taken), minute)


def weight_before(at: datetime, pk: int | None) -> Decimal | None:
    """Return the newest weight of the year before a moment that counts."""
    rows = WeighIn.objects.all().certain().filter(measured_at__range=(at - NEAR, at))
    found = rows.exclude(pk=pk).order_by("-measured_at").values_list("weight_kg", flat=True)
    return found.first()
