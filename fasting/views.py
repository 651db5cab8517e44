"""The pages on which fasts are started, stopped, typed in, edited and deleted."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from copy import copy
from datetime import datetime, timedelta, timezone
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone as clock
from django.views.decorators.http import require_http_methods, require_POST
from django.views.generic import ListView

from fasting.cards import fasting_card
from fasting.forms import PageForm, StartForm, StopForm, joined
from fasting.models import FastConflict, FastingPeriod, Unconfirmed
from lifetracker import days
from lifetracker.models import MANUAL

A_PAGE = 30
form_page = require_http_methods(["GET", "HEAD", "POST"])


class FastsView(LoginRequiredMixin, ListView):  # type: ignore[type-arg]  # not generic at run time
    """The running fast and all others, the newest first."""

    template_name = "fasting/fasts.html"
    paginate_by = A_PAGE
    context_object_name = "fasts"

    def get_queryset(self) -> Any:
        return FastingPeriod.objects.live().defer("raw")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            today=days.today(), fasting=fasting_card(clock.now()), **kwargs
        )


# --- Start and stop -------------------------------------------------------------------------------


@login_required
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    form = StartForm(request.POST)
    if not form.is_valid():
        reasons = " ".join(map(str, form.errors.get("goal_hours", ["Enter a number."])))
        messages.error(request, f"The fast was not started. Goal: {reasons}")
        return redirect("home")
    return press(
        request,
        form,
        lambda at: FastingPeriod.objects.begin(
            at, form.cleaned_data["goal_hours"], form.cleaned_data["confirm"]
        ),
    )


@login_required
@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    form = StopForm(request.POST)
    if not form.is_valid():
        messages.error(request, "The fast was not stopped because its end time is invalid.")
        return redirect("home")
    return press(
        request,
        form,
        lambda at: FastingPeriod.objects.finish(at, form.cleaned_data["confirm"]),
    )


def press(
    request: HttpRequest, form: StopForm, act: Callable[[datetime], FastingPeriod]
) -> HttpResponse:
    """Start or stop a fast at the moment of the press, or ask first whether it is meant."""
    at = form.cleaned_data["at"] or clock.now()
    try:
        fast = act(at)
    except Unconfirmed as error:
        context = {
            "question": error.text,
            "is_start": isinstance(form, StartForm),
            "goal_hours": request.POST.get("goal_hours", ""),
            "at": at.isoformat(),
            "confirm": joined(error.questions),
            "running": FastingPeriod.objects.running().filter(source=MANUAL).first(),
        }
        return render(request, "fasting/question.html", context)
    except FastConflict as error:
        messages.error(request, error.text)
    else:
        over = fast.end and f"The fast ended after {fast.duration_hours:.1f} hours."
        messages.success(request, over or "The fast has started.")
    return redirect("home")


@login_required
@require_POST
def take_back_start(request: HttpRequest, pk: int) -> HttpResponse:
    return taken_back(
        request,
        lambda: FastingPeriod.objects.take_back_start(pk),
        "The start was undone and the fast was deleted.",
    )


@login_required
@require_POST
def take_back_stop(request: HttpRequest, pk: int) -> HttpResponse:
    return taken_back(
        request,
        lambda: FastingPeriod.objects.take_back_stop(pk),
        "The stop was undone. The fast is still running.",
    )


def taken_back(request: HttpRequest, act: Callable[[], Any], done: str) -> HttpResponse:
    try:
        act()
    except FastConflict as error:
        messages.error(request, error.text)
    else:
        messages.success(request, done)
    return redirect("home")


# --- Type in, edit, delete ------------------------------------------------------------------------


@login_required
@form_page
def new(request: HttpRequest) -> HttpResponse:
    initial = {"start": clock.now(), "goal_hours": fasting_card(clock.now()).next_goal}
    with writing(request):
        return edited(request, FastingPeriod(), initial)


@login_required
@form_page
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit a fast that was typed in, or show one that was imported."""
    with writing(request):
        fast = find(pk)
        with clock.override(zone_of(fast)):
            if fast.source == MANUAL:
                return edited(request, fast)
            if request.method == "POST":
                raise PermissionDenied
            return render(request, "fasting/imported.html", shown(fast))


def edited(
    request: HttpRequest, fast: FastingPeriod, initial: dict[str, Any] | None = None
) -> HttpResponse:
    given = request.POST if request.method == "POST" else None
    about = shown(fast)
    form = PageForm(given, instance=fast, initial=initial)
    if form.is_valid():
        form.save()
        messages.success(request, "The fast was saved.")
        return redirect("fasting")
    return render(request, "fasting/form.html", {"form": form} | about)


@login_required
@form_page
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    with writing(request):
        fast = find(pk)
        if fast.source != MANUAL:
            raise PermissionDenied
        if request.method != "POST":
            with clock.override(zone_of(fast)):
                return render(request, "fasting/delete.html", shown(fast))
        fast.delete()
    messages.success(request, "The fast was deleted.")
    return redirect("fasting")


def writing(request: HttpRequest) -> AbstractContextManager[None]:
    """Keep other writers out while a form is worked on, so that what it found stays true."""
    is_write = request.method == "POST"
    return FastingPeriod.objects.locked() if is_write else nullcontext()


def find(pk: int) -> FastingPeriod:
    fast: FastingPeriod = get_object_or_404(FastingPeriod.objects.live().defer("raw"), pk=pk)
    return fast


def shown(fast: FastingPeriod) -> dict[str, Any]:
    """Return what a page says of a fast, before a form changes it."""
    return {
        "pk": fast.pk,
        "fast": copy(fast),
        "zone": clock.get_current_timezone_name(),
        "today": days.today(),
    }


def zone_of(fast: FastingPeriod) -> Any:
    """Return the zone whose clock the fast is shown by: its own where that is known."""
    if fast.utc_offset_min is None:
        return clock.get_default_timezone()
    return timezone(timedelta(minutes=fast.utc_offset_min))
