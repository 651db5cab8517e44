"""Items that could not be understood, and records that are missing at their source: shown, put aside, accepted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Count, QuerySet
from django.db.models.functions import Left
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView

from lifetracker import days
from lifetracker.accounts.rights import staff_only
from lifetracker.models import PendingDeletion, RejectedItem
from lifetracker.sync.streams import file_sources, sources
from lifetracker.web.connections.notices import at
from lifetracker.web.connections.words import since_words
from lifetracker.words import title_of

NEWEST = 5
MOST_MISSING = 20
A_PAGE = 20
# Characters of a payload that a page shows: of all of them, the admin has what is kept.
MOST_SHOWN = 4_000
# Characters of a key: it may be a digest.
KEY_SHOWN = 24


@dataclass(frozen=True)
class Item:
    """A rejected item as pages show it. `payload`: what the source sent, indented where it is JSON; `is_cut`: only its
    beginning."""

    pk: int
    title: str
    reason: str
    times: str
    payload: str
    is_cut: bool
    dismissed: str


def rejected_per_source() -> dict[str, int]:
    """Return how many items of each source could not be understood, without the dismissed ones."""
    pending = RejectedItem.objects.pending().order_by()
    return dict(pending.values_list("source").annotate(Count("pk")))


@dataclass(frozen=True)
class Missing:
    """Records of one kind that their source did not list from a day on."""

    source: str
    stream: str
    held_on: date
    accepted: bool
    count: int

    @property
    def title(self) -> str:
        return f"{title_of(self.source)} {self.stream}"


# --- Reading --------------------------------------------------------------------------------------


def newest_rejected(today: date) -> list[Item]:
    """Return the items that were rejected last and nobody has dismissed."""
    return items_of(RejectedItem.objects.pending(), NEWEST, today)


def items_of(found: QuerySet[RejectedItem], count: int, today: date) -> list[Item]:
    """Return the first items by the primary key, the newest first; of each payload only what is shown leaves the
    database."""
    rows: QuerySet[Any] = found.defer("payload").annotate(beginning=Left("payload", MOST_SHOWN))
    return [item_of(row, row.beginning, today) for row in rows.order_by("-pk")[:count]]


def item_of(row: RejectedItem, beginning: str, today: date) -> Item:
    length = max(row.payload_length, len(beginning))
    key = row.item_key if len(row.item_key) <= KEY_SHOWN else f"{row.item_key[:KEY_SHOWN]}…"
    return Item(
        row.pk,
        f"{title_of(row.source)} {row.stream} {key}",
        row.reason,
        times_words(row.first_seen_at, row.last_seen_at, today),
        indented(beginning),
        length > len(beginning),
        f"Dismissed by {row.dismissed_by}: {row.dismissal_reason}" if row.dismissed_at else "",
    )


def times_words(first: datetime, last: datetime, today: date) -> str:
    """Return `Since Tuesday`, and when it was seen last where that was another day."""
    begun = since_words(first, today).replace("since", "Since", 1)
    if days.local_date(first) == days.local_date(last):
        return f"{begun}."
    return f"{begun}, last seen {since_words(last, today).removeprefix('since ')}."


def indented(payload: str) -> str:
    """Return JSON on lines of their own; what is no JSON, or was cut, as it is."""
    try:
        return json.dumps(json.loads(payload), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return payload


def missing_records() -> list[Missing]:
    """Return how many records of each kind are missing at their source since which day, in one statement: first those that
    nobody has accepted, the newest first."""
    groups = PendingDeletion.objects.order_by("accepted", "-held_on", "source", "stream")
    counted = groups.values("source", "stream", "held_on", "accepted").annotate(count=Count("pk"))
    return [Missing(**group) for group in counted]


# --- Pages ----------------------------------------------------------------------------------------


class RejectedFilter(forms.Form):
    """`before`: the item that the page before ended with."""

    source = forms.ChoiceField(required=False)
    state = forms.ChoiceField(
        required=False,
        choices=[("", "Not dismissed"), ("dismissed", "Dismissed"), ("all", "All")],
    )
    before = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(name, title_of(name)) for name in [*sources, *file_sources]]
        self.fields["source"] = forms.ChoiceField(
            required=False, choices=[("", "All sources"), *names]
        )


class RejectedItems(LoginRequiredMixin, TemplateView):
    """All items that could not be understood, by source."""

    template_name = "lifetracker/connections/rejected_items.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = RejectedFilter(self.request.GET)
        asked = form.cleaned_data if form.is_valid() else {}
        found = items_of(chosen_items(asked), A_PAGE + 1, days.today())
        items = found[:A_PAGE]
        older = items[-1].pk if len(found) > A_PAGE else None
        return super().get_context_data(form=form, items=items, older=older, **kwargs)


def chosen_items(asked: dict[str, Any]) -> QuerySet[RejectedItem]:
    state = asked.get("state", "")
    found = RejectedItem.objects.all() if state == "all" else RejectedItem.objects.pending()
    if state == "dismissed":
        found = RejectedItem.objects.exclude(dismissed_at=None)
    if asked.get("source"):
        found = found.filter(source=asked["source"])
    return found.filter(pk__lt=asked["before"]) if asked.get("before") else found


@staff_only
@require_POST
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an item aside, with the reason that the person gives."""
    get_object_or_404(RejectedItem.objects.only("pk"), pk=pk)
    why = request.POST.get("reason", "").strip()[:1000]
    if not why:
        messages.error(request, "Nothing was dismissed. Enter a reason.", extra_tags=at("rejected"))
    elif RejectedItem.objects.filter(pk=pk).dismiss(request.user.get_username(), why):
        messages.success(
            request,
            "The item was dismissed. It is not tried again until it changes.",
            extra_tags=at("rejected"),
        )
    else:
        messages.info(request, "The item was dismissed already.", extra_tags=at("rejected"))
    return redirect(way_back(request))


@staff_only
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a dismissed item be pending again."""
    get_object_or_404(RejectedItem.objects.only("pk"), pk=pk)
    RejectedItem.objects.filter(pk=pk).take_back()
    messages.success(request, "The item is pending again.", extra_tags=at("rejected"))
    return redirect(way_back(request))


def way_back(request: HttpRequest) -> str:
    """Return the address of the list from which something was asked for, with its filters."""
    if "list" not in request.POST:
        return reverse("connections") + "#rejected"
    names = ("source", "state", "before")
    given = {name: request.POST[name] for name in names if request.POST.get(name)}
    return f"{reverse('rejected')}?{urlencode(given)}"


@staff_only
@require_POST
def accept_deletions(request: HttpRequest) -> HttpResponse:
    """Accept that records of one kind are gone: the next sync marks them as deleted."""
    try:
        held_on = date.fromisoformat(request.POST.get("held_on", ""))
    except ValueError:
        messages.error(
            request,
            "Nothing was accepted. Choose one of the lines below.",
            extra_tags=at("missing"),
        )
        return redirect(reverse("connections") + "#missing")
    found = PendingDeletion.objects.filter(
        source=request.POST.get("source", ""), stream=request.POST.get("stream", "")
    )
    number = found.filter(held_on=held_on).accept()
    messages.success(
        request,
        f"Deletions accepted: {number}. The next sync marks these records as deleted, unless the source lists them "
        "again.",
        extra_tags=at("missing"),
    )
    return redirect(reverse("connections") + "#missing")
