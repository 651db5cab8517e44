"""What its owner uses on a day, read from the diary, the weigh-ins and WHOOP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from lifetracker.days import days_from
from lifetracker.metrics.declaration import Values
from lifetracker.metrics.registry import metrics_of
from lifetracker.metrics.series import read_series
from lifetracker.metrics.verified import Verified
from lifetracker.sync.streams import sources
from nutrition.eaten_days import EatenDay, eaten_between
from nutrition.energy_balance import LOOKBACK, Expenditure, Lack, expenditures, lack_of

MEASURED = ("weight.morning", "whoop.energy")
Diary = Mapping[date, EatenDay]


class Used(NamedTuple):
    """What was used on each day from `first` on. What that is made of begins earlier: what was `eaten` on complete days, and
    first weights."""

    first: date
    days: Sequence[Expenditure | None]
    eaten: Values
    weights: Values

    @property
    def newest(self) -> Expenditure | None:
        return self.days[-1]

    @property
    def lack(self) -> Lack:
        """Return why nothing is known of the last day."""
        return lack_of(self.eaten, self.weights)


def used_between(first: date, last: date, diary: Diary | None = None) -> Used:
    """Read what was used on each day of a range, by two statements; by one for who has the diary, back to its `begin_of`."""
    begin = begin_of(first)
    found = diary or eaten_between(begin, last)
    eaten = [complete_kcal(found.get(day)) for day in days_from(begin, last)]
    weights, whoop = measured_between(begin, last)
    used = expenditures(begin, eaten, weights, whoop)
    return Used(first, used[LOOKBACK:], eaten, weights)


def begin_of(first: date) -> date:
    """Return the first day of those that say what was used from a day on."""
    return first - timedelta(days=LOOKBACK)


def complete_kcal(day: EatenDay | None) -> float | None:
    return day.known("kcal") if day and day.is_complete else None


def measured_between(first: date, last: date) -> tuple[Values, Values]:
    """Return the first weights of days, and what WHOOP says of them. Neither is 0 where there is no record, whatever the
    syncs have read: so nobody is asked for that."""
    unread = Verified((), {}, dict.fromkeys(sources, False))
    found = read_series(metrics_of(MEASURED), first, last, unread)
    weights, whoop = (found[key].values for key in MEASURED)
    return weights, whoop
