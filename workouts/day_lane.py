"""The lane of workouts in the day chart, and when its owner usually trains."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from statistics import median
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone

from lifetracker.days import at_hour, elapsed, local_date, midnight
from lifetracker.models.rows import plain_rows
from lifetracker.sync.coverage import streams_of
from lifetracker.web.cards import Visit
from lifetracker.web.charts.day import DayLane, Mark, Stretch
from lifetracker.web.lanes import LaneOfDay, nothing_words
from lifetracker.web.sentences import hours_and_minutes, time_beside, time_words
from lifetracker.words import counted
from workouts.models import LONGEST, Workout
from workouts.sports import sport_words

# Of so many weeks, and from so many days with a workout on, there is a usual time, about which half of them begin.
USUAL_WEEKS, LEAST_DAYS = timedelta(weeks=8), 8
SATURDAY = 5
# A usual time is said to the quarter of an hour, and drawn as long as half of the workouts last, within bounds.
QUARTER = 15
# In minutes.
NEAR = 90
MINUTE = timedelta(minutes=1)
SHORTEST, LONGEST_DRAWN = timedelta(minutes=30), timedelta(hours=2)


class Session(NamedTuple):
    start: datetime
    end: datetime
    sport: str
    strain: float | None
    pk: int


class UsualTime(NamedTuple):
    """`minutes` after midnight, and how long it lasts."""

    minutes: int
    length: timedelta


def move_lane(visit: Visit, stretch: Stretch) -> LaneOfDay | None:
    known = sessions_up_to(stretch)
    shown = [one for one in known if one.end >= stretch.start]
    today = [one for one in shown if one.start >= stretch.midnight]
    sources = [visit.sources[source.name] for source, _ in streams_of(Workout)]
    if not known and not any(source.configured for source in sources):
        return None
    marks = [mark_of(one, visit) for one in shown]
    usual = None if today or visit.is_past else usual_mark(known, visit)
    words = session_words(today) or nothing_words(visit, sources)
    return LaneOfDay(
        DayLane("Moves", "move", words, [*marks, *filter(None, [usual])]),
        sentence_of(today, words),
        f"You usually train at {usual.begun}." if usual else "",
    )


def sessions_up_to(stretch: Stretch) -> list[Session]:
    """Return the workouts of the stretch and of the weeks before it, oldest first."""
    first = min(stretch.midnight - USUAL_WEEKS, stretch.start - LONGEST)
    rows = Workout.objects.happened().filter(start__gte=first, start__lt=stretch.end)
    columns = ("start", "end", "sport_name", "strain", "pk")
    return [Session(*row) for row in plain_rows(rows.order_by("start").values_list(*columns))]


def session_words(today: Sequence[Session]) -> str:
    minutes = sum((elapsed(one.start, one.end) / MINUTE for one in today), 0.0)
    return hours_and_minutes(minutes / 60) if today else ""


def mark_of(one: Session, visit: Visit) -> Mark:
    length = hours_and_minutes(elapsed(one.start, one.end) / timedelta(hours=1))
    return Mark(
        one.start,
        one.end,
        f"{sport_words(one.sport)}, {length}",
        begun=time_beside(one.start, visit.day),
        ended=time_beside(one.end, visit.day),
        href=reverse("workout", args=[one.pk]),
    )


def sentence_of(today: Sequence[Session], words: str) -> str:
    if not today:
        return {"none yet": "No workout yet.", "none": "No workout."}.get(
            words, "Workouts are unknown."
        )
    return f"{counted(len(today), 'workout')}, {words}."


# --- The usual time -------------------------------------------------------------------------------


def usual_mark(known: Sequence[Session], visit: Visit) -> Mark | None:
    """Return where a workout usually lies that has not been done yet; None once its time has passed."""
    usual = usual_time([one for one in known if one.start < midnight(visit.day)], visit.day)
    if usual is None:
        return None
    start = at_minute(visit.day, usual.minutes)
    end = start + usual.length
    if end <= visit.now:
        return None
    return Mark(
        start, end, "Your usual time to train", time_words(start), time_words(end), style="usual"
    )


def usual_time(before: Sequence[Session], day: date) -> UsualTime | None:
    """Return when training usually begins: the median of the hardest workout of each day of the last eight weeks, of
    weekends for a day of the weekend, else of other days. None where there are too few, or where less than half of them
    begin about then."""
    known = [
        one
        for one in hardest_of_days(before)
        if is_weekend(local_date(one.start)) == is_weekend(day)
    ]
    if len(known) < LEAST_DAYS:
        return None
    minutes = [minute_of(one.start) for one in known]
    middle = median(minutes)
    if 2 * sum(abs(at - middle) <= NEAR for at in minutes) < len(known):
        return None
    length = median(elapsed(one.start, one.end) / MINUTE for one in known) * MINUTE
    return UsualTime(round(middle / QUARTER) * QUARTER, min(max(length, SHORTEST), LONGEST_DRAWN))


def hardest_of_days(before: Sequence[Session]) -> list[Session]:
    """Return one workout of each day: a walk on the day of a run is no training."""
    found: dict[date, Session] = {}
    for one in before:
        day = local_date(one.start)
        found[day] = max(found.get(day, one), one, key=lambda session: session.strain or 0.0)
    return list(found.values())


def is_weekend(day: date) -> bool:
    return day.weekday() >= SATURDAY


def minute_of(start: datetime) -> int:
    local = timezone.localtime(start)
    return local.hour * 60 + local.minute


def at_minute(day: date, minutes: int) -> datetime:
    return at_hour(day, minutes // 60 % 24) + timedelta(minutes=minutes % 60)
