"""The page of the journal: a month of answers, the notes of it, and what is searched."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views.generic import TemplateView

from journal.entry import entry_of
from journal.models import LONGEST_TAG
from journal.month import last_of, month_grid, month_name, month_steps, shown_month
from journal.note_list import NEWEST, found_notes, notes_between, notes_with_tag
from lifetracker import days
from lifetracker.accounts.script_policy import with_script
from lifetracker.error_pages import ErrorPage, error_page
from lifetracker.web.one_day import NoSuchDay, shown_day
from lifetracker.web.search import LONGEST

A_PAGE = 20


@method_decorator(with_script, name="dispatch")
class MonthView(LoginRequiredMixin, TemplateView):
    """A month of the journal."""

    template_name = "journal/month.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        today = days.today()
        asked = request.GET
        try:
            day = shown_day(asked["day"], today) if "day" in asked else None
            first = shown_month(asked["month"], today) if "month" in asked else None
        except NoSuchDay as error:
            wrong = ErrorPage(
                error.status, "No such month", str(error), reverse("journal"), "Go to this month"
            )
            return error_page(request, wrong)
        first = first or (day or today).replace(day=1)
        return self.render_to_response(
            self.get_context_data(day=day or min(last_of(first), today), first=first, today=today)
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day, first, today = kwargs["day"], kwargs["first"], kwargs["today"]
        return super().get_context_data(
            heading=month_name(first, today),
            steps=month_steps(first, today),
            grid=month_grid(first, today),
            journal=entry_of(day, today),
            here=self.request.get_full_path(),
            **notes_asked(self.request, first, today),
            **kwargs,
        )


def notes_asked(request: HttpRequest, first: date, today: date) -> dict[str, Any]:
    """Return the notes that the address asks for: of a tag, of what is searched, else of the month."""
    tag = request.GET.get("tag", "").replace("\0", "")[:LONGEST_TAG].strip()
    words = request.GET.get("q", "").replace("\0", " ")[:LONGEST].strip()
    query = {"month": f"{first:%Y-%m}"}
    if tag:
        found: Any = notes_with_tag(tag)
        query = {"tag": tag}
    elif words:
        found = found_notes(words, today)
        query = {"q": words}
    else:
        found = notes_between(first, last_of(first))
    pages = Paginator(found, A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    return {
        "tag": tag,
        "words": words,
        "searched": f"{NEWEST:,}",
        "page_obj": page,
        "paginator": pages,
        "query": f"?{urlencode(query)}",
    }
