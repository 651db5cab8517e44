"""Answers by one tap, from Today and from the page of the journal. Without a script a form leads back to its page; with one
the answered part alone is put in its place."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from journal.answers import behaviour_named
from journal.entry import MOOD, TAKEN_BACK, entry_of
from journal.models import Behaviour
from journal.quick import (
    Change,
    ChangedMeanwhile,
    State,
    answer,
    put_back,
    signed,
    take_back,
)
from journal.words import on_day, value_words
from lifetracker import days
from lifetracker.web.one_day import NoSuchDay, shown_day
from lifetracker.web.sentences import isolated
from lifetracker.web.undo import say_with_undo
from lifetracker.web.way_back import way_back

NO_NUMBER = "Enter an amount as a number, such as 2 or 2.5."
PLAIN_NUMBER = re.compile(r"\d{1,9}(?:[.,]\d{1,9})?", re.ASCII)


class Done(NamedTuple):
    """What a tap did, in words, and the address that undoes it; `fault` is why nothing was done."""

    words: str
    undo: str
    fault: str = ""


@login_required
@require_POST
def give(request: HttpRequest) -> HttpResponse:
    """Store an answer, or take one back."""
    day = day_in(request)
    behaviour = behaviour_in(request)
    sent = request.POST.get("value", "")
    try:
        value = value_in(request, sent.removeprefix(TAKEN_BACK))
        give_or_take = take_back if sent.startswith(TAKEN_BACK) else answer
        change = give_or_take(behaviour, day, value)
    except ChangedMeanwhile as error:
        return shown(request, Done("", "", changed_words(behaviour, error.now, "taken back")))
    except ValidationError as error:
        return shown(request, Done("", "", fault_words(error, behaviour)))
    return shown(request, done(behaviour, change))


@login_required
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Give a day the answer that it had before a tap."""
    try:
        state = put_back(request.GET.get("before", ""))
    except ChangedMeanwhile as error:
        behaviour = Behaviour.objects.get(pk=error.now.behaviour)
        return shown(request, Done("", "", changed_words(behaviour, error.now, "undone")))
    except ValidationError as error:
        return shown(request, Done("", "", " ".join(error.messages)))
    behaviour = Behaviour.objects.get(pk=state.behaviour)
    words = said(behaviour, state.day, state.value)
    return shown(request, Done(f"{words} That is as it was before.", ""))


def day_in(request: HttpRequest) -> date:
    """Return the day that is answered. Raises Http404."""
    try:
        return shown_day(request.POST.get("day", ""), days.today())
    except NoSuchDay as error:
        raise Http404(str(error)) from None


def behaviour_in(request: HttpRequest) -> Behaviour:
    """Return what is answered; of the offered mood, the behaviour that is made of it. Raises Http404."""
    given = request.POST.get("behaviour", "")
    if given == "mood":
        return behaviour_named(MOOD, Behaviour.Kind.SCALE)
    pk = int(given) if re.fullmatch(r"[0-9]{1,18}", given) else 0
    found: Behaviour = get_object_or_404(Behaviour.objects.all().own(), pk=pk)
    return found


def value_in(request: HttpRequest, sent: str) -> float:
    """Return the value that a button sent, or what was typed beside it. Raises ValidationError."""
    if sent == "typed":
        sent = request.POST.get("typed", "").strip()
    if not PLAIN_NUMBER.fullmatch(sent):
        raise ValidationError(NO_NUMBER)
    return float(sent.replace(",", "."))


def done(behaviour: Behaviour, change: Change) -> Done:
    address = f"{reverse('journal-undo')}?{urlencode({'before': signed(change)})}"
    return Done(said(behaviour, change.after.day, change.after.value), address)


def said(behaviour: Behaviour, day: date, value: float | None) -> str:
    """Return `Alcohol yesterday: yes.`"""
    words = value_words(behaviour.kind, behaviour.unit, value)
    return f"{isolated(behaviour.name)} {on_day(day, days.today())}: {words}."


def changed_words(behaviour: Behaviour, now: State, kept_from: str) -> str:
    """Return that an answer is another one than a page showed, so that nothing was `taken back` or `undone`."""
    return f"Nothing was {kept_from}: the answer was changed since. {said(behaviour, now.day, now.value)}"


def fault_words(error: ValidationError, behaviour: Behaviour) -> str:
    return f"{isolated(behaviour.name)} was not answered. {' '.join(error.messages)}"


def shown(request: HttpRequest, what: Done) -> HttpResponse:
    """Show what was done: in the part that was swapped, or on the page that the form leads back to."""
    if "HX-Request" in request.headers:
        return part(request, what)
    if what.fault:
        messages.error(request, what.fault)
    elif what.undo:
        say_with_undo(request, what.words, what.undo)
    else:
        messages.success(request, what.words)
    return redirect(way_back(request, reverse("journal")))


def part(request: HttpRequest, what: Done) -> HttpResponse:
    """Return the part of the page with the answers, whose last day the form names."""
    today = days.today()
    try:
        last = shown_day(request.POST.get("shown", ""), today)
    except NoSuchDay:
        last = today
    context = {
        "journal": entry_of(last, today),
        "here": way_back(request, reverse("journal")),
        "done": what,
        "typed": request.POST.get("typed", "") if what.fault else "",
        "typed_for": f"{request.POST.get('behaviour')} {request.POST.get('day')}",
    }
    return render(request, "journal/entry.html", context)
