from datetime import datetime

from lifetracker.housekeeping import chore
from oauth_integration.models import PendingConsent


@chore("consents that were begun and never given")
def forget_consents(now: datetime) -> int:
    return PendingConsent.objects.filter(expires_at__lt=now).delete()[0]
