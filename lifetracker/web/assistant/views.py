"""The addresses of these texts, and the page that shows one to be copied."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, NamedTuple

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from lifetracker.days import owners_today
from lifetracker.error_pages import ErrorPage, error_page
from lifetracker.web.assistant.text import day_text, week_of, week_text
from lifetracker.web.one_day import NoSuchDay, full_day, shown_day, today_address
from lifetracker.web.sentences import stretch_words

MARKDOWN = "text/markdown; charset=utf-8"


class Copy(NamedTuple):
    """A text, what it is about, the name of its file without the ending, and the page of its day."""

    text: str
    about: str
    name: str
    day_url: str


def copy_of_day(day: date, today: date) -> Copy:
    text = day_text(day, timezone.now())
    return Copy(text, full_day(day, today), f"day-{day}", today_address(day, today))


def copy_of_week(day: date, today: date) -> Copy:
    monday, last = week_of(day, today)
    text = week_text(monday, last, timezone.now())
    about = f"the week from {stretch_words(monday, last)}"
    return Copy(text, about, f"week-{monday}", today_address(day, today))


class OfAssistant(LoginRequiredMixin, View):
    is_week: ClassVar = False

    def copy(self, day: str) -> Copy:
        """Raises NoSuchDay."""
        today = owners_today()
        make = copy_of_week if self.is_week else copy_of_day
        return make(shown_day(day, today), today)


class AsMarkdown(OfAssistant):
    """A day as Markdown. `?save=yes` lets a browser save it."""

    def get(self, request: HttpRequest, day: str) -> HttpResponseBase:
        try:
            copy = self.copy(day)
        except NoSuchDay as error:
            return HttpResponse(f"{error}\n", "text/plain; charset=utf-8", error.status)
        answer = HttpResponse(copy.text, MARKDOWN)
        if "save" in request.GET:
            answer["Content-Disposition"] = f'attachment; filename="{copy.name}.md"'
        return answer


class WeekAsMarkdown(AsMarkdown):
    is_week = True


class CopyPage(OfAssistant):
    """The same on a page, for who has no script or no clipboard."""

    def get(self, request: HttpRequest, day: str) -> HttpResponse:
        try:
            copy = self.copy(day)
        except NoSuchDay as error:
            wrong = ErrorPage(error.status, "No such day", str(error), button="Go to today")
            return error_page(request, wrong)
        address = reverse("week-markdown" if self.is_week else "day-markdown", args=[day])
        context = {"copy": copy, "save_url": f"{address}?save=yes", "is_week": self.is_week}
        return render(request, "lifetracker/assistant/copy.html", context)


class WeekCopyPage(CopyPage):
    is_week = True
