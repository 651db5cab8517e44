from __future__ import annotations

from datetime import datetime, timedelta

from lifetracker.accounts.events import BY_STRANGERS
from lifetracker.accounts.models import Event
from lifetracker.ops.housekeeping import chore

KEPT = timedelta(days=2 * 365)
KEPT_OF_STRANGERS = timedelta(days=90)
# However many a stranger causes, they push nothing else out.
MOST_OF_STRANGERS = 5_000


@chore("old account events deleted")
def forget_events(now: datetime) -> int:
    strangers = Event.objects.filter(kind__in=BY_STRANGERS)
    first = strangers.values_list("pk", flat=True)[MOST_OF_STRANGERS : MOST_OF_STRANGERS + 1]
    removed = sum(strangers.filter(pk__lte=pk).delete()[0] for pk in list(first))
    removed += strangers.filter(at__lt=now - KEPT_OF_STRANGERS).delete()[0]
    return removed + Event.objects.filter(at__lt=now - KEPT).delete()[0]
