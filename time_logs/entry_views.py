"""The pages of one entry: shown where a service sent it, edited where it was typed in."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from lifetracker import days
from lifetracker.models import MANUAL
from lifetracker.web.connections.words import at_words
from lifetracker.web.forms import form_page
from lifetracker.web.one_day import offered_time
from lifetracker.web.ranges import Link
from lifetracker.web.removal import Removal
from time_logs.forms import EntryForm
from time_logs.models import TimeEntry
from time_logs.names import entries_url

HOUR = timedelta(hours=1)
#: Of names that were used before, so many are offered.
OFFERED = 200


@login_required
@form_page
def new(request: HttpRequest) -> HttpResponse:
    return edited(
        request, TimeEntry(), {"start": offered_time(request.GET.get("day", ""), HOUR), "end": None}
    )


@login_required
@form_page
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit an entry that was typed in, or show one that a service sent."""
    with transaction.atomic():
        entry = find(pk, for_change=request.method == "POST")
        if entry.source == MANUAL:
            return edited(request, entry)
    if request.method == "POST":
        raise PermissionDenied
    payload = json.dumps(entry.raw, indent=1, ensure_ascii=False) if entry.raw else ""
    return render(request, "time_logs/entry.html", shown(entry) | {"payload": payload})


@login_required
@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """End a running entry that was typed in at this moment. One that has ended stays as it is."""
    with transaction.atomic():
        entry = find(pk, for_change=True)
        if entry.source != MANUAL:
            raise PermissionDenied
        if entry.end:
            words = at_words(entry.end, days.today())
            messages.info(request, f"This entry had already been stopped {words}.")
            return redirect("time")
        entry.end = timezone.now()
        try:
            entry.full_clean()
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("time")
        entry.save()
    messages.success(request, "The entry was stopped.")
    return redirect("time")


def edited(
    request: HttpRequest, entry: TimeEntry, initial: dict[str, Any] | None = None
) -> HttpResponse:
    given = request.POST if request.method == "POST" else None
    pk = entry.pk
    form = EntryForm(given, instance=entry, initial=initial)
    if form.is_valid():
        saved = form.save()
        messages.success(request, "The entry was saved.")
        return redirect(entries_url(saved.date, saved.date))
    context = {
        "form": form,
        "pk": pk,
        "zone": timezone.get_current_timezone_name(),
        "names": names_before(),
    }
    return render(request, "time_logs/form.html", context, status=form.status)


def names_before() -> dict[str, list[str]]:
    """Return the projects and clients of the last entries, the latest first, by one statement."""
    rows = TimeEntry.objects.live().order_by("-start").values_list("project", "client")[:OFFERED]
    projects, clients = zip(*rows, strict=True) if rows else ((), ())
    return {
        "projects": [name for name in dict.fromkeys(projects) if name],
        "clients": [name for name in dict.fromkeys(clients) if name],
    }


class EntryRemoval(Removal):
    """Deleting an entry that was typed in."""

    model = TimeEntry
    noun = "entry"
    facts = "time_logs/facts.html"
    record_page = "time-entry"
    prefix = "time-entry"

    def context(self, record: TimeEntry) -> dict[str, Any]:
        return {"name": record.description} | shown(record)

    def way_back(self, record: TimeEntry) -> Link:
        return Link("All entries of the day", entries_url(record.date, record.date))


def find(pk: int, *, for_change: bool = False) -> TimeEntry:
    rows = TimeEntry.objects.live()
    entry: TimeEntry = get_object_or_404(rows.select_for_update() if for_change else rows, pk=pk)
    return entry


def shown(entry: TimeEntry) -> dict[str, Any]:
    return {
        "entry": entry,
        "pk": entry.pk,
        "today": days.today(),
        "hours": entry.elapsed(timezone.now()).total_seconds() / 3600,
        "day_url": entries_url(entry.date, entry.date),
    }
