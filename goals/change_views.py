"""The pages on which goals are set, changed, ended, deleted and brought back, and on which days are set free."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from goals.card_words import day_words
from goals.changes import pending_rule, rule_words
from goals.forms import REACH, ChangeForm, FreeForm, SentenceForm
from goals.habit import hint_of
from goals.models import EASING, FreePeriod, Goal, first_day
from goals.plan import Direction, Kind, Plan, Rule
from goals.progress import Progress, Status
from goals.reading import plan_of
from goals.views import first_wish
from lifetracker import days
from lifetracker.accounts.script_policy import with_script
from lifetracker.metrics.registry import all_metrics, find_metric
from lifetracker.web.forms import form_page
from lifetracker.web.removal import DeletionAtOnce, typed

AT_FIRST = "Fill in the sentence, and you see how often you did that before you set it."


# --- A new goal -----------------------------------------------------------------------------------


@login_required
@form_page
@with_script
def new(request: HttpRequest) -> HttpResponse:
    """Show the sentence, say how often its writer did that, and set the goal. `look` in what is sent: it is not set
    yet, only looked at."""
    metrics, today = all_metrics(), days.today()
    if request.method != "POST":
        asked = {name: value for name, value in request.GET.items() if value}
        form = SentenceForm(None, metrics=metrics, initial=first_wish(metrics, today) | asked)
        return shown_sentence(request, form, AT_FIRST)
    if "look" not in request.POST:
        form = SentenceForm(request.POST, metrics=metrics)
        if not form.is_valid():
            return shown_sentence(request, form, "")
        goal = form.goal()
        goal.save()
        messages.success(request, "The goal is set.")
        return redirect("goal", goal.pk)
    sent = fitting(request.POST, SentenceForm(request.POST, metrics=metrics))
    form = SentenceForm(sent, metrics=metrics)
    if form.is_valid():
        goal, metric = form.goal(), form.chosen
        return shown_sentence(request, form, hint_of(goal, metric, today) if metric else "")
    if not sent.get("amount"):
        # Nobody is told that a field is empty before there was time to fill it.
        chosen = {"weekdays": "".join(sent.getlist("weekdays"))}
        form = SentenceForm(None, metrics=metrics, initial=sent.dict() | chosen)
    return shown_sentence(request, form, AT_FIRST)


def fitting(sent: QueryDict, form: SentenceForm) -> QueryDict:
    """Return what was sent, with a way of counting that the metric has: days that cannot be added up have a mean, and
    what is weighed is reached."""
    metric, found = form.chosen, sent.copy()
    if metric is None or metric.additive or form.kind is not Kind.TOTAL:
        return found
    found["how"] = REACH if metric.domain == "weight" else "mean.week"
    return found


def shown_sentence(request: HttpRequest, form: SentenceForm, hint: str) -> HttpResponse:
    context = {"form": form, "hint": hint, "is_alone": True}
    return render(request, "goals/new.html", context)


# --- Changes --------------------------------------------------------------------------------------


@login_required
@form_page
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a goal. One that is easier is stored only once its writer has seen from when on it holds."""
    with transaction.atomic():
        goal = find(pk, for_change=request.method == "POST")
        given = request.POST if request.method == "POST" else None
        name = goal.name
        form = ChangeForm(given, instance=goal, day_unit=day_unit_of(goal))
        waits = None
        if form.is_valid():
            waits = first_day_of(goal)
            is_seen = waits is None or request.POST.get("confirm") == waits.isoformat()
            if is_seen:
                form.save()
                messages.success(request, saved_words(waits, is_changed=is_rule_changed(form)))
                return redirect("goal", pk)
    context = {
        "form": form,
        "goal": goal,
        "name": name,
        "pk": pk,
        "waits": waits,
        "waits_words": day_words(waits, days.today()) if waits else "",
        "holds": holding_words(goal),
        "easing": day_words(days.today() + EASING, days.today()),
    }
    return render(request, "goals/change.html", context, status=form.status)


def is_rule_changed(form: ChangeForm) -> bool:
    return bool({"target", "end", "day_at_least", "day_at_most"} & set(form.changed_data))


def saved_words(waits: date | None, *, is_changed: bool) -> str:
    if waits:
        return f"The change is saved. It holds from {day_words(waits, days.today())}."
    return "The change is saved and holds from today." if is_changed else "The goal is saved."


def first_day_of(goal: Goal) -> date | None:
    """Return the day from which the changed goal holds, where that is later than today; None where it holds at once, or
    nothing was changed."""
    today, rules = days.today(), goal.rules()
    wanted = goal.rule(today)
    if wanted._replace(begins=rules[-1].begins) == rules[-1]:
        return None
    begins = first_day(Kind(goal.kind), Direction(goal.direction), rules, wanted)
    return begins if begins > today else None


def holding_words(goal: Goal) -> str:
    """Return what is asked for today: `25 h a week`."""
    plan, today = plan_of(goal, goal.rules(), ()), days.today()
    return rule_words(plan, plan.rule_on(today), on_day(plan, today), goal.unit)


