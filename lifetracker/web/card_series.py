"""The metrics of all cards of Today, read at once: a card says at import which it shows, and costs no statement of its own."""

from __future__ import annotations

from collections.abc import Mapping

from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.series import Series, days_before, read_series
from lifetracker.models import DayMark
from lifetracker.models.together import Few
from lifetracker.web.cards import Visit

#: What is read before the day: a quarter, with which the day is compared.
COMPARED_DAYS = 90

_wanted: dict[str, Metric] = {}


def want_on_today(*metrics: Metric) -> None:
    """Have these metrics read with those of all other cards."""
    _wanted.update({metric.key: metric for metric in metrics})


def card_series(visit: Visit) -> Mapping[str, Series]:
    """Read by one statement, up to the day, what cards asked for; by key. Ask by `visit.once`."""
    begin = days_before(visit.day, COMPARED_DAYS)
    return read_series(list(_wanted.values()), begin, visit.day, visit.verified)


def unusual_days(visit: Visit) -> Few:
    """Ask for the days that stay out of what is usual on this one."""
    begin = days_before(visit.day, COMPARED_DAYS)
    return Few(DayMark.objects.unusual_between(begin, visit.day), frozenset({"date"}))
