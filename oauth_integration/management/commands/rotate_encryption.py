from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from oauth_integration.models import OAuthCredential


class Command(BaseCommand):
    help = (
        "Encrypt all stored secrets anew under the current SECRET_KEY. Afterwards the old key can leave"
        " SECRET_KEY_FALLBACKS."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            credentials = list(OAuthCredential.objects.select_for_update())
            unreadable = [str(c) for c in credentials if c.is_unreadable]
            if unreadable:
                raise CommandError(
                    f"No key opens what is stored for {', '.join(unreadable)}: add the old SECRET_KEY to SECRET_KEY_FALLBACKS. Nothing was changed."
                )
            for credential in credentials:
                credential.save()
        self.stdout.write(
            f"Encrypted anew: {', '.join(map(str, credentials)) or 'nothing is stored'}"
        )
