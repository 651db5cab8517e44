"""All that WHOOP measures on one day of a life."""

import copy
from datetime import date, timedelta
from functools import lru_cache

from lifetracker.sandbox.life import Life
from lifetracker.sandbox.whoop import shapes
from lifetracker.sandbox.whoop.entries import Entry
from lifetracker.sandbox.whoop.nights import Night, night
from lifetracker.sandbox.whoop.workouts import workouts

ONE_DAY = timedelta(days=1)


def entries(life: Life, on: date) -> list[Entry]:
    """Entries of one's own to change: what they refer to is shared and never changed in place."""
    return [copy.copy(entry) for entry in _measured(life, on)]


# A test run starts hundreds of sandboxes with the same few lives.
@lru_cache(maxsize=8192)
def _measured(life: Life, on: date) -> tuple[Entry, ...]:
    if not life.day(on).slept:
        return ()
    here = _night(life, on)
    cycle = shapes.cycle(life, here, _next_night(life, on))
    if not here.day.strap:
        return (cycle,)
    sleep, recovery = shapes.sleep(life, here), shapes.recovery(life, here)
    return (cycle, sleep, recovery, *shapes.naps(life, here), *workouts(life, here))


@lru_cache(maxsize=8192)
def _night(life: Life, on: date) -> Night:
    return night(life, on)


def _next_night(life: Life, on: date) -> Night:
    """Return the one that ends the cycle of this day: a night without sleep opens none."""
    following = on + ONE_DAY
    while not life.day(following).slept:
        following += ONE_DAY
    return _night(life, following)
