from __future__ import annotations

from django.core.management.base import CommandError

from lifetracker.management.command import QuickCommand
from oauth_integration.client import OAuthClient, providers
from oauth_integration.models import OAuthCredential, environment


class Command(QuickCommand):
    help = (
        "Move client ids, secrets and refresh tokens from the environment into the database, where they are"
        " encrypted and where each new token is stored. What the database has already stays as it is."
    )

    def handle(self, *args: object, **options: object) -> None:
        incomplete = [name for name, client in providers().items() if not self.move(client)]
        if incomplete:
            raise CommandError(f"Incomplete: {', '.join(incomplete)}. See above what is missing.")

    def move(self, client: type[OAuthClient]) -> bool:
        """Move the settings of a service, and return False if one that it needs is missing."""
        credential = OAuthCredential.objects.of(client.provider)
        if not credential.setting("client_id"):
            self.stdout.write(f"{client.service}: nothing to move")
            return True
        if not credential.setting("client_secret"):
            self.stderr.write(
                f"{client.service}: {client.provider.upper()}_CLIENT_SECRET is not set"
            )
            return False
        if credential.is_unreadable:
            self.stderr.write(
                f"{client.service}: what is stored was encrypted under another SECRET_KEY. "
                "Add that key to SECRET_KEY_FALLBACKS first."
            )
            return False
        credential.adopt_environment()
        credential.refresh_token = credential.refresh_token or environment(
            client.provider, "REFRESH_TOKEN"
        )
        credential.save()
        self.stdout.write(
            f"{client.service}: in the database. Its values can leave the environment."
            + ("" if credential.is_connected else f" Next: python manage.py {client.provider}_auth")
        )
        return True
