"""The pages of one fast: typed in, edited, deleted and brought back, or shown where it was imported."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager, nullcontext
from copy import copy
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from fasting.cards import fasting_card
from fasting.forms import PageForm
from fasting.models import FastingPeriod
from lifetracker import days
from lifetracker.models import MANUAL
from lifetracker.web.clock import on_clock_of
from lifetracker.web.forms import form_page
from lifetracker.web.ranges import Link
from lifetracker.web.removal import Removal
from lifetracker.web.way_back import way_back


@login_required
@form_page
def new(request: HttpRequest) -> HttpResponse:
    initial = {"start": timezone.now(), "goal_hours": fasting_card(timezone.now()).next_goal}
    with writing(request):
        return edited(request, FastingPeriod(), initial)


@login_required
@form_page
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit a fast that was typed in, or show one that was imported."""
    with writing(request):
        fast = get_object_or_404(FastingPeriod.objects.live(), pk=pk)
        with on_clock_of(fast.utc_offset_min):
            if fast.source == MANUAL:
                return edited(request, fast)
            if request.method == "POST":
                raise PermissionDenied
            payload = json.dumps(fast.raw, indent=1, ensure_ascii=False) if fast.raw else ""
            about = shown(fast) | {"payload": payload, "back": back_of(request)}
            return render(request, "fasting/imported.html", about)


def edited(
    request: HttpRequest, fast: FastingPeriod, initial: dict[str, Any] | None = None
) -> HttpResponse:
    given = request.POST if request.method == "POST" else None
    about = shown(fast) | {"back": back_of(request)}
    form = PageForm(given, instance=fast, initial=initial)
    if form.is_valid():
        form.save()
        messages.success(request, "The fast was saved.")
        return redirect(about["back"])
    return render(request, "fasting/form.html", {"form": form} | about, status=form.status)


def back_of(request: HttpRequest) -> str:
    return way_back(request, reverse("fasting"))


def writing(request: HttpRequest) -> AbstractContextManager[None]:
    """Keep other writers out while a form is worked on, so that what it found stays true."""
    is_write = request.method == "POST"
    return FastingPeriod.objects.locked() if is_write else nullcontext()


def shown(fast: FastingPeriod) -> dict[str, Any]:
    """Return what a page says of a fast, before a form changes it."""
    return {
        "pk": fast.pk,
        "fast": copy(fast),
        "zone": timezone.get_current_timezone_name(),
        "today": days.today(),
    }


class FastRemoval(Removal):
    """Deleting a fast that was typed in. It comes back only where no other fast has taken its time."""

    model = FastingPeriod
    noun = "fast"
    facts = "fasting/facts.html"
    record_page = "fasting-edit"
    prefix = "fasting"

    def context(self, record: FastingPeriod) -> dict[str, Any]:
        return shown(record)

    def way_back(self, record: FastingPeriod) -> Link:
        return Link("All fasts", reverse("fasting"))

    def locked(self) -> AbstractContextManager[object]:
        locked: AbstractContextManager[object] = FastingPeriod.objects.locked()
        return locked

    def refuse(self, record: FastingPeriod) -> None:
        record.refuse_conflict()

    def show(
        self, request: HttpRequest, template: str, record: FastingPeriod, **also: object
    ) -> HttpResponse:
        with on_clock_of(record.utc_offset_min):
            return super().show(request, template, record, **also)
