"""The lane of sleep in the day chart: the night that ended on the day, and the naps of it."""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from lifetracker.web.cards import Visit
from lifetracker.web.charts.day import DayLane, Mark, Stretch
from lifetracker.web.lanes import UNKNOWN, LaneOfDay
from lifetracker.web.sentences import hours_and_minutes, time_beside, time_words
from lifetracker.words import counted
from whoop.models import WHOOP, ScoreState
from whoop.nights import Sleep, sleeps_of


def sleep_lane(visit: Visit, stretch: Stretch) -> LaneOfDay | None:
    found = [
        one
        for one in visit.once(sleeps_of)
        if one.night.start < stretch.end and one.night.end > stretch.start
    ]
    if not found and not visit.sources[WHOOP].configured:
        return None
    # The next night may begin before midnight: it is drawn, and belongs to the next day.
    of_day = [one for one in found if one.date == visit.day]
    words = night_words([one for one in of_day if not one.nap])
    marks = [mark_of(one, visit) for one in found]
    href = page_of(visit.day) if of_day else ""
    return LaneOfDay(DayLane("Sleep", "rem", words, marks, href=href), sentence_of(of_day, words))


def page_of(day: date) -> str:
    return reverse("whoop-day", args=[day])


def night_words(nights: list[Sleep]) -> str:
    """Return how long the night was; of one without a score nobody knows."""
    if not nights:
        return UNKNOWN
    hours = [one.hours for one in nights]
    known = [one for one in hours if one is not None]
    if len(known) == len(hours):
        return hours_and_minutes(sum(known))
    pending = any(one.score_state == ScoreState.PENDING for one in nights)
    return "not scored yet" if pending else UNKNOWN


def mark_of(one: Sleep, visit: Visit) -> Mark:
    name = "Nap" if one.nap else "Night"
    return Mark(
        one.night.start,
        one.night.end,
        name if one.hours is None else f"{name}, {hours_and_minutes(one.hours)} asleep",
        begun=time_beside(one.night.start, visit.day),
        ended=time_beside(one.night.end, visit.day),
        href=page_of(one.date),
        style="soft" if one.nap else "full",
    )


def sentence_of(found: list[Sleep], words: str) -> str:
    nights = [one for one in found if not one.nap]
    naps = counted(len(found) - len(nights), "nap") + "." if len(nights) < len(found) else ""
    if not nights:
        return f"The night is {UNKNOWN}. {naps}".strip()
    times = f"{time_words(nights[-1].night.start)} to {time_words(nights[-1].night.end)}"
    return f"Night from {times}, {words}. {naps}".strip()
