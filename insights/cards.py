"""The card of Today that says what was newly confirmed: on the day after a look, and so at most once a week."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from insights.models import Finding
from insights.sentences import NO_CAUSE, sentence, sides
from insights.states import State
from lifetracker.days import ONE_DAY
from lifetracker.web.cards import Card, Place, Visit, register_card


@dataclass(frozen=True)
class InsightCard:
    text: str
    basis: str
    note: str
    href: str


def insight_card(visit: Visit) -> InsightCard | None:
    """Return what the look of the day before has confirmed; None where it confirmed nothing."""
    found = (
        Finding.objects.shown()
        .visible()
        .filter(tests__state=State.CONFIRMED, tests__run__last_day=visit.day - ONE_DAY)
        .defer("points")
        .order_by("pk")
        .first()
    )
    if found is None:
        return None
    return InsightCard(sentence(found), sides(found), NO_CAUSE, reverse("insights"))


register_card(
    Card(
        "insight",
        "insights/card.html",
        insight_card,
        Place.SIDE,
        order=40,
        is_optional=True,
    )
)
