"""The pages on which behaviours are added, renamed, put in order, merged, archived and deleted."""

from __future__ import annotations

from copy import copy
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from experiments.needs import needed_words
from journal.answers import behaviour_named, next_position
from journal.forms import BehaviourForm, MergeForm
from journal.merging import merge, take_apart
from journal.metrics import key_of
from journal.models import Behaviour, folded_name
from lifetracker.web.forms import form_page
from lifetracker.web.ranges import Link
from lifetracker.web.removal import Removal
from lifetracker.web.sentences import isolated
from lifetracker.web.undo import say_with_undo

KIND = Behaviour.Kind
#: How many wordings an address names at most.
MOST_WORDINGS = 50


class Offer(NamedTuple):
    """What many want to answer, added by one tap."""

    name: str
    kind: str
    unit: str = ""


OFFERS = {
    "mood": Offer("Mood", KIND.SCALE),
    "stress": Offer("Stress", KIND.SCALE),
    "alcohol": Offer("Alcohol", KIND.YES_NO),
    "coffee": Offer("Coffee", KIND.AMOUNT, "cups"),
}


class BehaviourRow(NamedTuple):
    behaviour: Behaviour
    wordings: list[Behaviour]


@login_required
@form_page
def behaviours(request: HttpRequest) -> HttpResponse:
    """List all behaviours, and add one."""
    made = Behaviour(position=next_position())
    form = BehaviourForm(request.POST if request.method == "POST" else None, instance=made)
    if form.is_valid():
        form.save()
        messages.success(request, f"{isolated(made.name)} was added.")
        return redirect("journal-behaviours")
    rows = list(Behaviour.objects.live().order_by("position", "pk").defer("raw"))
    names = {one.folded_name for one in rows}
    listed = [
        BehaviourRow(one, [other for other in rows if other.merged_into_id == one.pk])
        for one in rows
        if one.merged_into_id is None
    ]
    context = {
        "form": form,
        "asked": [one for one in listed if one.behaviour.archived_at is None],
        "archived": [one for one in listed if one.behaviour.archived_at],
        "offers": [(key, one) for key, one in OFFERS.items() if folded_name(one.name) not in names],
        "kinds": KIND,
    }
    return render(request, "journal/behaviours.html", context)


@login_required
@require_POST
def add_offered(request: HttpRequest, key: str) -> HttpResponse:
    """Add what is offered; what was deleted under its name comes back with its answers."""
    if key not in OFFERS:
        raise PermissionDenied
    one = behaviour_named(*OFFERS[key])
    messages.success(request, f"{isolated(one.name)} was added.")
    return redirect("journal-behaviours")


def own(pk: int) -> Behaviour:
    """Return a live behaviour, locked. Raises Http404."""
    found: Behaviour = get_object_or_404(Behaviour.objects.live().select_for_update(), pk=pk)
    return found


@login_required
@form_page
@transaction.atomic
def behaviour(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one behaviour, and rename it."""
    one = own(pk)
    form = BehaviourForm(request.POST if request.method == "POST" else None, instance=one)
    shown = copy(one)
    if form.is_valid():
        form.save()
        messages.success(request, f"{isolated(one.name)} was saved.")
        return redirect("journal-behaviours")
    context = {
        "form": form,
        "one": shown,
        "pk": pk,
        "into": shown.merged_into,
        "merge": None if shown.merged_into else MergeForm(shown),
        "number": shown.answers.live().count(),
    }
    return render(request, "journal/behaviour.html", context, status=form.status)


@login_required
@require_POST
@transaction.atomic
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Put one that is asked a place higher or lower."""
    rows = list(Behaviour.objects.all().asked().select_for_update())
    at = next((at for at, one in enumerate(rows) if one.pk == pk), None)
    step = {"up": -1, "down": 1}.get(request.POST.get("to", ""))
    if at is not None and step and 0 <= at + step < len(rows):
        rows[at], rows[at + step] = rows[at + step], rows[at]
        for position, one in enumerate(rows):
            if one.position != position:
                one.position = position
                one.save()
    return redirect(f"{reverse('journal-behaviours')}#behaviour-{pk}")


@login_required
@require_POST
@transaction.atomic
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask one no more. Its answers stay."""
    one = own(pk)
    one.archived_at = one.archived_at or timezone.now()
    one.save()
    undo = reverse("journal-behaviour-ask-again", args=[pk])
    words = (
        f"{isolated(one.name)} is not asked any more. Its answers stay.",
        *needed_words(keys_of(one)),
    )
    say_with_undo(request, " ".join(words), undo)
    return redirect("journal-behaviours")


@login_required
@require_POST
@transaction.atomic
def ask_again(request: HttpRequest, pk: int) -> HttpResponse:
    one = own(pk)
    one.archived_at = None
    one.save()
    messages.success(request, f"{isolated(one.name)} is asked again.")
    return redirect("journal-behaviours")


@login_required
@require_POST
@transaction.atomic
def merge_into(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the answers of one behaviour count for another."""
    one = own(pk)
    form = MergeForm(one, request.POST)
    try:
        if not form.is_valid():
            raise ValidationError("Choose a behaviour that has the same answers.")
        into = form.cleaned_data["into"]
        moved = merge(one, into)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("journal-behaviour", pk)
    names = f"{isolated(one.name)} counts as {isolated(into.name)} now"
    wordings = ",".join(str(each) for each in moved if each != pk)
    undo = f"{reverse('journal-behaviour-apart', args=[pk])}?{urlencode({'with': wordings})}"
    say_with_undo(request, f"{names}. Nothing that was answered is lost.", undo)
    return redirect("journal-behaviours")


@login_required
@require_POST
@transaction.atomic
def apart(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a behaviour out of the one that it was merged into."""
    one = own(pk)
    given = request.GET.get("with", "").split(",")[:MOST_WORDINGS]
    take_apart(one, [int(each) for each in given if each.isdecimal() and len(each) <= 18])
    messages.success(request, f"{isolated(one.name)} stands for itself again.")
    return redirect("journal-behaviours")


def keys_of(one: Behaviour) -> list[str]:
    """Return the keys of its metric: its own, and those of the behaviours that count for it."""
    return [key_of(one.pk), *map(key_of, one.wordings.values_list("pk", flat=True))]


class BehaviourRemoval(Removal):
    """Deleting a behaviour that was typed in. Its answers are hidden with it, and come back with it."""

    model = Behaviour
    noun = "behaviour"
    facts = "journal/behaviour_facts.html"
    record_page = "journal-behaviour"
    prefix = "journal-behaviour"

    def context(self, record: Behaviour) -> dict[str, Any]:
        needed = needed_words(keys_of(record))
        return {"name": record.name, "number": record.number_of_answers(), "needed": needed}

    def way_back(self, record: Behaviour) -> Link:
        return Link("All behaviours", reverse("journal-behaviours"))

    def refuse(self, record: Behaviour) -> None:
        if record.merged_into and record.merged_into.deleted_at:
            text = f"It counts for {isolated(record.merged_into.name)}, which is deleted. Bring that one back."
            raise ValidationError(text)
        record.clean()
