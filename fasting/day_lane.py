"""The lane of fasts in the day chart, each also up to its goal."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse

from fasting.day_data import FastsOfDay, fasts_of_day
from fasting.models import FastingPeriod
from lifetracker.web.cards import Visit
from lifetracker.web.charts.day import DayLane, Mark, Stretch
from lifetracker.web.lanes import LaneOfDay
from lifetracker.web.sentences import hours_and_minutes, hours_words, time_beside, time_words
from lifetracker.words import counted


def fast_lane(visit: Visit, stretch: Stretch) -> LaneOfDay:
    found = visit.once(fasts_of_day)
    words = lane_words(found, visit)
    marks = [mark_of(one, found, visit) for one in found.shown]
    drawn = DayLane("Fast", "fast", words, marks, "line", reverse("fasting"))
    return LaneOfDay(drawn, sentence_of(found, words, visit), note_of(found, visit))


def goal_at(fast: FastingPeriod) -> datetime | None:
    return fast.start + timedelta(hours=fast.goal_hours) if fast.goal_hours else None


def lane_words(found: FastsOfDay, visit: Visit) -> str:
    """Return how long the running fast is, or of a day that is over what ended on it: one by its length, more by their
    number; where none did, how long the one lasted by its end that began on it."""
    running, ended = found.running, found.ended
    if running and not (visit.is_past and ended):
        return hours_and_minutes(found.hours_by_the_end(running))
    if len(ended) > 1:
        return counted(len(ended), "fast")
    if ended:
        return hours_and_minutes(found.hours(ended[0]))
    return "none" if visit.is_past else "none yet"


def mark_of(fast: FastingPeriod, found: FastsOfDay, visit: Visit) -> Mark:
    is_on = fast is found.running and not visit.is_past
    goal = f" of {hours_words(fast.goal_hours)}" if fast.goal_hours else ""
    return Mark(
        fast.start,
        fast.end or found.until,
        f"Fast, {hours_and_minutes(found.hours(fast))}{goal}",
        begun=time_beside(fast.start, visit.day),
        ended=time_beside(fast.end, visit.day) if fast.end else "running",
        href=reverse("fasting-edit", args=[fast.pk]),
        goal=goal_at(fast) if is_on else None,
    )


def sentence_of(found: FastsOfDay, words: str, visit: Visit) -> str:
    if found.running is None or visit.is_past:
        return f"Fast: {words}."
    since = f"Fasting since {time_beside(found.running.start, visit.day)}, {words}"
    goal = goal_at(found.running)
    return f"{since}, goal at {time_beside(goal, visit.day)}." if goal else f"{since}."


def note_of(found: FastsOfDay, visit: Visit) -> str:
    """Return when the running fast reaches its goal, or reached it."""
    if visit.is_past or found.running is None or (goal := goal_at(found.running)) is None:
        return ""
    verb = "reaches" if goal > visit.now else "reached"
    at = time_beside(goal, visit.day)
    # A time of another day has its weekday before it.
    when = f"at {at}" if at == time_words(goal) else f"on {at}"
    return f"Fast {verb} {hours_words(found.running.goal_hours or 0)} {when}."
