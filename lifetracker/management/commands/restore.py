from __future__ import annotations

import shutil
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from getpass import getpass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from django.conf import settings
from django.core.management.base import CommandError

from lifetracker.accounts.events import Kind, record
from lifetracker.accounts.models import AuthenticatorApp
from lifetracker.backups.archive import Archive, UnusableBackup
from lifetracker.backups.files import STANDARD
from lifetracker.backups.restoring import Proof, restore
from lifetracker.backups.sealing import unsealed
from lifetracker.management.command import QuickCommand
from lifetracker.management.counting import Bar, may_ask
from lifetracker.words import counted
from oauth_integration.models import OAuthCredential


@contextmanager
def opened(name: str) -> Iterator[IO[bytes]]:
    if name != STANDARD:
        with Path(name).open("rb") as file:
            yield file
        return
    # A zip is read from its end.
    with TemporaryFile() as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
        file.seek(0)
        yield file


def passphrase() -> str:
    if settings.BACKUP_PASSPHRASE:
        return str(settings.BACKUP_PASSPHRASE)
    may_ask()
    return getpass("Passphrase of the backup: ")


class Command(QuickCommand):
    help = (
        "Restore a backup into an empty database. If anything fails, nothing is changed. Stop the web and worker"
        " processes first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a file written by `backup`, or - for standard input")

    def handle(self, *, file: str, **_: object) -> None:
        try:
            with opened(file) as sealed, unsealed(sealed, passphrase) as contents:
                proofs = self.restore(Archive(contents))
        except (UnusableBackup, OSError) as error:
            raise CommandError(f"Nothing was restored or changed. {error}") from None
        record(Kind.RESTORE, detail=counted(sum(p.in_database for p in proofs), "row"))
        self.tell(proofs)
        self.tell_of_unreadable()
        self.tell_of_second_factors()

    def restore(self, archive: Archive) -> list[Proof]:
        manifest = archive.manifest
        self.stdout.write(
            f"This backup was made at {manifest.made_at[:16]} UTC by version {manifest.version}, from {manifest.database}."
        )
        # Each row is read twice: to see whether it is whole, and to be written.
        bar = Bar("Restore", 2 * manifest.rows)
        try:
            return restore(archive, bar.add)
        finally:
            bar.close()

    def tell(self, proofs: list[Proof]) -> None:
        width = max(len(proof.table) for proof in proofs)
        self.stdout.write(f"{'':{width}} {'in file':>10} {'in database':>12}")
        for proof in proofs:
            self.stdout.write(f"{proof.table:{width}} {proof.in_file:10} {proof.in_database:12}")
        self.stdout.write(
            "The backup was restored. Every row was read back from the database and verified."
        )

    def tell_of_unreadable(self) -> None:
        unreadable = [one for one in OAuthCredential.objects.all() if one.is_unreadable]
        if not unreadable:
            return
        commands = " and ".join(f"`{one.provider}_auth`" for one in unreadable)
        self.stderr.write(
            f"The tokens of {', '.join(map(str, unreadable))} cannot be read because they were encrypted with another SECRET_KEY. "
            "Add that key to SECRET_KEY_FALLBACKS and run `rotate_encryption`. "
            f"If the key is lost, connect again with {commands}."
        )

    def tell_of_second_factors(self) -> None:
        """Who would stand before the login without a code that is good hears of it now."""
        apps = AuthenticatorApp.objects.select_related("user")
        names = [app.user.get_username() for app in apps if app.added_at and app.is_unreadable]
        for name in names:
            self.stderr.write(
                f"The authenticator app of {name} cannot be used because its secret was encrypted with another SECRET_KEY. "
                "Add that key to SECRET_KEY_FALLBACKS and run `rotate_encryption`. If the key is lost, log in with a recovery "
                f"code or a passkey, or remove the second factor with `reset_second_factor {name}`."
            )
