"""Today, and any day before it: one day of a life, in every domain."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.generic import TemplateView

from lifetracker import days
from lifetracker.error_pages import ErrorPage, error_page
from lifetracker.web.cards import Card, Place, Visit, cards_in_order
from lifetracker.web.first_run import first_run
from lifetracker.web.freshness import completeness, flags, last_reads
from lifetracker.web.one_day import NoSuchDay, day_steps, full_day, shown_day, today_address
from lifetracker.web.ranges import kept_query
from lifetracker.web.source_status import source_statuses


class HomeView(LoginRequiredMixin, TemplateView):
    """A day in every domain, and how the syncs went."""

    template_name = "lifetracker/today.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        now = timezone.now()
        today = days.owners_today(now)
        try:
            day = shown_day(request.GET.get("day", today.isoformat()), today)
        except NoSuchDay as error:
            wrong = ErrorPage(error.status, "No such day", str(error), button="Go to today")
            return error_page(request, wrong)
        statuses = source_statuses()
        by_name = {status.name: status for status in statuses}
        visit = Visit(now, today, day, by_name)
        return self.render_to_response(self.get_context_data(visit=visit))

    def address(self, day: date, today: date) -> str:
        """Return the address of another day, with the range of the page from which one came."""
        address = today_address(day, today)
        kept = kept_query(self.request.GET.dict(), today)
        return address + (kept.replace("?", "&") if "?" in address else kept)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        visit: Visit = kwargs["visit"]
        statuses = list(visit.sources.values())
        cards = cards_in_order()
        made = {card.name: card.make(visit) for card in cards}
        filled = [card for card in cards if card.has_records(made[card.name])]
        # A day before the first record is no sign of a fresh start.
        has_records = bool(filled) or visit.is_past
        return super().get_context_data(
            **{status.slug: status for status in statuses},
            **made,
            today=visit.today,
            day=visit.day,
            iso_day=visit.day.isoformat(),
            heading=full_day(visit.day, visit.today),
            steps=day_steps(visit.day, visit.today, partial(self.address, today=visit.today)),
            places=by_place(shown_of(cards, filled, visit)),
            has_records=has_records,
            sentence=sentence_of([words_of(card, made[card.name]) for card in cards], visit),
            needs_person=any(status.needs_consent for status in statuses),
            first_run=None if has_records else first_run(statuses, visit.today),
            sources=statuses,
            any_connected=any(status.is_connected for status in statuses),
            fresh=completeness(visit),
            flags=flags(visit),
            last_reads=last_reads(visit),
            renews=any(status.is_moving for status in statuses) and "still" not in self.request.GET,
            **kwargs,
        )


def shown_of(cards: list[Card], filled: list[Card], visit: Visit) -> list[Card]:
    """Return the cards that the page shows, of which `filled` have records."""
    is_kept = bool(filled) and not visit.is_past
    return [
        card
        for card in cards
        if card in filled or not card.is_optional or (is_kept and card.is_kept_today)
    ]


def words_of(card: Card, made: object) -> str:
    return card.in_short(made) if card.in_short else ""


def sentence_of(words: list[str], visit: Visit) -> str:
    """Return what cards know of a day, for a page on which none of them begins it with a sentence of its own."""
    known = [one for one in words if one]
    if not known:
        return f"Nothing is known of this day{'' if visit.is_past else ' yet'}."
    *most, last = known
    text = f"{', '.join(most)} and {last}" if most else last
    return f"{'On this day' if visit.is_past else 'So far today'}: {text}."


def by_place(cards: list[Card]) -> dict[str, list[Card]]:
    return {place.value: [card for card in cards if card.place is place] for place in Place}
