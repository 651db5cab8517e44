"""API tokens without the page."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Sequence

from django.contrib.auth.models import User
from django.core.management.base import CommandError, CommandParser
from django.db.models import Q

from lifetracker.days import local_date
from lifetracker.domains import domains
from lifetracker.management.command import QuickCommand
from lifetracker.models import ApiToken
from lifetracker.models.tokens import Scope

LONGEST_NAME = ApiToken._meta.get_field("name").max_length or 0


def days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 36_500:
        raise ArgumentTypeError("must be a number of days between 1 and 36500")
    return int(text)


class Command(QuickCommand):
    help = "Create, list and revoke API tokens for scripts."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        create = actions.add_parser("create", help="create a token and print it once")
        create.add_argument("name", help="the script or device that will use it")
        may = create.add_mutually_exclusive_group()
        may.add_argument("--read-only", action="store_true", help="do not allow changes")
        may.add_argument(
            "--import-only",
            action="store_true",
            help="allow nothing but to send files of Health Auto Export",
        )
        create.add_argument(
            "--domain",
            action="append",
            default=[],
            choices=list(domains()),
            help="allow this domain only; may be given several times. Default: all of them",
        )
        create.add_argument(
            "--days", type=days, help="number of days until it expires. Default: no limit"
        )
        create.add_argument("--user", help="the account that owns it. Default: the only account")
        actions.add_parser("list", help="list the tokens that are not revoked")
        revoke = actions.add_parser("revoke", help="revoke a token")
        revoke.add_argument(
            "token",
            metavar="NAME",
            help="its name, or the start of its secret as shown in the list",
        )

    def handle(self, *, action: str, **options: object) -> None:
        getattr(self, action)(**options)

    def create(
        self, *, name: str, domain: Sequence[str], days: int | None, user: str | None, **asked: bool
    ) -> None:
        account = account_named(user)
        name = valid_name(name)
        if account.api_tokens.filter(name=name, revoked_at=None).exists():
            raise CommandError(f"{account} already has a token named {name!r}.")
        scope = Scope.IMPORT if asked["import_only"] else Scope.WRITE
        scope = Scope.READ if asked["read_only"] else scope
        issued = ApiToken.objects.issue(account, name, scope=scope, domains=domain, days=days)
        self.stdout.write(issued.secret)
        self.stderr.write("This token is shown only once. Store it where your script can read it.")

    def list(self, **_: object) -> None:
        for token in ApiToken.objects.filter(revoked_at=None).select_related("user"):
            self.stdout.write(line(token))

    def revoke(self, *, token: str, **_: object) -> None:
        name = valid_name(token)
        found = ApiToken.objects.filter(revoked_at=None).filter(Q(name=name) | Q(prefix=name))
        tokens = list(found.select_related("user"))
        if not tokens:
            raise CommandError(f"There is no token named {name!r}, and none starts with it.")
        if len(tokens) > 1:
            several = "\n".join(line(token) for token in tokens)
            raise CommandError(
                f"Several tokens match. Give the start of the one to revoke:\n{several}"
            )
        found.revoke()
        self.stdout.write(f"Revoked: {line(tokens[0])}")


def valid_name(name: str) -> str:
    """Return the name. Raises CommandError for one that a token cannot have."""
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise CommandError(f"A name must have 1 to {LONGEST_NAME} printable characters.")
    return name


def account_named(name: str | None) -> User:
    """Return the account of this name, or the only one that can log in."""
    accounts = User.objects.filter(is_active=True)
    if name is not None:
        accounts = accounts.filter(username=name)
    found = list(accounts[:2])
    if len(found) > 1:
        raise CommandError("There are several accounts. Choose one with --user.")
    if not found:
        raise CommandError(
            f"There is no account {name!r}."
            if name
            else "There is no account yet. Create one with createsuperuser."
        )
    return found[0]


def line(token: ApiToken) -> str:
    used = f"last used {local_date(token.last_used_at)}" if token.last_used_at else "not used yet"
    until = (
        f"valid until {local_date(token.expires_at)}" if token.expires_at else "valid until revoked"
    )
    return f"{token.prefix}  {token.name}  {token.user}  {token.rights}  {used}  {until}"
