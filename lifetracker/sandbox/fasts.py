"""When the person fasts: from dinner to a late first meal, on most days.

Like the rest of the life, every fast follows from (seed, date) alone: the date of the evening on
which it begins.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from lifetracker.sandbox.dinners import dinner
from lifetracker.sandbox.life import HOME, ONE_DAY, Day, Life

TOO_ILL = 0.1
FRIDAY, SATURDAY = 4, 5
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
# From before Christmas until after New Year she eats with the others.
FEASTS = ((12, 20), (1, 3))
NOTES = (
    "",
    "",
    "",
    "Easy.",
    "Hungry from ten on.",
    "Tea only",
    "Spaziergang statt Frühstück",
    "\U0001f642",
)


@dataclass(frozen=True, slots=True)
class Fast:
    """Whole seconds, in UTC. `end` is None while it runs."""

    id: str
    start: datetime
    end: datetime | None
    goal_hours: int
    zone: str
    note: str | None = None


def fasts(life: Life, days: int, now: datetime) -> list[Fast]:
    """Return those that began in the last `days` days, oldest first, as known at this moment."""
    today = now.astimezone(ZoneInfo(HOME)).date()
    evenings = (today - back * ONE_DAY for back in range(days, -1, -1))
    begun = [fast for on in evenings for fast in evening(life, on) if fast.start < now]
    known = [fast if fast.end and fast.end <= now else replace(fast, end=None) for fast in begun]
    # One runs at a time: another one that had not ended was the accident just before it.
    return [fast for fast in known[:-1] if fast.end is not None] + known[-1:]


def evening(life: Life, on: date) -> Iterator[Fast]:
    """The fast that begins on this evening, if any, and what was started by accident."""
    rng = life.stream("fasts", on)
    real = _real(life, rng, on)
    odd = rng.random()
    if real is None or is_long(life, on - ONE_DAY):
        return
    if odd < 0.008:
        # Started and stopped, then started anew; the new start was moved back afterwards.
        start = real.start - timedelta(minutes=8)
        yield replace(real, id=_id(rng), start=start, end=start + timedelta(minutes=10), note=None)
    elif odd < 0.02:
        start = real.start - timedelta(hours=5, seconds=rng.randrange(3000))
        end = start + timedelta(seconds=rng.randrange(20, 1500))
        yield replace(real, id=_id(rng), start=start, end=end, note=None)
    yield real


def _real(life: Life, rng: Random, on: date) -> Fast | None:
    """Draws the same number of values whatever comes out, so that one rule can change alone."""
    wish, style, pause, over, early, edited, note = (rng.random() for _ in range(7))
    identity, today, tomorrow = _id(rng), life.day(on), life.day(on + ONE_DAY)
    if not _fit(today, tomorrow) or wish > (0.5 if today.date.weekday() >= FRIDAY else 0.88):
        return None
    if today.away and wish > 0.4:
        return None
    goal = _goal(style, today)
    start = dinner(life, on).astimezone(UTC) + MINUTE * (20 + 14 * pause)
    length = HOUR * (goal - 3 * early if early < 0.15 else goal + 0.9 * over)
    end = max(start + length, tomorrow.wake + HOUR / 3)
    if edited < 0.24:
        start, end = _five_minutes(start), _five_minutes(end)
    return Fast(
        identity,
        start.replace(microsecond=0),
        end.replace(microsecond=0),
        goal,
        today.zone,
        NOTES[int(note * 4 * len(NOTES))] if note < 0.25 else None,
    )


def _fit(today: Day, tomorrow: Day) -> bool:
    feast = (today.date.month, today.date.day)
    feasting = feast >= FEASTS[0] or feast <= FEASTS[1]
    well = max(today.ill, tomorrow.ill) < TOO_ILL
    return well and not feasting and not (today.flying or tomorrow.flying)


def _goal(style: float, today: Day) -> int:
    if today.date.weekday() >= FRIDAY:
        return 13 if style < 0.35 else 16
    for share, hours in ((0.03, 24), (0.033, 36), (0.06, 20), (0.22, 18)):
        if style < share:
            return hours
    return 16


def is_long(life: Life, on: date) -> bool:
    """Return whether the fast of this evening lasts into the next one."""
    long = _real(life, life.stream("fasts", on), on)
    return long is not None and long.goal_hours >= 24


def _id(rng: Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4)).upper()


def _five_minutes(moment: datetime) -> datetime:
    """As somebody sets it who corrects it later."""
    seconds = moment.timestamp() // 300 * 300
    return datetime.fromtimestamp(seconds, UTC)
