"""The pages that show goals: all of them by their urgency, and one with its line and its history."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Any, NamedTuple

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from goals.card_words import day_words, rounded
from goals.changes import lines_of, pending_of, pending_rule, wanted_of
from goals.course_chart import apart_words, course_chart, facts_of, records_href
from goals.forms import SentenceForm
from goals.models import EASING, FreePeriod, Goal, GoalLine
from goals.page_data import DELETED, RUNNING, TITLES, goal_list
from goals.plan import Kind, Plan
from goals.progress import Past
from goals.reading import Shown, Standing, standings_of
from goals.row_words import (
    is_to_come,
    past_value,
    past_words,
    period_noun,
    periods_sentence,
    state_of,
    state_of_period,
)
from goals.sentences import NO_GOALS, opening, opening_of_goal
from lifetracker import days
from lifetracker.accounts.script_policy import with_script
from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.registry import all_metrics, find_even_deleted, find_metric
from lifetracker.web.clock import date_and_time

#: So many earlier periods stand in the table of a goal, and so many free periods beside it.
PERIODS, FREE_PERIODS = 26, 12
# Digits of an id, which any database holds.
LONGEST_ID = 18
NO_SUCH_KIND = "There are no goals of this kind. These are the running ones."
OF_OTHERS = {
    "free": "These goals are free today: nothing is asked for.",
    "coming": "These goals have not begun yet.",
    "ended": "These goals are over.",
    "deleted": "Deleted goals can be brought back with all that they had.",
}


@method_decorator(with_script, name="dispatch")
class GoalsView(LoginRequiredMixin, TemplateView):
    """Goals by urgency, and the sentence that makes a new one."""

    template_name = "goals/goals.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        show = request.GET.get("show", RUNNING)
        is_known = show in TITLES
        context = self.get_context_data(
            show=show if is_known else RUNNING, refused="" if is_known else NO_SUCH_KIND
        )
        status = HTTPStatus.OK if is_known else HTTPStatus.BAD_REQUEST
        return self.render_to_response(context, status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today, show = days.today(), kwargs["show"]
        metrics = all_metrics()
        goals = goal_list(show, today, {one.key: one for one in metrics})
        form = SentenceForm(None, metrics=metrics, initial=first_wish(metrics, today))
        is_empty = show == RUNNING and not goals.standings
        return super().get_context_data(
            goals=goals,
            sentence=opening_of_list(goals.standings, show, has_any=goals.has_any),
            heading="By urgency" if show == RUNNING else TITLES[show],
            deleted=deleted_goals() if show == DELETED else [],
            is_empty=is_empty,
            form=form,
            today=today,
            fresh=[date_and_time(timezone.now(), "l j F,")],
            **kwargs,
        )


def opening_of_list(standings: list[Standing], show: str, *, has_any: bool) -> str:
    if show != RUNNING:
        return OF_OTHERS[show]
    if not standings and has_any:
        return "No goal runs at present."
    return opening(standings) if standings else NO_GOALS


def deleted_goals() -> list[Goal]:
    return list(Goal.objects.filter(deleted_at__isnull=False).order_by("-deleted_at")[:100])


def first_wish(metrics: list[Metric], today: date) -> dict[str, Any]:
    """Return what the sentence says before anything is typed in."""
    first = next((one.key for one in metrics if one.key == "time.hours"), metrics[0].key)
    return {"metric": first, "direction": "at_least", "how": "total.week", "start": today}


# --- One goal -------------------------------------------------------------------------------------


class PastRow(NamedTuple):
    """An earlier period in the table."""

    name: str
    href: str
    value: str
    target: str
    apart: str
    state: str
    words: str
    known: str


class GoalView(LoginRequiredMixin, TemplateView):
    """One goal: its line, where it stands, its earlier periods, its lines and its free days."""

    template_name = "goals/goal.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        standing, metric = opened(kwargs["pk"])
        goal, plan, found = standing.goal, standing.plan, standing.progress
        today = days.today()
        made = [days.local_date(one) for one in goal.lines.values_list("created_at", flat=True)]
        noun = period_noun(plan)
        states = [state_of_period(one) for one in standing.past]
        rule = plan.rule_on(found.day)
        named = metric or find_even_deleted(goal.metric)
        return super().get_context_data(
            goal=goal,
            standing=standing,
            metric=metric,
            gone="" if metric or not named else named.label,
            target=wanted_of(standing, named.unit if named else ""),
            sentence=opening_of_goal(standing),
            state=state_of(standing),
            drawn=course_chart(standing, metric),
            facts=facts_of(standing, metric),
            pending=pending_of(plan, found, goal.unit),
            can_end=can_end(plan, today) and not standing.is_over,
            ends_on=day_words(today + EASING - days.ONE_DAY, today),
            past=past_rows(standing, metric),
            past_words=periods_sentence(states, noun),
            noun=noun,
            is_to_come=is_to_come(standing),
            counts_days=plan.kind is not Kind.REACH,
            lines=lines_of(plan, found, goal.unit, made),
            free=free_periods(goal),
            undo=deleted_free(goal, self.request.GET.get("undo", "")),
            until=day_words(rule.end, today) if rule.end and plan.per else "",
            records_href=records_href(metric, max(found.period.first, plan.start), found.day),
            today=today,
            fresh=[date_and_time(timezone.now(), "l j F,")],
            **kwargs,
        )


def opened(pk: int) -> tuple[Standing, Metric | None]:
    """Return where a goal stands, with all that its page shows. Raises Http404."""
    goals = GoalLine.objects.filter(goal_id=pk).by_goal()
    if not goals:
        raise Http404("There is no such goal.")
    (goal,) = goals
    metric = find_metric(goal.metric)
    known = {goal.metric: metric} if metric else {}
    (standing,) = standings_of(goals, shown=Shown(periods=PERIODS, whole=True), known=known)
    return standing, metric


def can_end(plan: Plan, today: date) -> bool:
    """Return whether ending a goal in a week would be earlier than it ends by itself."""
    if plan.kind is Kind.REACH or plan.start > today or pending_rule(plan.rules, today):
        return False
    last = plan.last_day
    return last is None or last >= today + EASING


def past_rows(standing: Standing, metric: Metric | None) -> list[PastRow]:
    plan, unit, today = standing.plan, standing.goal.unit, standing.progress.day
    return [past_row(one, plan, unit, today, metric) for one in standing.past if one is not None]


def past_row(past: Past, plan: Plan, unit: str, today: date, metric: Metric | None) -> PastRow:
    state = state_of_period(past)
    is_open = past.is_least and past.is_reached is None
    is_known = past.value is not None and past.target is not None and not is_open
    apart = (past.value or 0.0) - (past.target or 0.0) if is_known else None
    first = past.period.first
    return PastRow(
        name=format_date(first, "j M Y"),
        href=records_href(metric, first, past.period.last),
        value=past_value(past, unit),
        target="" if past.target is None else rounded(past.target, unit),
        apart="" if apart is None else apart_words(apart, unit),
        state={"reached": "Reached", "missed": "Missed"}.get(state, "Not known"),
        words=past_words(past, period_noun(plan), unit, today),
        known=f"{past.known_days} of {past.known_days + past.unknown_days}",
    )


def free_periods(goal: Goal) -> list[FreePeriod]:
    """Return the free days of a goal, with those of all goals, the latest first."""
    rows = FreePeriod.objects.live().filter(Q(goal=goal) | Q(goal__isnull=True))
    return list(rows[:FREE_PERIODS])


def deleted_free(goal: Goal, asked: str) -> int | None:
    """Return the free period that was just deleted, and can be brought back."""
    if not (asked.isascii() and asked.isdigit() and len(asked) <= LONGEST_ID):
        return None
    rows = FreePeriod.objects.filter(Q(goal=goal) | Q(goal__isnull=True))
    found = rows.filter(pk=int(asked), deleted_at__isnull=False).values_list("pk", flat=True)
    return found.first()
