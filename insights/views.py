"""The page of insights: what goes together and held, what was once said, and where no difference was seen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView

from insights.change_views import changes_section
from insights.chart import caption, dot_plot, halves_words
from insights.groups import Group, groups_of
from insights.held_back import held_words, trials, tried_actions
from insights.hiding import together_with
from insights.models import Finding, FindingTest, InsightRun
from insights.page_words import (
    abouts,
    basis,
    experiment_address,
    instead_words,
    line_words,
    missing_words,
    opening,
)
from insights.sentences import (
    TESTED,
    bound_words,
    held,
    sentence,
    sides,
    size_and_way,
    state_words,
)
from insights.states import State
from lifetracker import days
from lifetracker.web.day_marks import left_out_words, questions
from lifetracker.web.sentences import date_words
from lifetracker.web.undo import say_with_undo
from lifetracker.web.way_back import way_back
from lifetracker.words import counted

#: So many of each are shown, of so many that are read.
MOST, MOST_PAST, MOST_BOUNDS = 20, 20, 12
MOST_READ = 100


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A finding as its card shows it."""

    finding: Finding
    text: str
    #: What its size is of.
    line: str
    basis: str
    status: str
    plot: SafeString
    caption: str
    words: str
    tests: list[str]
    #: What it could just as well be.
    instead: str
    others: list[tuple[int, str]]
    #: What its metrics are, where their names do not say so.
    abouts: list[tuple[str, str]]
    experiment: str


class InsightsView(LoginRequiredMixin, TemplateView):
    template_name = "insights/insights.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run, running = InsightRun.objects.first(), trials()
        tried = tried_actions(running)
        said = list(Finding.objects.said().untried(tried).prefetch_related("tests")[:MOST_READ])
        visible = [one for one in said if not one.hidden_at]
        current = groups_of(one for one in visible if one.state != State.WITHDRAWN)
        hidden = groups_of(one for one in said if one.hidden_at)
        asked = questions(self.request)
        waiting = asked["waiting_days"] if asked["may_be_ill"] else ""
        return super().get_context_data(
            sentence=opening(run, current, hidden),
            basis=basis(run, current, hidden, waiting),
            cards=[card_of(one) for one in current[:MOST]],
            past=[
                (sentence(one), state_words(one)) for one in visible if one.state == State.WITHDRAWN
            ][:MOST_PAST],
            hidden=[(one.strongest, sentence(one.strongest), len(one.others)) for one in hidden],
            bounds=bound_lines(run, tried),
            held_back=held_words(running),
            missing=missing_words(run),
            **changes_section(has_looked=run is not None),
            **asked,
            **left_out_words(days.today()),
            fresh=[f"Days up to {date_words(run.last_day)}"] if run else [],
            **kwargs,
        )


def card_of(group: Group) -> Shown:
    one = group.strongest
    return Shown(
        finding=one,
        text=sentence(one),
        line=line_words(group),
        basis=f"{sides(one)} {held(one)}",
        status=state_words(one),
        plot=dot_plot(one),
        caption=caption(one),
        words=halves_words(one),
        tests=[test_words(test, one) for test in one.tests.all()],
        instead=instead_words(group),
        others=[(other.pk, sentence(other)) for other in group.others],
        abouts=abouts(one),
        experiment=experiment_address(one),
    )


def test_words(test: FindingTest, finding: Finding) -> str:
    stretch = f"{date_words(test.first_day)} to {date_words(test.last_day)}"
    said = TESTED[State(test.state)]
    if test.effect is None:
        return f"{stretch}: {said}, {counted(test.days, 'day')}."
    size = size_and_way(test.effect, finding)
    return f"{stretch}: {said}, {size}, {counted(test.days, 'day')}."


def bound_lines(run: InsightRun | None, tried: Collection[str]) -> list[str]:
    bounds = run.untried_bounds(tried) if run else []
    return [said for one in bounds[:MOST_BOUNDS] if (said := bound_words(one))]


@login_required
@require_POST
def hide(request: HttpRequest, pk: int) -> HttpResponse:
    """Hide a finding and what is one thing with it, with a button that shows them again."""
    finding = get_object_or_404(Finding.objects.said().untried(), pk=pk)
    if Finding.objects.filter(pk__in=together_with(finding)).hide():
        say_with_undo(request, "Hidden.", reverse("insight-unhide", args=[pk]))
    return redirect(way_back(request, reverse("insights")))


@login_required
@require_POST
def unhide(request: HttpRequest, pk: int) -> HttpResponse:
    finding = get_object_or_404(Finding.objects.said().untried(), pk=pk)
    Finding.objects.filter(pk__in=together_with(finding)).unhide()
    return redirect(way_back(request, reverse("insights")))
