from __future__ import annotations

from django.contrib.auth.models import User
from django.core.management.base import CommandError, CommandParser

from lifetracker.accounts.factors import remove_all
from lifetracker.management.command import QuickCommand


class Command(QuickCommand):
    help = (
        "Take the authenticator app, the passkeys and the recovery codes of an account away, when all of"
        " them are lost: the password alone opens it then."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *, username: str, **_: object) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no account {username!r}.")
        if not remove_all(user):
            self.stdout.write(f"{username} has no second factor.")
            return
        self.stdout.write(
            f"The second factor of {username} is removed: the password alone opens the account now. If a device was"
            f" stolen, change it too: python manage.py changepassword {username}"
        )
