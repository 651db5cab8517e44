"""The pages on which experiments are planned, changed, begun, stopped, reckoned, deleted and brought back."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from experiments.acts import begin, finish, stop
from experiments.forms import BEGUN_SINCE, ExperimentForm, StartForm, StopForm
from experiments.models import Experiment
from experiments.prefilled import prefilled_plan
from experiments.views import ExperimentView
from lifetracker.web.forms import form_page
from lifetracker.web.removal import DeletionAtOnce


@login_required
@form_page
def new(request: HttpRequest) -> HttpResponse:
    """Plan an experiment. The address may say what it is about."""
    return edited(request, prefilled_plan(request.GET) if request.method == "GET" else Experiment())


@login_required
@form_page
def change(request: HttpRequest, pk: int) -> HttpResponse:
    with transaction.atomic():
        return edited(request, find(pk, for_change=request.method == "POST"))


def edited(request: HttpRequest, experiment: Experiment) -> HttpResponse:
    pk, question = experiment.pk, experiment.question
    form = ExperimentForm(request.POST if request.method == "POST" else None, instance=experiment)
    if form.is_valid():
        saved = form.save()
        if form.sent_a_plan_too_late:
            messages.warning(request, BEGUN_SINCE)
        elif pk:
            messages.success(request, "The change is saved.")
        else:
            messages.success(request, "The experiment is planned. Nothing has begun yet.")
        return redirect("experiment", saved.pk)
    context = {"form": form, "pk": pk, "question": question}
    return render(request, "experiments/form.html", context, status=form.status)


def find(pk: int, *, for_change: bool = False) -> Experiment:
    rows = Experiment.objects.live()
    found: Experiment = get_object_or_404(rows.select_for_update() if for_change else rows, pk=pk)
    return found


# --- What becomes of it ---------------------------------------------------------------------------


@login_required
@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Let it begin on the day that was sent."""
    form = StartForm(request.POST)
    return done(
        request,
        pk,
        lambda one: begin(one, form.cleaned_data["start"]),
        "The experiment begins. Its days are fixed now.",
        form,
    )


@login_required
@require_POST
def stop_early(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop it, with a reason."""
    form = StopForm(request.POST)
    return done(
        request,
        pk,
        lambda one: stop(one, form.cleaned_data["reason"]),
        "The experiment was stopped. It is not decided.",
        form,
    )


@login_required
@require_POST
def reckon(request: HttpRequest, pk: int) -> HttpResponse:
    """Reckon the result of what is over."""
    return done(request, pk, finish, "The result is reckoned.")


def done(
    request: HttpRequest,
    pk: int,
    act: Callable[[Experiment], None],
    words: str,
    form: StartForm | StopForm | None = None,
) -> HttpResponse:
    """Do it under a lock, if nothing is wrong with what was sent; what is refused stands at the field it is about, else above
    the page."""
    if form and not form.is_valid():
        return shown_again(request, pk, form)
    try:
        with transaction.atomic():
            act(find(pk, for_change=True))
    except ValidationError as error:
        named = error.message_dict if hasattr(error, "error_dict") else {}
        if form and named.keys() <= form.fields.keys() and named:
            for name, texts in named.items():
                form.add_error(name, texts)
            return shown_again(request, pk, form)
        messages.error(request, " ".join(error.messages))
        return redirect("experiment", pk)
    messages.success(request, words)
    return redirect("experiment", pk)


def shown_again(request: HttpRequest, pk: int, form: StartForm | StopForm) -> HttpResponse:
    """Show the page of the experiment with what was typed and why it was refused."""
    view = ExperimentView()
    view.setup(request, pk=pk)
    if isinstance(form, StartForm):
        view.start_form = form
    else:
        view.stop_form = form
    return view.get(request, pk=pk)


# --- Delete and bring back ------------------------------------------------------------------------


class ExperimentDeletion(DeletionAtOnce):
    model = Experiment
    noun = "experiment"
    template = "experiments/deleted.html"
