"""The card of Today on which behaviours are answered."""

from __future__ import annotations

from journal.entry import Entry, entry_of
from lifetracker.web.cards import Card, Place, Visit, register_card


def make(visit: Visit) -> Entry:
    return entry_of(visit.day, visit.today)


register_card(
    Card(
        "journal",
        "journal/card.html",
        make,
        Place.WIDE,
        order=60,
        has_records=lambda entry: bool(entry.rows),
        is_optional=True,
        is_kept_today=True,
    )
)
