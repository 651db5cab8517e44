from __future__ import annotations

from datetime import datetime, timedelta

from lifetracker.ops.housekeeping import chore
from notifications.models import Notification

#: What is still so after that, such as a connection that needs its owner, is told again.
KEPT = timedelta(days=90)


@chore("old notifications deleted")
def forget_notifications(now: datetime) -> int:
    return Notification.objects.filter(created_at__lt=now - KEPT).delete()[0]
