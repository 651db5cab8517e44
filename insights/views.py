"""The page of insights: what goes together and held, what was once said, and what the days could have shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView

from insights.change_views import changes_section
from insights.chart import dot_plot, picture_words
from insights.groups import groups_of
from insights.models import Finding, FindingTest, InsightRun
from insights.sentences import (
    NO_CAUSE,
    amount,
    bound_words,
    day_words,
    decimals_of,
    direction,
    held,
    lower_first,
    sentence,
    sides,
    state_words,
)
from insights.states import State
from lifetracker import days
from lifetracker.web.day_marks import left_out_words, questions
from lifetracker.web.undo import say_with_undo
from lifetracker.words import counted

#: So many of each are shown.
MOST, MOST_PAST, MOST_BOUNDS = 20, 20, 12
#: The first look needs so many days.
FIRST_LOOK_DAYS = 120


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A finding as its card shows it."""

    finding: Finding
    text: str
    basis: str
    status: str
    plot: SafeString
    words: str
    tests: list[str]
    #: The same thing in other numbers.
    others: list[str]
    experiment: str


class InsightsView(LoginRequiredMixin, TemplateView):
    template_name = "insights/insights.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = InsightRun.objects.first()
        said = list(Finding.objects.said().prefetch_related("tests__run")[: MOST + MOST_PAST])
        visible = [one for one in said if not one.hidden_at]
        groups = groups_of(one for one in said if one.state != State.WITHDRAWN)
        # What is hidden hides what is the same thing in other numbers.
        current = [one for one in groups if not one.strongest.hidden_at]
        return super().get_context_data(
            sentence=opening(run, len(current)),
            cards=[card_of(one.strongest, one.others) for one in current[:MOST]],
            past=[card_of(one) for one in visible if one.state == State.WITHDRAWN][:MOST_PAST],
            hidden=[card_of(one) for one in said if one.hidden_at],
            bounds=bound_lines(run),
            missing=missing_words(run),
            no_cause=NO_CAUSE,
            **changes_section(has_looked=run is not None),
            **questions(self.request),
            **left_out_words(days.today()),
            fresh=[f"Days up to {day_words(run.last_day)}"] if run else [],
            **kwargs,
        )


def opening(run: InsightRun | None, shown: int) -> str:
    if run is None:
        return "Your days have not been looked at yet. A worker does so once a day until there is enough to test."
    if not run.tested:
        return "There are too few days to test anything yet."
    tested = f"of {counted(run.tested, 'comparison')} that were tested"
    if not shown:
        return f"Nothing that may be said yet, {tested}."
    goes, was = ("goes", "it was") if shown == 1 else ("go", "they were")
    return f"{counted(shown, 'thing')} {goes} together in your days and held on days on which {was} not found, {tested}."


def card_of(one: Finding, others: Iterable[Finding] = ()) -> Shown:
    return Shown(
        finding=one,
        text=sentence(one),
        basis=f"{sides(one)} {held(one)}",
        status=state_words(one),
        plot=dot_plot(one),
        words=picture_words(one) if one.points else "",
        tests=[test_words(test, one) for test in one.tests.all()],
        others=[sentence(other) for other in others if not other.hidden_at],
        experiment=experiment_address(one),
    )


def test_words(test: FindingTest, finding: Finding) -> str:
    stretch = f"{day_words(test.first_day)} to {day_words(test.last_day)}"
    if test.effect is None:
        return f"{stretch}: {test.state}, {counted(test.days, 'day')}."
    size = f"{amount(test.effect, finding.unit, decimals_of(finding))} {direction(test.effect, finding.unit)}"
    return f"{stretch}: {test.state}, {size}, {counted(test.days, 'day')}."


def bound_lines(run: InsightRun | None) -> list[str]:
    return [said for one in (run.bounds if run else [])[:MOST_BOUNDS] if (said := bound_words(one))]


def missing_words(run: InsightRun | None) -> str:
    """Return what would make something possible, where nothing was tested."""
    if run is None or run.tested:
        return ""
    known = max((days for days in run.left_out.values()), default=0)
    known = max([known, *(days for _, _, days in run.series.values())])
    return (
        f"A first look needs {FIRST_LOOK_DAYS} days on which something that you do and something that may follow from it "
        f"are known. The longest series has {counted(known, 'known day')}. An import of earlier years counts at once."
    )


def experiment_address(one: Finding) -> str:
    """Return where an experiment on a finding is planned."""
    asked = {
        "question": f"Does {lower_first(one.action_name)} change my {lower_first(one.outcome_name)}?",
        "action": one.action,
        "outcome": one.outcome,
    }
    return f"{reverse('experiment-new')}?{urlencode(asked)}"


@login_required
@require_POST
def hide(request: HttpRequest, pk: int) -> HttpResponse:
    """Hide a finding, with a button that shows it again."""
    finding = get_object_or_404(Finding.objects.said(), pk=pk)
    if Finding.objects.filter(pk=finding.pk).hide():
        say_with_undo(request, "Hidden.", reverse("insight-unhide", args=[pk]))
    return redirect("insights")


@login_required
@require_POST
def unhide(request: HttpRequest, pk: int) -> HttpResponse:
    finding = get_object_or_404(Finding.objects.said(), pk=pk)
    Finding.objects.filter(pk=finding.pk).unhide()
    return redirect("insights")
