"""Proposed days of illness and travel on a page: a question for each spell, its reasons, and the answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from lifetracker.models import DayMark
from lifetracker.web.sentences import stretch_words
from lifetracker.web.undo import say_with_undo
from lifetracker.web.way_back import way_back
from lifetracker.words import counted, joined

Kind, State = DayMark.Kind, DayMark.State

#: So many questions are asked at once, of the newest so many days that wait.
MOST_QUESTIONS, MOST_DAYS = 5, 200
#: So many reasons are shown of each.
MOST_REASONS = 4
YEAR = timedelta(days=365)
ASKED = {
    Kind.SICK: "Were you ill?",
    Kind.TRAVEL: "Were you away?",
    Kind.HOLIDAY: "Were you on holiday?",
    Kind.OTHER: "Did you move?",
}
NOUNS = {Kind.SICK: "illness", Kind.TRAVEL: "travel", Kind.HOLIDAY: "holiday"}


class Question(NamedTuple):
    """Proposed days of one illness, trip or stay. `pk`: that of one of them; an answer is for all."""

    pk: int
    text: str
    stretch: str
    reasons: list[str]


def questions(request: HttpRequest) -> dict[str, Any]:
    """Return the newest spells that wait for an answer, and where the others are; one statement."""
    waiting = list(DayMark.objects.proposed().order_by("-date", "kind")[: MOST_DAYS + 1])
    found = list(asked_of(waiting[:MOST_DAYS]))
    has_more = len(found) > MOST_QUESTIONS or len(waiting) > MOST_DAYS
    address = f"{reverse('admin:lifetracker_daymark_changelist')}?state__exact=proposed"
    is_staff = getattr(request.user, "is_staff", False)
    return {
        "questions": found[:MOST_QUESTIONS],
        "waiting_days": number_waiting(len(waiting)),
        "may_be_ill": any(one.kind == Kind.SICK for one in waiting),
        "has_more_questions": has_more,
        "all_questions": address if is_staff and has_more else "",
    }


def number_waiting(days: int) -> str:
    """Return how many days wait, of at most one more than are read."""
    if days > MOST_DAYS:
        return f"More than {MOST_DAYS} days wait"
    return counted(days, "day waits", "days wait")


def asked_of(marks: list[DayMark]) -> Iterator[Question]:
    """Yield a question for each spell, the newest first."""
    spells: dict[tuple[str, date], list[DayMark]] = {}
    for mark in marks:
        spells.setdefault((mark.kind, mark.spell or mark.date), []).append(mark)
    for (kind, _), own in spells.items():
        days = sorted(mark.date for mark in own)
        stretch = stretch_words(days[0], days[-1])
        length = (days[-1] - days[0]).days + 1
        if len(days) < length:
            stretch += f", {len(days)} of {length} days"
        elif length > 1:
            stretch += f", {counted(length, 'day')}"
        best = max(own, key=lambda mark: (len(mark.reason_texts()), -mark.date.toordinal()))
        reasons = best.reason_texts()[:MOST_REASONS]
        yield Question(own[0].pk, ASKED[Kind(kind)], stretch, reasons)


def left_out_words(today: date) -> dict[str, str]:
    """Return how many days of the last year stay out of the usual, of the insights and of what changed; one statement."""
    kinds = DayMark.objects.kinds_by_day(today - YEAR, today)
    if not kinds:
        return {"left_out": "No day of the last year is marked as illness, travel or holiday."}
    single = [one for kind in kinds.values() for one in kind.split(", ")]
    counts = [(single.count(kind), noun) for kind, noun in NOUNS.items()]
    parts = joined([f"{count:,} of {noun}" for count, noun in counts if count])
    days = counted(len(kinds), "day")
    return {"left_out": f"{days} of the last year count as unknown: {parts}."}


# --- Answers --------------------------------------------------------------------------------------


def answered(request: HttpRequest, pk: int, state: DayMark.State, said: str) -> HttpResponse:
    """Answer for all days of a spell that wait, with a button that takes it back."""
    with transaction.atomic():
        mark = get_object_or_404(DayMark.objects.select_for_update(), pk=pk)
        if mark.state == State.PROPOSED:
            number = mark.with_spell().answer(state)
            again = reverse("day-mark-ask-again", args=[pk])
            say_with_undo(request, f"{counted(number, 'day')} {said}.", again)
    return redirect(way_back(request, reverse("home")))


@login_required
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    return answered(request, pk, State.CONFIRMED, "confirmed")


@login_required
@require_POST
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    return answered(request, pk, State.REFUSED, "not marked")


@login_required
@require_POST
def ask_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back an answer: the days that were answered by it wait again."""
    with transaction.atomic():
        mark = get_object_or_404(DayMark.objects.select_for_update(), pk=pk)
        if mark.state != State.PROPOSED and mark.reasons:
            # What was answered at another moment was another answer.
            same = DayMark.objects.filter(
                kind=mark.kind, spell=mark.spell, state=mark.state, updated_at=mark.updated_at
            )
            same.exclude(reasons=[]).answer(State.PROPOSED)
    return redirect(way_back(request, reverse("home")))
