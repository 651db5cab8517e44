"""The pages of one weigh-in: shown with where it came from, typed in, edited, deleted, and said whose it is."""

from __future__ import annotations

import json
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from lifetracker import days
from lifetracker.models import MANUAL
from lifetracker.web.forms import form_page
from lifetracker.web.one_day import offered_time
from lifetracker.web.ranges import BadRange, Link, chosen_day
from lifetracker.web.removal import Removal
from lifetracker.web.undo import say_with_undo
from lifetracker.web.units import mass
from lifetracker.web.way_back import way_back
from lifetracker.words import counted
from weight.figures import records_url
from weight.forms import WeighInForm
from weight.models import MeasureGroup, WeighIn
from weight.page_charts import PART_NAMES, shown_value, unit_of

#: What a person can say of a weigh-in, and what is said back.
WHOSE = {"mine": True, "other": False, "unsaid": None}
SAID = {
    "mine": "It is yours, and is counted.",
    "other": "It is somebody else's, and is not counted.",
    "unsaid": "What you said of it was taken back.",
}


# --- Type in, edit --------------------------------------------------------------------------------


@login_required
@form_page
def new(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        return edited(request, WeighIn(), {"measured_at": offered_time(request.GET.get("day", ""))})


@login_required
@form_page
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    with transaction.atomic():
        return edited(request, own(pk, for_change=request.method == "POST"))


def edited(
    request: HttpRequest, weigh_in: WeighIn, initial: dict[str, Any] | None = None
) -> HttpResponse:
    pk, given = weigh_in.pk, request.POST if request.method == "POST" else None
    form = WeighInForm(given, instance=weigh_in, initial=initial)
    if form.is_valid():
        saved = form.save()
        messages.success(request, f"{mass(saved.weight_kg)} was saved.")
        return redirect(way_back(request, reverse("weight")))
    context = {
        "form": form,
        "pk": pk,
        "zone": timezone.get_current_timezone_name(),
        "next": way_back(request, reverse("weight")),
    }
    is_wrong = form.errors and not form.is_outdated
    status = HTTPStatus.BAD_REQUEST if is_wrong else form.status
    return render(request, "weight/form.html", context, status=status)


# --- One weigh-in ---------------------------------------------------------------------------------


@login_required
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a weigh-in, also one that its owner has deleted: there it can be brought back."""
    weigh_in = get_object_or_404(WeighIn, pk=pk)
    if weigh_in.deleted_at and weigh_in.source != MANUAL:
        raise Http404
    return render(request, "weight/weigh_in.html", shown(request, weigh_in))


def shown(request: HttpRequest, weigh_in: WeighIn) -> dict[str, Any]:
    return {
        "weigh_in": weigh_in,
        "pk": weigh_in.pk,
        "today": days.today(),
        "facts": facts_of(weigh_in),
        "is_own": weigh_in.source == MANUAL,
        "day_url": records_url(weigh_in.date, weigh_in.date),
        "payloads": payloads_of(weigh_in),
        "next": way_back(request, reverse("weight")),
    }


def facts_of(weigh_in: WeighIn) -> list[tuple[str, str]]:
    """Return what was measured beside the weight, in words."""
    values = [(title, name, getattr(weigh_in, name)) for name, title in PART_NAMES]
    facts = [
        (title, f"{shown_value(name)(float(value)):.1f} {unit_of(name)}")
        for title, name, value in values
        if value is not None
    ]
    if weigh_in.heart_pulse is not None:
        facts.append(("Heart rate", f"{weigh_in.heart_pulse} bpm"))
    return facts


def payloads_of(weigh_in: WeighIn) -> list[str]:
    """Return what the service sent: the groups of measures that the weigh-in was made of, or what is kept of it."""
    if not weigh_in.raw:
        return []
    ids = weigh_in.raw.get("groups", []) if isinstance(weigh_in.raw, dict) else []
    groups = MeasureGroup.objects.filter(source=weigh_in.source, source_id__in=ids)
    found = [group for group in groups.order_by("pk").values_list("raw", flat=True) if group]
    return [json.dumps(raw, indent=1, ensure_ascii=False) for raw in found or [weigh_in.raw]]


# --- Delete and bring back ------------------------------------------------------------------------


class WeighInRemoval(Removal):
    """Deleting a weigh-in that was typed in. Its own page brings it back, unless another one has taken its moment."""

    model = WeighIn
    noun = "weigh-in"
    facts = "weight/facts.html"
    record_page = "weigh-in"
    prefix = "weigh-in"
    deleted_page = "weigh-in"

    def context(self, record: WeighIn) -> dict[str, Any]:
        return {"weigh_in": record, "today": days.today(), "facts": facts_of(record)}

    def way_back(self, record: WeighIn) -> Link:
        return Link("All weigh-ins", reverse("weight"))

    def restored_url(self, record: WeighIn) -> str:
        return reverse("weigh-in", args=[record.pk])

    def refuse(self, record: WeighIn) -> None:
        record.clean()


# --- Whose it is ----------------------------------------------------------------------------------


@login_required
@require_POST
def whose(request: HttpRequest, pk: int) -> HttpResponse:
    """Store what its owner says of a weigh-in of a scale. No sync changes that."""
    said = request.POST.get("whose") or request.GET.get("whose", "")
    with transaction.atomic():
        rows = WeighIn.objects.live().exclude(source=MANUAL).filter(pk=pk)
        weigh_in = rows.select_for_update().only("weight_kg", "date", "is_mine").first()
        if said not in WHOSE or weigh_in is None:
            raise Http404
        rows.update(is_mine=WHOSE[said], updated_at=timezone.now())
    text = f"{mass(weigh_in.weight_kg)}: {SAID[said]}"
    if said == "unsaid":
        messages.success(request, text)
    else:
        before = next(name for name, is_mine in WHOSE.items() if is_mine is weigh_in.is_mine)
        say_with_undo(request, text, f"{reverse('weigh-in-whose', args=[pk])}?whose={before}")
    return redirect(way_back(request, reverse("weight")))


@login_required
@require_POST
def whose_all(request: HttpRequest) -> HttpResponse:
    """Store the same of all weigh-ins of some days of which its owner has yet to say whose they are. All can be taken back
    at once, and each by itself."""
    said = request.POST.get("whose", "")
    try:
        first, last = (chosen_day(request.POST.get(name, "")) for name in ("from", "to"))
    except BadRange as error:
        messages.error(request, str(error))
        return redirect(way_back(request, reverse("weight")))
    if said not in {"mine", "other"}:
        raise Http404
    rows = WeighIn.objects.all().doubtful().filter(date__range=(first, last))
    now = timezone.now()
    number = rows.exclude(source=MANUAL).update(is_mine=WHOSE[said], updated_at=now)
    what = "yours, and counted" if said == "mine" else "somebody else's, and not counted"
    asked = urlencode({"whose": said, "at": now.isoformat()})
    undo = f"{reverse('weigh-ins-unsay')}?{asked}"
    say_with_undo(request, f"{counted(number, 'weigh-in is', 'weigh-ins are')} {what}.", undo)
    return redirect(way_back(request, reverse("weight")))


@login_required
@require_POST
def unsay_all(request: HttpRequest) -> HttpResponse:
    """Take back what was said of many weigh-ins at one moment, of those that were not changed since."""
    said = request.GET.get("whose", "")
    try:
        at = datetime.fromisoformat(request.GET.get("at", ""))
    except ValueError:
        raise Http404 from None
    if at.tzinfo is None or said not in {"mine", "other"}:
        raise Http404
    rows = WeighIn.objects.live().exclude(source=MANUAL)
    rows = rows.filter(updated_at=at, is_mine=WHOSE[said])
    number = rows.update(is_mine=None, updated_at=timezone.now())
    messages.success(request, f"Taken back of {counted(number, 'weigh-in')}.")
    return redirect(way_back(request, reverse("weight")))


def own(pk: int, *, for_change: bool) -> WeighIn:
    """Return a weigh-in that was typed in. Raises PermissionDenied for others."""
    rows = WeighIn.objects.live()
    weigh_in: WeighIn = get_object_or_404(rows.select_for_update() if for_change else rows, pk=pk)
    if weigh_in.source != MANUAL:
        raise PermissionDenied
    return weigh_in
