"""The page of search, and what belongs to no app and can be found: days and pages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from lifetracker import days
from lifetracker.accounts.script_policy import with_script
from lifetracker.web.navigation import Group, Page, pages, register_page
from lifetracker.web.one_day import full_day
from lifetracker.web.search import (
    LONGEST,
    Asked,
    Finder,
    Named,
    SearchResult,
    asked_for,
    by_name,
    groups_of,
    in_order,
    register_finder,
)
from lifetracker.web.spoken_days import days_named, why_no_day
from lifetracker.words import counted

NEAR = {0: "today", 1: "yesterday"}


# What is typed is looked for at once.
@method_decorator(with_script, name="dispatch")
class SearchView(LoginRequiredMixin, TemplateView):
    """Everything that fits some words. Who types gets the part of the page that changes."""

    def get_template_names(self) -> list[str]:
        part = "HX-Request" in self.request.headers
        return ["search/found.html" if part else "search/page.html"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = super().get(request, *args, **kwargs)
        patch_vary_headers(answer, ["HX-Request"])
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        typed = self.request.GET.get("q", "")
        is_staff = getattr(self.request.user, "is_staff", False)
        asked = asked_for(typed, days.today(), is_staff=is_staff)
        groups = groups_of(asked)
        return super().get_context_data(
            asked=asked,
            is_cut=len(typed) > LONGEST,
            longest=LONGEST,
            groups=groups,
            no_day=why_no_day(asked.text, asked.today),
            count=count_words(sum(len(one.found) for one in groups)) if asked.words else "",
            searched=[one.searched for one in in_order()],
            **kwargs,
        )


def count_words(number: int) -> str:
    return f"{counted(number, 'result')}." if number else "Nothing was found."


def find_days(asked: Asked) -> Iterator[SearchResult]:
    for day in days_named(asked.text, asked.today):
        back = (asked.today - day).days
        ago = NEAR.get(back) or f"{counted(back, 'day')} ago"
        yield SearchResult(full_day(day, asked.today), f"{reverse('home')}?day={day}", ago)


def find_pages(asked: Asked) -> Iterator[SearchResult]:
    shown = [one for one in pages.values() if asked.is_staff or not one.of_staff]
    yield from by_name(
        asked,
        (
            Named((one.title,), one.title, partial(reverse, one.url_name), one.group.value)
            for one in shown
        ),
    )


register_page(Page("Search", "search", Group.TODAY, order=20, icon="search"))
register_finder(
    Finder(
        "Days",
        "days, such as 12 March, 2026-03-12, 12.3., yesterday, last Friday, 3 weeks ago",
        10,
        find_days,
    )
)
register_finder(Finder("Pages", "pages by their title", 20, find_pages))
