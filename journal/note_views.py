"""The pages of one note: written, edited, deleted and brought back."""

from __future__ import annotations

from copy import copy
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from journal.forms import NoteForm
from journal.models import Note
from journal.month import month_address
from lifetracker import days
from lifetracker.models import MANUAL
from lifetracker.web.clock import on_clock_of
from lifetracker.web.forms import form_page
from lifetracker.web.one_day import offered_time
from lifetracker.web.ranges import Link
from lifetracker.web.removal import Removal
from lifetracker.web.way_back import way_back


@login_required
@form_page
def new(request: HttpRequest) -> HttpResponse:
    """Write a note, by default now, or at the same time of the day that the address names."""
    initial = {"written_at": offered_time(request.GET.get("day", ""))}
    return edited(request, Note(), initial)


@login_required
@form_page
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit a note that was typed in, or show one that was imported."""
    note = get_object_or_404(Note.objects.live().defer("raw"), pk=pk)
    with on_clock_of(note.utc_offset_min):
        if note.source == MANUAL:
            return edited(request, note)
        if request.method == "POST":
            raise PermissionDenied
        about = shown(note) | {"back": back_of(request, note)}
        return render(request, "journal/imported_note.html", about)


def edited(request: HttpRequest, note: Note, initial: dict[str, Any] | None = None) -> HttpResponse:
    given = request.POST if request.method == "POST" else None
    about = shown(note) | {"back": back_of(request, note)}
    form = NoteForm(given, instance=note, initial=initial)
    if form.is_valid():
        form.save()
        messages.success(request, "The note was saved.")
        return redirect(about["back"])
    return render(request, "journal/note_form.html", {"form": form} | about, status=form.status)


def back_of(request: HttpRequest, note: Note) -> str:
    page = month_address(note.date) if note.pk else reverse("journal")
    return way_back(request, page)


def shown(note: Note) -> dict[str, Any]:
    """Return what a page says of a note, before a form changes it."""
    return {
        "pk": note.pk,
        "note": copy(note),
        "zone": timezone.get_current_timezone_name(),
        "today": days.today(),
    }


class NoteRemoval(Removal):
    """Deleting a note that was typed in."""

    model = Note
    noun = "note"
    facts = "journal/note_facts.html"
    record_page = "journal-note"
    prefix = "journal-note"

    def context(self, record: Note) -> dict[str, Any]:
        return shown(record)

    def way_back(self, record: Note) -> Link:
        return Link("The journal", month_address(record.date))
