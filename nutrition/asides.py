"""What the diary says on the page of fasts: how long one eats in a day, by the times of meals."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse

from lifetracker.metrics.series import read_series
from lifetracker.metrics.verified import Verified
from lifetracker.web.asides import Aside, register_aside
from lifetracker.web.ranges import Range
from lifetracker.web.sentences import hours_and_minutes, stretch_words
from lifetracker.words import counted
from nutrition.metrics import eating_window

#: So many days are recent, with the last one that is shown.
RECENT = timedelta(days=28)


def window_by_meals(shown: Range) -> Aside | None:
    """Return how long it was from the first to the last meal of the last days of a range that are complete."""
    first = max(shown.first, shown.last - RECENT + timedelta(days=1))
    # No service sends meals, so that nothing is asked of what was synced.
    read = read_series([eating_window], first, shown.last, Verified(states=()))
    series = read[eating_window.key]
    known = [value for value in series.values if value is not None]
    if not known:
        return None
    mean = hours_and_minutes(sum(known) / len(known))
    days = f"{counted(len(known), 'complete day')}, {stretch_words(first, shown.last)}"
    text = f"From the first to the last meal it was {mean} on average ({days})."
    return Aside(text, reverse("nutrition"), "The diary")


register_aside("fasting", window_by_meals)
