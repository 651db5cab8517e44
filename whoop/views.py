"""WHOOP's pages: a range of days, and each day with its records."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import TemplateView

from lifetracker import days
from lifetracker.web.charts.scales import unit_of_lines
from lifetracker.web.ranges import (
    DEFAULT,
    BadRange,
    Range,
    named_range,
    range_links,
    range_steps,
    read_range,
)
from lifetracker.web.sentences import day_words, stretch_words
from lifetracker.web.source_status import SourceStatus, source_statuses
from whoop import page_charts
from whoop.day_data import day_page
from whoop.models import WHOOP
from whoop.page_data import RangeNumbers, days_of, figures, first_day, range_numbers
from whoop.sentences import CONNECT

A_PAGE = 7


class RangeView(LoginRequiredMixin, TemplateView):
    """The days of a range, against the stretch of the same length before it."""

    template_name = "whoop/range.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        today, refused = days.today(), ""
        try:
            shown = read_range(request.GET.dict(), today, first_day)
        except BadRange as error:
            shown, refused = named_range(DEFAULT, today, first_day), str(error)
        context = self.get_context_data(shown=shown, refused=refused)
        status = HTTPStatus.BAD_REQUEST if refused else HTTPStatus.OK
        return self.render_to_response(context, status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown: Range = kwargs["shown"]
        numbers = range_numbers(shown)
        status = next(one for one in source_statuses() if one.name == WHOOP)
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
        "asleep": page_charts.when_asleep(numbers),
        "stages": page_charts.sleep_against_need(numbers),
        "strain": page_charts.strain_chart(numbers),
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


class DayView(LoginRequiredMixin, TemplateView):
    """A day with its records, each with where it came from."""

    template_name = "whoop/day.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            day = shown_day(kwargs["day"], days.today())
        except NoSuchDay as error:
            context = {"reason": str(error)}
            return render(request, "whoop/no_day.html", context, status=HTTPStatus.NOT_FOUND)
        return self.render_to_response(self.get_context_data(page=day_page(day), **kwargs))


class NoSuchDay(ValueError):
    """There is no page of what is asked for. Says why in words."""


def shown_day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NoSuchDay(f"There is no day {text} in the calendar.") from None
    if not days.FIRST_DAY <= day <= days.LAST_DAY:
        raise NoSuchDay(days.OUT_OF_RANGE)
    if day > today:
        raise NoSuchDay(f"{day_words(day, today)} has not come yet.")
    return day
