"""The first account, where nobody sits at a terminal: on a platform, at the release."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

USERNAME, PASSWORD = "DJANGO_SUPERUSER_USERNAME", "DJANGO_SUPERUSER_PASSWORD"


class Command(BaseCommand):
    help = f"Make the first superuser of {USERNAME} and {PASSWORD}, unless there is one."

    def handle(self, *args: Any, **options: Any) -> None:
        given = settings.FIRST_ACCOUNT
        if User.objects.filter(is_superuser=True).exists():
            self.stdout.write("There is a superuser already; nothing is changed.")
        elif not given["username"] and not given["password"]:
            self.stdout.write(
                f"There is no account yet. Set {USERNAME} and {PASSWORD}, or run createsuperuser."
            )
        else:
            self.make(**given)

    def make(self, username: str, password: str, email: str) -> None:
        for name, value in ((USERNAME, username), (PASSWORD, password)):
            if not value:
                raise CommandError(f"{name} is not set, and the first account needs it.")
        user = User(username=username, email=email, is_staff=True, is_superuser=True)
        user.set_password(password)
        try:
            validate_password(password, user)
            user.full_clean()
        except ValidationError as error:
            raise CommandError(f"No account was made: {' '.join(error.messages)}") from None
        user.save()
        self.stdout.write(f"The account {username} is made. Unset {PASSWORD} now.")
