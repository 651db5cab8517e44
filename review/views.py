"""The page of the review: a week, a month or a year."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.generic import TemplateView

from lifetracker import days
from lifetracker.days import FIRST_DAY
from lifetracker.error_pages import ErrorPage, error_page
from lifetracker.web.ranges import Link, Steps
from review.addresses import address
from review.intention_card import intention_card
from review.intention_section import INTENTIONS
from review.page_parts import shown_sections
from review.periods import BadPeriod, Length, Period, asked_period
from review.reading import read_review


class ReviewView(LoginRequiredMixin, TemplateView):
    """A period by its name, or the last whole week."""

    template_name = "review/review.html"

    def get(self, request: HttpRequest, name: str = "", **kwargs: Any) -> HttpResponse:
        today = days.today()
        try:
            period = asked_period(name, today)
        except BadPeriod as error:
            wrong = ErrorPage(
                error.status,
                "No such review",
                str(error),
                reverse("review"),
                "Go to the last whole week",
            )
            return error_page(request, wrong)
        return self.render_to_response(self.get_context_data(period=period, today=today))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        period, today = kwargs["period"], kwargs["today"]
        has_card = period.length is Length.WEEK
        review = read_review(period, today, without={INTENTIONS} if has_card else ())
        return super().get_context_data(
            review=review,
            sections=shown_sections(review),
            card=intention_card(review) if has_card else None,
            here=self.request.get_full_path(),
            lengths=lengths(period, today),
            steps=steps(period, today),
            **kwargs,
        )


def lengths(period: Period, today: date) -> list[Link]:
    """Return the ways to the week, the month and the year in which its last day is that has come."""
    found = {length: Period.of(length, period.until(today)) for length in Length}
    found[period.length] = period
    return [
        Link(length.value.capitalize(), address(one), is_current=one is period)
        for length, one in found.items()
    ]


def steps(period: Period, today: date) -> Steps:
    """Return the ways to the period before, and to the one after where it has begun."""
    before = period.before() if period.first > FIRST_DAY else None
    after = period.after()
    return Steps(
        Link(before.title, address(before)) if before else None,
        Link(after.title, address(after)) if after.first <= today else None,
    )
