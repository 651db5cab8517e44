from __future__ import annotations

from datetime import datetime, timedelta

from lifetracker.accounts.events import BY_STRANGERS, Kind
from lifetracker.accounts.models import Event
from lifetracker.ops.housekeeping import chore

KEPT = timedelta(days=2 * 365)
# Of strangers, and of AI clients, which may call a tool many times a minute.
KEPT_OF_MANY = timedelta(days=90)
# However many these cause, they push nothing else out.
MOST_OF_MANY = 5_000
OF_MANY = (BY_STRANGERS, (Kind.TOOL_USED,))


@chore("old account events deleted")
def forget_events(now: datetime) -> int:
    removed = 0
    for kinds in OF_MANY:
        found = Event.objects.filter(kind__in=kinds)
        first = found.values_list("pk", flat=True)[MOST_OF_MANY : MOST_OF_MANY + 1]
        removed += sum(found.filter(pk__lte=pk).delete()[0] for pk in list(first))
        removed += found.filter(at__lt=now - KEPT_OF_MANY).delete()[0]
    return removed + Event.objects.filter(at__lt=now - KEPT).delete()[0]
