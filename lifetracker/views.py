"""The home page, and what every page is told."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest
from django.utils import timezone
from django.views.generic import TemplateView

from lifetracker import days
from lifetracker.home import all_synced_at, fasting_card, source_books, time_card, weight_card
from time_logs.models import TOGGL
from whoop.models import WhoopCycle, WhoopRecovery, WhoopSleep


class HomeView(LoginRequiredMixin, TemplateView):
    """A day of a life, in every domain, and how the syncs went."""

    template_name = "lifetracker/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        cycle = WhoopCycle.objects.live().first()
        books = source_books()
        return super().get_context_data(
            # Where the person is: the zone of the latest cycle, which travels with them.
            today=days.local_date(now, cycle.utc_offset_min if cycle else None),
            recovery=WhoopRecovery.objects.live().first(),
            sleep=WhoopSleep.objects.nights().first(),
            cycle=cycle,
            weight=weight_card(),
            time=time_card(now, {book.name: book for book in books}[TOGGL]),
            fasting=fasting_card(now),
            sources=books,
            any_configured=any(book.configured for book in books),
            any_connected=any(book.is_connected for book in books),
            troubled=[book for book in books if book.is_troubled],
            all_synced_at=all_synced_at(books),
            **kwargs,
        )


# --- Every page -----------------------------------------------------------------------------------


def demo(request: HttpRequest) -> dict[str, Any]:
    """For every template: whether all this is made up."""
    return {"demo": settings.DEMO}
