"""The buttons of the home page that start and stop a fast."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from fasting.models import FastConflict, FastingPeriod


class GoalForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    class Meta:
        model = FastingPeriod
        fields = ("goal_hours",)


@login_required
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    form = GoalForm(request.POST)
    if not form.is_valid():
        reasons = " ".join(map(str, form.errors["goal_hours"]))
        messages.error(request, f"No fast was started. Its goal in hours: {reasons}")
        return redirect("home")
    try:
        FastingPeriod.objects.begin(goal_hours=form.cleaned_data["goal_hours"])
    except FastConflict as error:
        messages.error(request, error.text)
    else:
        messages.success(request, "The fast has begun.")
    return redirect("home")


@login_required
@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    try:
        fast = FastingPeriod.objects.finish()
    except FastConflict as error:
        messages.error(request, error.text)
    else:
        messages.success(request, f"The fast is over, after {fast.duration_hours:.1f} hours.")
    return redirect("home")
