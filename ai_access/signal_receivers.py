from __future__ import annotations

from django.dispatch import receiver
from django.utils import timezone
from django_mcpz.oauth.models import AuthorizationCode

from ai_access.models import Consent
from lifetracker.models import ApiToken
from lifetracker.models.tokens import token_revoked


@receiver(token_revoked, sender=ApiToken)
def end_the_tokens_of_a_client(token: ApiToken, **_: object) -> None:
    """Revoke what a client holds when its person revokes what they allowed; a code that waits is one of it."""
    if not token.by_consent:
        return
    for consent in Consent.objects.filter(token=token).select_related("code"):
        consent.code.revoke_family()
        AuthorizationCode.objects.filter(pk=consent.code_id, used_at=None).update(
            expires_at=timezone.now()
        )
