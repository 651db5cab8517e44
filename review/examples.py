"""Intentions of the person whose life the demo shows, for the weeks of half a year."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import cycle, islice

from django.db import transaction

from lifetracker.days import monday_of
from review.models import Intention

Kept = Intention.Kept
WEEKS = 26
#: From the running week backwards: what was intended, whether it was kept, and what was noted to that.
WRITTEN = (
    ("Phone out of the bedroom", "", ""),
    ("In bed by 23:00 on workdays", Kept.YES, "Four of five; Thursday was the concert."),
    ("Two mornings for the shop relaunch, without mail", Kept.PARTLY, "One of them."),
    ("Walk at lunch three times", Kept.YES, ""),
    ("Log every dinner", Kept.NO, "Gave up on Wednesday."),
    ("No screen after ten", Kept.YES, ""),
    ("Close the two oldest branches", "", ""),
)


@transaction.atomic
def add_example_intentions(today: date) -> int:
    """Store them where there was never any, and return how many were added."""
    if Intention.objects.exists():
        return 0
    monday = monday_of(today)
    # The running one is not answered yet; the others come again and again.
    written = [WRITTEN[0], *islice(cycle(WRITTEN[1:]), WEEKS - 1)]
    for back, (text, kept, note) in enumerate(written):
        day = monday - timedelta(weeks=back)
        Intention.objects.create(date=day, text=text, kept=kept, note=note)
    return len(written)
