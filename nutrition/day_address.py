"""The address of a day of the diary."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from lifetracker import days


def day_address(
    day: date,
    today: date | None = None,
    *,
    fast: int | None = None,
    meal: int | None = None,
    line: str = "",
) -> str:
    """Return the address. Today's own names no day, and so is the page of whichever day has come. `fast`: the meal of which
    it asks whether a running fast ended with it. `meal`: the one to which
    the quick line adds. `line`: what stands on it."""
    query = {} if day == (today or days.today()) else {"day": day.isoformat()}
    query |= {"fast": str(fast)} if fast else {}
    query |= {"meal": str(meal)} if meal else {}
    query |= {"line": line} if line else {}
    page = reverse("nutrition")
    return f"{page}?{urlencode(query)}" if query else page
