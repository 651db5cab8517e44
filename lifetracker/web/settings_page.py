"""The page on which the owner chooses how values are shown."""

from __future__ import annotations

from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import FormView

from lifetracker.days import today
from lifetracker.models.preferences import NAMES, ONLY, Preferences, forget, preferences
from lifetracker.web import units
from lifetracker.web.clock import date_and_time, week_of

# What the samples show: nobody's weight, and a run.
SAMPLE_KG, SAMPLE_METERS = 70.0, 5000.0


class PreferencesForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    class Meta:
        model = Preferences
        fields = ("mass", "distance", "clock", "first_weekday", "theme")

    def save_row(self) -> None:
        """Write the one row, whether there is one or not."""
        Preferences.objects.update_or_create(pk=ONLY, defaults=self.cleaned_data)
        forget()


class Sample(NamedTuple):
    """A value as it is shown at present."""

    name: str
    value: str


def samples() -> list[Sample]:
    now = timezone.now()
    week = week_of(today())
    return [
        Sample("A weight", units.mass(SAMPLE_KG)),
        Sample("A distance", units.distance(SAMPLE_METERS)),
        Sample("Now", date_and_time(now, "D j M,")),
        Sample("The week began", format_date(week, "D j M")),
    ]


@method_decorator(never_cache, name="dispatch")
class SettingsView(LoginRequiredMixin, FormView):  # type: ignore[type-arg]  # not generic at run time
    """Units, clock, first weekday and theme. What is chosen holds for every page at once."""

    template_name = "settings/display.html"
    form_class = PreferencesForm

    def get_initial(self) -> dict[str, Any]:
        chosen = preferences()
        return {name: getattr(chosen, name) for name in NAMES}

    def form_valid(self, form: PreferencesForm) -> HttpResponse:
        form.save_row()
        messages.success(self.request, "Saved. Every page shows it so from now on.")
        return redirect("settings")

    def form_invalid(self, form: PreferencesForm) -> HttpResponse:
        context = self.get_context_data(form=form)
        return self.render_to_response(context, status=400)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(samples=samples(), **kwargs)
