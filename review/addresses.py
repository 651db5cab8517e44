"""Where the pages of the review are."""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from review.intentions import week_from
from review.periods import Period


def address(period: Period) -> str:
    return reverse("review-of", args=[period.name])


def page_of_week(monday: date, today: date) -> str:
    """Return the page on which the intention for a week stands: its own, or that of the week before where it has not
    begun."""
    week = week_from(monday)
    return address(week if monday <= today else week.before())
