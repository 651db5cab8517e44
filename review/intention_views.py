"""The pages of intentions: chosen, answered with a tap, edited, deleted and brought back."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from copy import copy
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from lifetracker import days
from lifetracker.models import MANUAL
from lifetracker.web.forms import form_page
from lifetracker.web.ranges import Link
from lifetracker.web.removal import Removal
from lifetracker.web.undo import say_with_undo
from lifetracker.web.way_back import way_back
from review.addresses import page_of_week
from review.forms import IntentionForm, NewIntentionForm
from review.intentions import Kept, last_to_choose, week_from
from review.models import Intention
from review.periods import BadPeriod, Length, Period

OPEN = "without an answer"


@login_required
@form_page
def new(request: HttpRequest) -> HttpResponse:
    """Choose what to do in a week: that of the address, by default the next one."""
    monday = monday_asked(request)
    given = request.POST if request.method == "POST" else None
    form = NewIntentionForm(given, instance=Intention(), initial={"date": monday})
    # Of two windows that choose at once, the second sees what the first chose.
    with Intention.objects.locked() if given is not None else nullcontext():
        made = form.save() if form.is_valid() else None
    if made:
        messages.success(request, f"Chosen for {week_from(made.date).title}.")
        return redirect(way_back(request, page_of_week(made.date, days.today())))
    return render(request, "review/intention_form.html", {"form": form} | page_of(request, monday))


def monday_asked(request: HttpRequest) -> date:
    """Return the Monday of the week that an address or a form names; that of the next week where it names none."""
    try:
        period = Period.named(request.GET.get("week", ""))
        return period.first if period.length is Length.WEEK else last_to_choose(days.today())
    except BadPeriod:
        return monday_sent(request.POST.get("date", "")) or last_to_choose(days.today())


def monday_sent(text: str) -> date | None:
    """Return the Monday of the week that a form has a day of; None for what is no day, or lies in a year of no record."""
    try:
        day = days.day_of(text)
    except ValueError:
        return None
    return days.monday_of(day) if days.FIRST_DAY <= day <= days.LAST_DAY else None


@login_required
@form_page
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit an intention, with the answer and a note to it."""
    stored = get_object_or_404(Intention.objects.live().defer("raw"), pk=pk, source=MANUAL)
    given = request.POST if request.method == "POST" else None
    about = page_of(request, stored.date) | {"pk": pk, "intention": copy(stored)}
    form = IntentionForm(given, instance=stored)
    if form.is_valid():
        form.save()
        messages.success(request, "The intention was saved.")
        return redirect(about["back"])
    return render(request, "review/intention_form.html", {"form": form} | about, status=form.status)


def page_of(request: HttpRequest, monday: Any) -> dict[str, Any]:
    return {
        "week": week_from(monday),
        "back": way_back(request, page_of_week(monday, days.today())),
    }


@login_required
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Store whether an intention was kept, as a tap says, with a button that undoes it. Undo names what it must be now
    (`now`), so that it replaces no newer answer."""
    kept = request.POST.get("kept", request.GET.get("kept", ""))
    with transaction.atomic():
        rows = Intention.objects.live().select_for_update().defer("raw")
        intention = get_object_or_404(rows, pk=pk, source=MANUAL)
        back = way_back(request, page_of_week(intention.date, days.today()))
        before = intention.kept
        if request.GET.get("now", before) not in {before, kept} and kept != before:
            messages.error(request, f"Its answer has changed since: {words_of(before)}.")
            return redirect(back)
        try:
            store(intention, kept)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(back)
    if kept != before:
        undo = reverse("intention-answer", args=[pk])
        query = urlencode({"kept": before, "now": kept})
        say_with_undo(request, f"Noted: {words_of(kept)}.", f"{undo}?{query}")
    return redirect(back)


def store(intention: Intention, kept: str) -> None:
    """Raises ValidationError for what is no answer, and before its week has begun."""
    intention.kept = kept
    intention.full_clean()
    intention.save()


def words_of(kept: str) -> str:
    return str(Kept(kept).label) if kept else OPEN


class IntentionRemoval(Removal):
    """Deleting an intention."""

    model = Intention
    noun = "intention"
    facts = "review/intention_facts.html"
    record_page = "intention"
    prefix = "intention"

    def context(self, record: Intention) -> dict[str, Any]:
        return {"intention": record, "week": week_from(record.date)}

    def way_back(self, record: Intention) -> Link:
        return Link("The review", page_of_week(record.date, days.today()))

    def locked(self) -> AbstractContextManager[object]:
        return Intention.objects.locked()

    def refuse(self, record: Intention) -> None:
        record.full_clean()
