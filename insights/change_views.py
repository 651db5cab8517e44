"""What the page of insights shows of changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from insights.change_chart import change_chart, change_picture_words
from insights.change_groups import change_groups
from insights.change_words import NO_WHY, change_sentence, change_status, waiting_words
from insights.hiding import together_with
from insights.models import MetricChange
from insights.states import ChangeState
from lifetracker.web.undo import say_with_undo

#: So many are read, so many are told, and so many of those before.
MOST_READ, MOST_TOLD, MOST_EARLIER = 60, 12, 12


@dataclass(frozen=True, kw_only=True)
class ShownChange:
    """A change as its card shows it."""

    change: MetricChange
    text: str
    status: str
    chart: SafeString
    words: str
    #: The same thing in other numbers.
    others: list[str]


def changes_section(*, has_looked: bool) -> dict[str, Any]:
    """Return what the section of the page shows, read by two statements."""
    current = list(MetricChange.objects.shown()[:MOST_READ])
    rest = list(MetricChange.objects.not_shown().defer("points")[:MOST_READ])
    groups = [one for one in change_groups(current) if not one.told.hidden_at]
    waiting = [one for one in rest if one.state == ChangeState.MAYBE]
    earlier = [one for one in rest if one.state != ChangeState.MAYBE and not one.hidden_at]
    return {
        "changes": [change_card(one.told, one.others) for one in groups[:MOST_TOLD]],
        "waiting": waiting_words(waiting),
        "earlier": [(change_sentence(one), change_status(one)) for one in earlier[:MOST_EARLIER]],
        "hidden_changes": [
            (one, change_sentence(one)) for one in (*current, *rest) if one.hidden_at
        ],
        "no_change": no_change_words(has_looked=has_looked) if not groups else "",
        "no_why": NO_WHY,
    }


def no_change_words(*, has_looked: bool) -> str:
    if not has_looked:
        return "Your days have not been compared yet."
    return "Nothing to tell: no metric has clearly differed for four weeks from the eight before, and still did two weeks later."


def change_card(one: MetricChange, others: Iterable[MetricChange]) -> ShownChange:
    return ShownChange(
        change=one,
        text=change_sentence(one),
        status=change_status(one),
        chart=change_chart(one),
        words=change_picture_words(one) if one.points else "",
        others=[change_sentence(other) for other in others if not other.hidden_at],
    )


@login_required
@require_POST
def hide(request: HttpRequest, pk: int) -> HttpResponse:
    """Hide a change and what is one thing with it, with a button that shows them again."""
    change = get_object_or_404(MetricChange.objects.told(), pk=pk)
    if MetricChange.objects.filter(pk__in=together_with(change)).hide():
        say_with_undo(request, "Hidden.", reverse("change-unhide", args=[pk]))
    return redirect("insights")


@login_required
@require_POST
def unhide(request: HttpRequest, pk: int) -> HttpResponse:
    change = get_object_or_404(MetricChange.objects.told(), pk=pk)
    MetricChange.objects.filter(pk__in=together_with(change)).unhide()
    return redirect("insights")
