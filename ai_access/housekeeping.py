from __future__ import annotations

from datetime import datetime, timedelta

from django_mcpz.oauth.cleanup import clear_expired
from django_mcpz.oauth.models import Client

from ai_access.models import Consent
from lifetracker.models import ApiToken
from lifetracker.ops.housekeeping import chore

# A client that comes back after a while shows the id that it registered with.
CLIENTS_KEPT = timedelta(days=90)


@chore("expired accesses of AI clients deleted")
def forget_accesses(now: datetime) -> int:
    """Revoke what no client can use any more, and delete the codes, tokens and clients of which nothing can come."""
    over = Consent.objects.over(now).filter(token__revoked_at=None)
    ApiToken.objects.filter(pk__in=list(over.values_list("token", flat=True))).revoke()
    removed = sum(clear_expired().values())
    idle = Client.objects.filter(
        accesstoken=None, refreshtoken=None, authorizationcode=None
    ).filter(created_at__lt=now - CLIENTS_KEPT)
    unused = idle.exclude(last_used_at__gte=now - CLIENTS_KEPT)
    return (
        removed
        + Client.objects.filter(pk__in=list(unused.values_list("pk", flat=True))).delete()[0]
    )
