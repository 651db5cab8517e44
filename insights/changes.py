"""What changed: whether the newest four weeks of a series are other than the eight before, still are two weeks later, and
what becomes of it. Without the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from insights.states import OPEN_CHANGES, ChangeState
from insights.statistics.course import WEEK, Array
from insights.statistics.means import (
    AFTER_DAYS,
    BEFORE_DAYS,
    DAYS,
    Means,
    compare,
    is_gradual,
    is_larger_than_own,
    lasting_share,
    turning_point,
)

#: A change is told if it still holds so many days after it was seen.
HOLDS_DAYS = 14
#: Of these days, so many must be known: the others are those by which it was seen.
LEAST_NEW_DAYS = 7
#: Who knows too few days by then is asked again for so long.
MOST_WAITING_DAYS = 56
#: Since a change was seen, all days that are compared lie after it.
SETTLED_DAYS = DAYS
#: For so long after one has ended none is looked for in the same series: the way back is no second change.
QUIET_DAYS = BEFORE_DAYS
#: One that came back by more than this share is over.
BACK = 0.5
#: Of the days of what began to wander, this share counts as independent.
LEAST_SHARE = 0.05
#: Of each day since a series was last looked at, at most so many weeks are looked at later.
MOST_LOOKS = DAYS // WEEK


@dataclass(frozen=True)
class Daily:
    """A series from `first` on, NaN where a day is not known."""

    values: Array
    first: date

    def position(self, day: date) -> int:
        return (day - self.first).days

    def between(self, start: int, end: int) -> Array:
        """Return the days from `start` to before `end`, unknown where the series has none."""
        found = np.full(end - start, np.nan)
        low, high = max(start, 0), min(end, len(self.values))
        if high > low:
            found[low - start : high - start] = self.values[low:high]
        return found

    def independent(self, end: int) -> float:
        """Return which share of the days before `end` is independent at most; 0 where it wanders."""
        return lasting_share(self.values, end, self.first.weekday())

    def weekdays(self, start: int, end: int) -> NDArray[np.int_]:
        return (self.first.weekday() + np.arange(start, end)) % WEEK


@dataclass(frozen=True)
class Change:
    """What is known of a change. `base`: the first of the 56 days before, which stay the same. `around`: the day of the
    change. `size`: the difference by which it was seen, later that by which it was confirmed."""

    state: ChangeState
    base: date
    found_on: date
    tested_on: date
    around: date
    size: float
    is_gradual: bool = False
    confirmed_on: date | None = None


@dataclass(frozen=True)
class Seen:
    """What a look says of a series: the change, and the means that it is based on; None where too few days were known."""

    change: Change
    means: Means | None


def weekly_ends(last: date, since: date | None) -> list[date]:
    """Return the days up to which a series is looked at: the last one and those of each week before it, after the day up to
    which it was looked at; none within a week of that."""
    ends = [last - timedelta(days=WEEK * back) for back in reversed(range(MOST_LOOKS))]
    if since is None:
        return ends
    return [one for one in ends if (one - since).days >= WEEK]


def follow(series: Daily, known: Change | None, ends: Iterable[date]) -> Iterator[Seen]:
    """Yield what each look up to one of these days says, one after the other, of the newest change that is known."""
    for end in ends:
        if known is not None and known.state in OPEN_CHANGES:
            seen = seen_again(series, known, end)
        elif known is None or (end - known.tested_on).days >= QUIET_DAYS:
            seen = newly_seen(series, end)
        else:
            continue
        if seen is not None:
            known = seen.change
            yield seen


def newly_seen(series: Daily, end: date) -> Seen | None:
    """Return a change that the 84 days up to one show; None where they show none."""
    at = series.position(end) + 1
    window, weekdays = series.between(at - DAYS, at), series.weekdays(at - DAYS, at)
    # What does not stand so stands no better by fewer independent days, which take longer to be counted.
    if not compare(window[None, :], weekdays).stands()[0]:
        return None
    share = series.independent(at)
    means = compare(window[None, :], weekdays, share)
    if not share or not means.stands()[0]:
        return None
    size = float(means.difference[0])
    if not is_larger_than_own(series.values, at, series.first.weekday(), size):
        return None
    base = end - timedelta(days=DAYS - 1)
    change = Change(ChangeState.MAYBE, base, end, end, around=end, size=size)
    return Seen(since(change, series, end), means)


def seen_again(series: Daily, known: Change, end: date) -> Seen | None:
    """Return what becomes of an open change by the newest 28 days beside the 56 before it; None where nothing does."""
    waited = (end - known.found_on).days
    if known.state is ChangeState.MAYBE and waited < HOLDS_DAYS:
        return None
    means = beside_base(series, known, end)
    is_known = bool(np.isfinite(means.error[0])) and has_new_days(series, known, end)
    state = becomes(known, means, waited) if is_known else without_days(known, waited)
    if state is None:
        return None
    after = replace(known, state=state, tested_on=end)
    if state is ChangeState.CHANGED and known.state is ChangeState.MAYBE:
        size = float(means.difference[0])
        after = since(replace(after, size=size, confirmed_on=end), series, end)
    return Seen(after, means if is_known else None)


def beside_base(series: Daily, known: Change, end: date) -> Means:
    base, at = series.position(known.base), series.position(end) + 1
    parts = ((base, base + BEFORE_DAYS), (at - AFTER_DAYS, at))
    window = np.concatenate([series.between(*one) for one in parts])
    weekdays = np.concatenate([series.weekdays(*one) for one in parts])
    # What was looked at before its days were so alike stays followed.
    return compare(window[None, :], weekdays, series.independent(at) or LEAST_SHARE)


def has_new_days(series: Daily, known: Change, end: date) -> bool:
    """Return whether enough days are known that nobody had seen when the change was."""
    new = series.between(series.position(known.found_on) + 1, series.position(end) + 1)
    return int((~np.isnan(new)).sum()) >= LEAST_NEW_DAYS


def becomes(known: Change, means: Means, waited: int) -> ChangeState:
    same_way = float(means.difference[0]) * np.sign(known.size)
    if known.state is ChangeState.MAYBE:
        holds = same_way > 0 and bool(means.stands()[0])
        return ChangeState.CHANGED if holds else ChangeState.TAKEN_BACK
    if same_way < BACK * abs(known.size):
        return ChangeState.OVER
    return ChangeState.SETTLED if waited >= SETTLED_DAYS else ChangeState.CHANGED


def without_days(known: Change, waited: int) -> ChangeState | None:
    """Return what becomes of a change of which too few newer days are known; None while that may still come."""
    if known.state is ChangeState.MAYBE:
        return ChangeState.TAKEN_BACK if waited >= MOST_WAITING_DAYS else None
    return ChangeState.SETTLED if waited >= SETTLED_DAYS else None


def since(change: Change, series: Daily, end: date) -> Change:
    """Return a change with its day, and whether it came bit by bit, by all days from its base on."""
    start, stop = series.position(change.base), series.position(end) + 1
    window, weekdays = series.between(start, stop), series.weekdays(start, stop)
    around = change.base + timedelta(days=turning_point(window, weekdays))
    return replace(change, around=around, is_gradual=is_gradual(window, weekdays))
