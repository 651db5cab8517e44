"""The card of the day chart, which is made of the lanes of all apps."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.safestring import SafeString

from lifetracker.web.cards import Card, Place, Visit, register_card
from lifetracker.web.charts.day import day_chart
from lifetracker.web.lanes import LaneOfDay, hours_of, lanes_in_order, stretch_of
from lifetracker.web.sentences import time_words


class DayCard(NamedTuple):
    title: str
    #: What is still ahead, of all lanes.
    note: str
    chart: SafeString
    has_marks: bool


def make(visit: Visit) -> DayCard:
    stretch = stretch_of(visit.day)
    made = [lane.make(visit, stretch) for lane in lanes_in_order()]
    shown = [lane for lane in made if lane]
    is_on = not visit.is_past and stretch.start <= visit.now < stretch.end
    chart = day_chart(
        [lane.drawn for lane in shown],
        stretch,
        hours_of(visit.day),
        sentence=" ".join(lane.sentence for lane in shown),
        now=(visit.now, time_words(visit.now)) if is_on else None,
    )
    title = "The day" if visit.is_past else "The day so far"
    return DayCard(title, notes_of(shown), chart, any(lane.drawn.marks for lane in shown))


def notes_of(shown: list[LaneOfDay]) -> str:
    return " ".join(lane.note for lane in shown if lane.note)


register_card(
    Card(
        "day_chart",
        "lifetracker/cards/day.html",
        make,
        Place.WIDE,
        order=10,
        has_records=lambda card: card.has_marks,
        is_optional=True,
        is_kept_today=True,
    )
)
