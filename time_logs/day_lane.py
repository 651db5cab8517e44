"""The lane of tracked time in the day chart."""

from __future__ import annotations

from django.urls import reverse

from lifetracker.web.cards import Visit
from lifetracker.web.charts.day import DayLane, Mark, Stretch
from lifetracker.web.lanes import LaneOfDay, nothing_words
from lifetracker.web.sentences import hours_and_minutes, time_beside
from time_logs.day_data import DayEntries, Entry, entries_of_day
from time_logs.models import TOGGL
from time_logs.names import entries_url

HOUR = 3600


def work_lane(visit: Visit, stretch: Stretch) -> LaneOfDay | None:
    found = visit.once(entries_of_day)
    toggl = visit.sources[TOGGL]
    if not found.entries and not toggl.configured:
        return None
    shown = [one for one in found.entries if (one.end or found.until) > stretch.start]
    is_tracked = bool(found.seconds or found.running)
    words = hours_and_minutes(found.seconds / HOUR) if is_tracked else nothing_words(visit, [toggl])
    href = entries_url(visit.day, visit.day) if is_tracked else ""
    marks = [mark_of(one, found, visit) for one in shown]
    return LaneOfDay(DayLane("Work", "work", words, marks, href=href), sentence_of(found, words))


def mark_of(one: Entry, found: DayEntries, visit: Visit) -> Mark:
    end = one.end or max(found.until, one.start)
    length = hours_and_minutes((end - one.start).total_seconds() / HOUR)
    return Mark(
        one.start,
        end,
        f"{one.name}, {length}" if one.end else f"{one.name} runs, {length} so far",
        begun=time_beside(one.start, visit.day),
        ended=time_beside(end, visit.day) if one.end else "running",
        href=reverse("time-entry", args=[one.pk]),
    )


def sentence_of(found: DayEntries, words: str) -> str:
    return (
        f"Tracked time: {words}, {found.running[0].name} runs."
        if found.running
        else f"Tracked time: {words}."
    )