def on_day(plan: Plan, day: date) -> Progress:
    """Return a day as words of a rule ask for it, without a look at any record."""
    return Progress(day=day, period=plan.period_of(day), status=Status.UNKNOWN)


def day_unit_of(goal: Goal) -> str:
    metric = find_metric(goal.metric)
    return metric.unit if metric else ""


@login_required
@require_POST
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a change that does not hold yet."""
    with transaction.atomic():
        goal = find(pk, for_change=True)
        rules, today = goal.rules(), days.today()
        if pending_rule(rules, today) is None:
            messages.info(request, "There is no change that is still to come.")
            return redirect("goal", pk)
        take(goal, plan_of(goal, rules, ()).rule_on(today))
        goal.save()
    messages.success(request, "The change was taken back. The goal stays as it was.")
    return redirect("goal", pk)


def take(goal: Goal, rule: Rule) -> None:
    """Let a goal ask for what a rule of its own says."""
    goal.target, goal.end = rule.target, rule.end
    goal.day_at_least, goal.day_at_most = rule.day_at_least, rule.day_at_most


@login_required
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a goal end in a week, which is easier and so holds no earlier."""
    with transaction.atomic():
        goal = find(pk, for_change=True)
        today = days.today()
        last = today + EASING - days.ONE_DAY
        if goal.kind == Kind.REACH or goal.start > today or (goal.end and goal.end <= last):
            messages.info(request, "This goal ends by itself.")
            return redirect("goal", pk)
        goal.end = last
        goal.save()
    messages.success(request, f"The goal ends on {day_words(last, today)}.")
    return redirect("goal", pk)


# --- Delete and bring back ------------------------------------------------------------------------


class GoalDeletion(DeletionAtOnce):
    model = Goal
    noun = "goal"
    template = "goals/deleted.html"

    def context(self, one: Goal) -> dict[str, Any]:
        return {"goal": one, "target": holding_words(one)}


# --- Free days ------------------------------------------------------------------------------------


@login_required
@form_page
def free(request: HttpRequest, pk: int, free_pk: int | None = None) -> HttpResponse:
    """Set days free, or change a free period."""
    goal = find(pk)
    if free_pk and is_free_deleted(goal, free_pk):
        return after_free_deletion(request, pk, free_pk)
    with transaction.atomic():
        row = (
            FreePeriod(goal=goal)
            if free_pk is None
            else find_free(goal, free_pk, for_change=request.method == "POST")
        )
        given = request.POST if request.method == "POST" else None
        form = FreeForm(given, instance=row, goal=goal)
        if form.is_valid():
            form.save()
            messages.success(request, "The free days are saved.")
            return redirect("goal", pk)
    context = {"form": form, "goal": goal, "pk": pk, "free_pk": free_pk}
    return render(request, "goals/free.html", context, status=form.status)


def is_free_deleted(goal: Goal, free_pk: int) -> bool:
    rows = FreePeriod.objects.filter(Q(goal=goal) | Q(goal__isnull=True))
    return rows.filter(pk=free_pk, deleted_at__isnull=False).exists()


def after_free_deletion(request: HttpRequest, pk: int, free_pk: int) -> HttpResponse:
    """Lead to where a free period is brought back, and show what was typed for it since."""
    if lost := typed(request):
        words = "; ".join(f"{title}: {text}" for title, text in lost)
        messages.error(request, f"It was deleted, so what you typed was not saved: {words}.")
    return redirect(f"{reverse('goal', args=[pk])}?undo={free_pk}")


def find_free(goal: Goal, free_pk: int, *, for_change: bool = False) -> FreePeriod:
    rows = FreePeriod.objects.filter(Q(goal=goal) | Q(goal__isnull=True)).live()
    rows = rows.select_for_update() if for_change else rows
    found: FreePeriod = get_object_or_404(rows, pk=free_pk)
    return found


@login_required
@require_POST
def free_delete(request: HttpRequest, pk: int, free_pk: int) -> HttpResponse:
    find_free(find(pk), free_pk)
    FreePeriod.objects.filter(pk=free_pk).mark_deleted()
    return redirect(f"{reverse('goal', args=[pk])}?undo={free_pk}")


@login_required
@require_POST
def free_restore(request: HttpRequest, pk: int, free_pk: int) -> HttpResponse:
    rows = FreePeriod.objects.filter(Q(goal=find(pk)) | Q(goal__isnull=True))
    get_object_or_404(rows, pk=free_pk)
    FreePeriod.objects.filter(pk=free_pk).restore()
    messages.success(request, "The free days are back.")
    return redirect("goal", pk)


def find(pk: int, *, for_change: bool = False) -> Goal:
    rows = Goal.objects.live()
    goal: Goal = get_object_or_404(rows.select_for_update() if for_change else rows, pk=pk)
    return goal
