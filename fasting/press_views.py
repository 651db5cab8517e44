"""Starting and stopping a fast, and taking either back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_POST

from fasting.forms import StartForm, StopForm, joined
from fasting.limits import LONG
from fasting.models import FastConflict, FastingPeriod, Unconfirmed, WrongState
from lifetracker.models import MANUAL
from lifetracker.web.sentences import hours_words
from lifetracker.web.way_back import way_back


@login_required
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    form = StartForm(request.POST)
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
    return press(
        request,
        form,
        lambda at: FastingPeriod.objects.finish(at, form.cleaned_data["confirm"]),
    )


def press(
    request: HttpRequest, form: StopForm, act: Callable[[datetime], FastingPeriod]
) -> HttpResponse:
    """Start or stop a fast at the moment that was typed in, else at that of the press; ask first whether what is unusual
    is meant, and say at the field what cannot be."""
    if not form.is_valid():
        return asked_again(request, form)
    at = form.cleaned_data["at"] or timezone.now()
    try:
        fast = act(at)
    except Unconfirmed as error:
        return asked_whether(request, form, error, at)
    except WrongState as error:
        messages.error(request, error.text)
    except FastConflict as error:
        form.add_error("at", error.text)
        return asked_again(request, form)
    else:
        messages.success(request, done_words(fast))
    return redirect(home_of(request))


def home_of(request: HttpRequest) -> str:
    return way_back(request, resolve_url("home"))


def done_words(fast: FastingPeriod) -> str:
    if fast.duration_hours is None:
        return "The fast has started."
    return f"The fast ended after {hours_words(fast.duration_hours)}."


def asked_again(request: HttpRequest, form: StopForm) -> HttpResponse:
    """Show what was typed in with what is wrong about it."""
    context = {
        "form": form,
        "is_start": isinstance(form, StartForm),
        "zone": timezone.get_current_timezone_name(),
        "back": home_of(request),
    }
    return render(request, "fasting/press.html", context, status=400)


def asked_whether(
    request: HttpRequest, form: StopForm, error: Unconfirmed, at: datetime
) -> HttpResponse:
    """Ask about what is unusual. The answer is about the moment of the press, whenever it comes."""
    context = {
        "question": error.text,
        "is_start": isinstance(form, StartForm),
        "goal_hours": request.POST.get("goal_hours", ""),
        "at": at.isoformat(),
        "confirm": joined(error.questions),
        "running": running_since(at - LONG),
        "back": home_of(request),
    }
    return render(request, "fasting/question.html", context)


def running_since(moment: datetime) -> FastingPeriod | None:
    """Return the fast that was typed in and runs, if it began before a moment."""
    own = FastingPeriod.objects.running().filter(source=MANUAL, start__lt=moment)
    found: FastingPeriod | None = own.first()
    return found


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
    return redirect(home_of(request))
