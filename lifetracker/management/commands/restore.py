from __future__ import annotations

import shutil
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from getpass import getpass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lifetracker.backups.archive import Archive, UnusableBackup
from lifetracker.backups.files import STANDARD
from lifetracker.backups.restoring import Proof, restore
from lifetracker.backups.sealing import unsealed
from lifetracker.management.counting import Bar, may_ask
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


class Command(BaseCommand):
    help = (
        "Bring a backup back into an empty database, whole or not at all. Stop the web and worker processes"
        " first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="what `backup` wrote, or - for standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with opened(options["file"]) as file, unsealed(file, passphrase) as plain:
                proofs = self.restore(Archive(plain))
        except (UnusableBackup, OSError) as error:
            raise CommandError(f"Nothing was restored, and nothing changed. {error}") from None
        self.tell(proofs)
        self.tell_of_unreadable()

    def restore(self, archive: Archive) -> list[Proof]:
        manifest = archive.manifest
        self.stdout.write(
            f"A backup of {manifest.made_at[:16]} UTC, by version {manifest.version}, from {manifest.database}."
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
        self.stdout.write("Restored. Every row was read back from the database and compared.")

    def tell_of_unreadable(self) -> None:
        unreadable = [one for one in OAuthCredential.objects.all() if one.is_unreadable]
        if not unreadable:
            return
        commands = " and ".join(f"`{one.provider}_auth`" for one in unreadable)
        self.stderr.write(
            f"The tokens of {', '.join(map(str, unreadable))} cannot be read: they were encrypted under another SECRET_KEY. "
            "Name that key in SECRET_KEY_FALLBACKS and run `rotate_encryption`. "
            f"If it is lost, connect anew: {commands}."
        )
