"""API tokens without the page."""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from lifetracker.days import local_date
from lifetracker.models import ApiToken

LONGEST_NAME = ApiToken._meta.get_field("name").max_length or 0


def days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 36_500:
        raise ArgumentTypeError("takes a number of days between 1 and 36500")
    return int(text)


class Command(BaseCommand):
    help = "Make, list and revoke the tokens by which scripts use the API."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        create = actions.add_parser("create", help="make one, and print it this once")
        create.add_argument("name", help="which script or device it is for")
        create.add_argument("--read-only", action="store_true", help="it may change nothing")
        create.add_argument("--days", type=days, help="how long it works; without it, ever")
        create.add_argument("--user", help="whose rights it has; without it, the only account's")
        actions.add_parser("list", help="those that are not revoked")
        revoke = actions.add_parser("revoke", help="let one open nothing any more")
        revoke.add_argument("token", metavar="NAME", help="its name, or how it begins")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, options["action"])(options)

    def create(self, options: dict[str, Any]) -> None:
        user = person(options["user"])
        name = usable(options["name"])
        if user.api_tokens.filter(name=name, revoked_at=None).exists():
            raise CommandError(f"{user} has a token of the name {name!r} already.")
        issued = ApiToken.objects.issue(
            user, name, read_only=options["read_only"], days=options["days"]
        )
        self.stdout.write(issued.secret)
        self.stderr.write("It is shown this once: keep it where your script finds it.")

    def list(self, options: dict[str, Any]) -> None:
        for token in ApiToken.objects.filter(revoked_at=None).select_related("user"):
            self.stdout.write(line(token))

    def revoke(self, options: dict[str, Any]) -> None:
        named = usable(options["token"])
        found = ApiToken.objects.filter(revoked_at=None).filter(Q(name=named) | Q(prefix=named))
        tokens = list(found.select_related("user"))
        if not tokens:
            raise CommandError(f"No token is called {named!r}, and none begins so.")
        if len(tokens) > 1:
            several = "\n".join(line(token) for token in tokens)
            raise CommandError(f"Several fit; say how the one begins:\n{several}")
        found.revoke()
        self.stdout.write(f"Revoked: {line(tokens[0])}")


def usable(name: str) -> str:
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise CommandError(f"A name has 1 to {LONGEST_NAME} characters that can be printed.")
    return name


def person(name: str | None) -> User:
    """The account of this name, or the only one that can log in."""
    accounts = User.objects.filter(is_active=True)
    if name is not None:
        accounts = accounts.filter(username=name)
    found = list(accounts[:2])
    if len(found) > 1:
        raise CommandError("There are several accounts: say whose rights it has, with --user.")
    if not found:
        raise CommandError(
            f"There is no account {name!r}." if name else "There is no account yet: createsuperuser"
        )
    return found[0]


def line(token: ApiToken) -> str:
    rights = "read" if token.read_only else "read and write"
    used = f"last used {local_date(token.last_used_at)}" if token.last_used_at else "not used yet"
    until = (
        f"works until {local_date(token.expires_at)}" if token.expires_at else "works until revoked"
    )
    return f"{token.prefix}  {token.name}  {token.user}  {rights}  {used}  {until}"
