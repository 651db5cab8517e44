"""The first account, where nobody sits at a terminal: on a platform, at the release."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from lifetracker.management.command import QuickCommand

USERNAME, PASSWORD = "DJANGO_SUPERUSER_USERNAME", "DJANGO_SUPERUSER_PASSWORD"


class Command(QuickCommand):
    help = f"Create the first superuser from {USERNAME} and {PASSWORD}, if there is none."

    def handle(self, *args: object, **options: object) -> None:
        given = settings.FIRST_ACCOUNT
        if User.objects.filter(is_superuser=True).exists():
            self.stdout.write("A superuser already exists. Nothing was changed.")
        elif not given["username"] and not given["password"]:
            self.stdout.write(
                f"There is no account yet. Set {USERNAME} and {PASSWORD}, or run createsuperuser."
            )
        else:
            self.make(**given)

    def make(self, username: str, password: str, email: str) -> None:
        for name, value in ((USERNAME, username), (PASSWORD, password)):
            if not value:
                raise CommandError(f"{name} is not set. The first account needs it.")
        user = User(username=username, email=email, is_staff=True, is_superuser=True)
        user.set_password(password)
        try:
            validate_password(password, user)
            user.full_clean()
        except ValidationError as error:
            raise CommandError(f"The account was not created: {' '.join(error.messages)}") from None
        user.save()
        self.stdout.write(
            f"The account {username} was created. Now remove {PASSWORD} from the environment."
        )
