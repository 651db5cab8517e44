"""WHOOP's pages: a range of days, and each day with its records."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.generic import TemplateView

from lifetracker import days
from lifetracker.error_pages import ErrorPage, error_page
from lifetracker.sync.streams import sources
from lifetracker.web.charts.scales import unit_of_lines
from lifetracker.web.csv_answer import RangeAsCsv, Table
from lifetracker.web.one_day import NoSuchDay, full_day, shown_day, today_address
from lifetracker.web.range_page import RangePage
from lifetracker.web.ranges import (
    Range,
    range_links,
    range_steps,
)
from lifetracker.web.sentences import stretch_words
from lifetracker.web.source_status import SourceStatus, one_source_status
from whoop import page_charts
from whoop.day_csv import HEAD, rows_of
from whoop.day_data import day_page
from whoop.models import WHOOP
from whoop.page_data import RangeNumbers, days_of, figures, first_day, range_numbers
from whoop.sentences import CONNECT

A_PAGE = 7


class RangeView(RangePage):
    """The days of a range, against the stretch of the same length before it."""

    template_name = "whoop/range.html"
    first_day = staticmethod(first_day)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown: Range = kwargs["shown"]
        numbers = range_numbers(shown, has_more="more" in self.request.GET)
        status = one_source_status(sources[WHOOP])
        return super().get_context_data(
            numbers=numbers,
            figures=figures(numbers),
            **charts(numbers),
            ranges=range_links(shown),
            steps=range_steps(shown),
            fresh=[stretch_words(shown.first, shown.last)],
            whoop=status,
            begin=CONNECT if is_untouched(numbers, status) else "",
            **table(self.request, numbers),
            **kwargs,
        )


def charts(numbers: RangeNumbers) -> dict[str, Any]:
    return {
        "calendar": page_charts.calendar_of(numbers),
        "hearts": page_charts.heart_charts(numbers),
        "nights": page_charts.night_charts(numbers),
        "line_unit": unit_of_lines(numbers.shown.days),
        "bar_unit": page_charts.bars_of(numbers).unit,
    }


def is_untouched(numbers: RangeNumbers, status: SourceStatus) -> bool:
    """Return whether nothing was ever read: then the page says how to begin."""
    is_begun = numbers.has_nights or status.is_connected or status.runs.last_success
    return not (is_begun or first_day())


def table(request: HttpRequest, numbers: RangeNumbers) -> dict[str, Any]:
    """Return the part of the table of days that the address asks for, and the way to its neighbours."""
    pages = Paginator(range(numbers.shown.days), A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    return {
        "days": days_of(numbers, (page.number - 1) * A_PAGE, A_PAGE),
        "page_obj": page,
        "paginator": pages,
        "query": numbers.shown.query,
    }


class DaysAsCsv(RangeAsCsv):
    """The days of a range, to be saved."""

    name = "whoop"
    first_day = staticmethod(first_day)

    def table(self, shown: Range) -> Table:
        return HEAD, rows_of(range_numbers(shown))


class DayView(LoginRequiredMixin, TemplateView):
    """A day with its records, each with where it came from."""

    template_name = "whoop/day.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        today = days.today()
        try:
            day = shown_day(kwargs["day"], today)
        except NoSuchDay as error:
            back = {"back": reverse("whoop"), "button": "Go to WHOOP"}
            wrong = ErrorPage(HTTPStatus.NOT_FOUND, "No such day", str(error), **back)
            return error_page(request, wrong)
        page, heading = day_page(day), full_day(day, today)
        context = self.get_context_data(
            page=page,
            heading=heading,
            steps=page.steps,
            whole_day=today_address(day, today),
            **kwargs,
        )
        return self.render_to_response(context)
