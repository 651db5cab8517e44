"""The pages of one workout: shown with its day, and typed in, edited, deleted and brought back where it is one's own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from lifetracker import days
from lifetracker.models import MANUAL
from lifetracker.web.clock import on_clock_of
from lifetracker.web.forms import form_page
from lifetracker.web.one_day import full_day
from lifetracker.web.ranges import Link
from lifetracker.web.removal import Removal
from lifetracker.web.way_back import way_back
from workouts.forms import PageForm
from workouts.models import Workout
from workouts.sports import sport_key, sport_words
from workouts.workout_data import before_words, workout_page

HOUR = timedelta(hours=1)
#: Of sports that were done before, so many workouts are looked at.
OFFERED = 200


@login_required
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a workout with its zones, its day, and the last ones of its sport."""
    workout = get_object_or_404(Workout.objects.live(), pk=pk)
    page = workout_page(workout, timezone.now())
    context = {
        "page": page,
        "workout": workout,
        "before": before_words(page),
        "heading": f"{page.sport}, {full_day(workout.date, days.today())}",
        "back": way_back(request, reverse("workouts")),
        "today": days.today(),
        "day_chart": page.day,
        "needs_person": page.needs_person,
    }
    return render(request, "workouts/workout.html", context)


@login_required
@form_page
def new(request: HttpRequest) -> HttpResponse:
    return edited(request, Workout(), {"start": first_start(), "end": None})


def first_start() -> datetime:
    return timezone.localtime(timezone.now() - HOUR).replace(second=0, microsecond=0)


@login_required
@form_page
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit a workout that was typed in. Raises PermissionDenied for what a service sent."""
    with transaction.atomic():
        rows = Workout.objects.live()
        rows = rows.select_for_update() if request.method == "POST" else rows
        workout = get_object_or_404(rows.defer("raw"), pk=pk)
        if workout.source != MANUAL:
            raise PermissionDenied
        with on_clock_of(workout.utc_offset_min):
            return edited(request, workout)


def edited(
    request: HttpRequest, workout: Workout, initial: dict[str, Any] | None = None
) -> HttpResponse:
    given = request.POST if request.method == "POST" else None
    pk, offset = workout.pk, workout.utc_offset_min
    form = PageForm(given, instance=workout, initial=initial)
    if form.is_valid():
        saved = form.save()
        messages.success(request, "The workout was saved.")
        return redirect("workout", saved.pk)
    context = {
        "form": form,
        "pk": pk,
        "offset": offset,
        "zone": timezone.get_current_timezone_name(),
        "sports": sports_before(),
        "back": reverse("workout", args=[pk]) if pk else reverse("workouts"),
    }
    return render(request, "workouts/form.html", context, status=form.status)


def sports_before() -> list[str]:
    """Return the sports of the last workouts, the latest first, by one statement."""
    rows = Workout.objects.live().order_by("-start").values_list("sport_name", flat=True)
    return list({sport_key(name): sport_words(name) for name in rows[:OFFERED]}.values())


class WorkoutRemoval(Removal):
    """Deleting a workout that was typed in."""

    model = Workout
    noun = "workout"
    facts = "workouts/facts.html"
    record_page = "workout"
    prefix = "workout"

    def context(self, record: Workout) -> dict[str, Any]:
        return {
            "name": sport_words(record.sport_name),
            "workout": record,
            "today": days.today(),
        }

    def way_back(self, record: Workout) -> Link:
        return Link("All workouts", reverse("workouts"))
