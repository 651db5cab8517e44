from datetime import datetime

from lifetracker.ops.housekeeping import chore
from oauth_integration.models import PendingConsent


@chore("unfinished consents deleted")
def delete_pending_consents(now: datetime) -> int:
    return PendingConsent.objects.filter(expires_at__lt=now).delete()[0]
