"""The cards of the night and the day on the home page: recovery, sleep, strain."""

from __future__ import annotations

from lifetracker.web.cards import Card, Visit, register_card
from whoop.models import WhoopCycle, WhoopRecovery, WhoopSleep


def recovery(visit: Visit) -> WhoopRecovery | None:
    return WhoopRecovery.objects.happened().first()


def sleep(visit: Visit) -> WhoopSleep | None:
    return WhoopSleep.objects.nights().happened().first()


def cycle(visit: Visit) -> WhoopCycle | None:
    return WhoopCycle.objects.happened().first()


def offset_of(cycle: WhoopCycle | None) -> int | None:
    """Return the offset from UTC of the latest cycle, which travels with its owner."""
    return cycle.utc_offset_min if cycle else None


register_card(Card("recovery", "whoop/recovery_card.html", recovery, order=10, of_the_day=True))
register_card(Card("sleep", "whoop/sleep_card.html", sleep, order=20, of_the_day=True))
register_card(
    Card("cycle", "whoop/strain_card.html", cycle, order=30, of_the_day=True, offset_of=offset_of)
)
