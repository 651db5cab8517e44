"""What changes projects: typed in, joined, taken out, deleted, restored; and the answers to what is suggested."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from lifetracker.web.forms import form_page
from lifetracker.web.removal import NOTHING_TYPED, Typed
from lifetracker.words import counted
from projects.forms import NOUNS, JoinForm, ProjectForm
from projects.models import Project, Suggestion, links
from projects.views import ProjectView

NUMBER = re.compile(r"[0-9]{1,18}")


@login_required
@form_page
def new(request: HttpRequest) -> HttpResponse:
    return edited(request, Project())


@login_required
@form_page
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    with transaction.atomic():
        return edited(request, find(pk, for_change=request.method == "POST"))


def edited(request: HttpRequest, project: Project) -> HttpResponse:
    pk, name = project.pk, project.name
    form = ProjectForm(request.POST if request.method == "POST" else None, instance=project)
    if form.is_valid():
        saved = form.save()
        messages.success(request, "The project was saved." if pk else "The project was added.")
        return redirect("project", saved.pk)
    context = {"form": form, "pk": pk, "name": name}
    return render(request, "projects/form.html", context, status=form.status)


def find(pk: int, *, for_change: bool = False) -> Project:
    rows = Project.objects.live()
    return get_object_or_404(rows.select_for_update() if for_change else rows, pk=pk)


# --- What belongs to a project --------------------------------------------------------------------


@login_required
@require_POST
def join(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a repository, a Toggl project or a goal belong to a project; say why it cannot."""
    kind = next((one for one in NOUNS if one in request.POST), "repository")
    with transaction.atomic():
        project = find(pk, for_change=True)
        form = JoinForm(project, kind, request.POST)
        is_joined = form.save()
    if not is_joined:
        view = ProjectView()
        view.setup(request, pk=pk)
        view.join = form
        return view.get(request, pk=pk)
    messages.success(request, f"{form.cleaned_data[kind]} now belongs to {project.name}.")
    return redirect("project", pk)


@login_required
@require_POST
def take_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Let something belong to a project no more. Its records stay."""
    project = find(pk)
    for kind, link in links().items():
        number = request.POST.get(kind, "")
        if not NUMBER.fullmatch(number):
            continue
        found = link.objects.filter(project=project, **{kind: int(number)}).first()
        if found:
            name = str(found)
            found.delete()
            messages.success(request, f"{name} was taken out of {project.name}.")
    return redirect("project", pk)


# --- Deleting -------------------------------------------------------------------------------------


@login_required
@form_page
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, delete, and offer to undo that."""
    with transaction.atomic():
        project = find(pk, for_change=request.method == "POST")
        if request.method != "POST":
            return render(request, "projects/delete.html", {"project": project})
        project.mark_deleted()
    return redirect("project-deleted", pk)


@login_required
def deleted(request: HttpRequest, pk: int, typed: Typed = NOTHING_TYPED) -> HttpResponse:
    """Say that a project was deleted, with what was typed for it since, and offer to undo that."""
    project = get_object_or_404(Project.objects.filter(deleted_at__isnull=False), pk=pk)
    return render(request, "projects/deleted.html", {"project": project, "typed": typed})


@login_required
@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    with transaction.atomic():
        rows = Project.objects.select_for_update().filter(deleted_at__isnull=False)
        project = get_object_or_404(rows, pk=pk)
        try:
            left = project.restore()
        except ValidationError as error:
            messages.error(request, f"{' '.join(error.messages)} Rename that one first.")
            return redirect("project-deleted", pk)
    words = f" {counted(left, 'part')} of it belong elsewhere by now." if left else ""
    messages.success(request, f"{project.name} is back.{words}")
    return redirect("project", pk)


# --- Suggestions ----------------------------------------------------------------------------------


@login_required
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Look for similar names now."""
    found = Suggestion.objects.find()
    messages.success(request, f"{counted(found, 'new suggestion')}.")
    return redirect("projects")


@login_required
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    suggestion = get_object_or_404(Suggestion.objects.with_names(), pk=pk)
    try:
        project = suggestion.confirm()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("projects")
    messages.success(request, f"Joined in {project.name}.")
    return redirect("project", project.pk)


@login_required
@require_POST
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    done = "Refused. Below is a button to take that back."
    return answered(request, pk, Suggestion.refuse, done, "?show=refused")


@login_required
@require_POST
def ask_again(request: HttpRequest, pk: int) -> HttpResponse:
    return answered(request, pk, Suggestion.ask_again, "The suggestion is back.")


def answered(
    request: HttpRequest, pk: int, answer: Callable[[Suggestion], None], done: str, query: str = ""
) -> HttpResponse:
    try:
        answer(get_object_or_404(Suggestion, pk=pk))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
    return redirect(reverse("projects") + query)
