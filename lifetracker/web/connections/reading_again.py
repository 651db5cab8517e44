"""The form with which a stretch of the past is read again."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from lifetracker import days
from lifetracker.accounts.rights import staff_only
from lifetracker.errors import NeedsReauthorization, NotConfigured
from lifetracker.models import SyncRun
from lifetracker.sync.plans import SyncRequest
from lifetracker.sync.streams import Source, Window, sources
from lifetracker.tasks import enqueue
from lifetracker.web.connections.held import ANCHOR
from lifetracker.web.connections.notices import at
from lifetracker.web.sentences import stretch_words

PLACE = at("held")


class StretchForm(forms.Form):
    """Two days, both of which are read."""

    first = forms.DateField(error_messages={"invalid": "Choose a first day, such as 2026-09-14."})
    last = forms.DateField(error_messages={"invalid": "Choose a last day, such as 2026-09-20."})

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        first, last = values.get("first"), values.get("last")
        if first and last:
            refuse_impossible(first, last)
        return values


def refuse_impossible(first: date, last: date) -> None:
    """Raise ValidationError where nothing can be read between two days."""
    if first > last:
        raise forms.ValidationError("The first day must not be after the last one.")
    if not days.FIRST_DAY <= first <= days.today():
        raise forms.ValidationError(
            "The first day has not come yet, or lies too far back. Choose another one."
        )


@staff_only
@require_POST
def read_again(request: HttpRequest) -> HttpResponse:
    """Queue a sync of a stretch, or say why not, and lead back to where it was asked for."""
    source = find(request.POST.get("source", ""))
    form = StretchForm(request.POST)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, " ".join(map(str, errors)), extra_tags=PLACE)
        return redirect(way_back(request))
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    queue(request, source, first, min(last, days.today()))
    return redirect(way_back(request))


def find(slug: str) -> Source:
    """Return the source whose history is read window by window. Raises Http404."""
    for source in sources.values():
        if source.slug == slug and source.history_streams:
            return source
    raise Http404


def queue(request: HttpRequest, source: Source, first: date, last: date) -> None:
    window = Window(days.midnight(first), days.midnight(last + days.ONE_DAY))
    before = set(SyncRun.objects.active().values_list("pk", flat=True))
    try:
        run = enqueue(source, SyncRequest.from_stretch(window), SyncRun.BegunBy.PERSON)
    except (NotConfigured, NeedsReauthorization) as error:
        messages.error(request, str(error), extra_tags=PLACE)
        return
    stretch = f"{source.title}, {stretch_words(first, last)}"
    if run.pk not in before:
        messages.success(request, f"{stretch}: queued to be read again.", extra_tags=PLACE)
    else:
        messages.info(request, f"{stretch}: already queued to be read again.", extra_tags=PLACE)


def way_back(request: HttpRequest) -> str:
    """Return the address of the week that was shown, with the days that were typed in."""
    names = ("year", "week", "stream", "source", "first", "last")
    given = {name: request.POST[name] for name in names if request.POST.get(name)}
    return f"{reverse('connections')}?{urlencode(given)}{ANCHOR}"
