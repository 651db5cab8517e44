from __future__ import annotations

from argparse import ArgumentParser
from contextlib import ExitStack, suppress
from getpass import getpass

from django.conf import settings
from django.core.management.base import CommandError, OutputWrapper
from django.db import DatabaseError

from lifetracker.accounts.events import Kind, record
from lifetracker.backups.archive import Manifest, UnusableBackup, write_backup
from lifetracker.backups.files import Unwritable, chosen_path, destination
from lifetracker.backups.sealing import sealed
from lifetracker.management.command import QuickCommand
from lifetracker.management.counting import Bar, add_destination, may_ask
from lifetracker.ops.failures import database_failure
from lifetracker.words import counted

ABOUT_THE_KEY = (
    "The backup does not contain SECRET_KEY, which encrypts the stored tokens. Keep a copy of that key "
    "in another place."
)


def note_failure(reason: str) -> None:
    """Let the doctor, and a notification, tell of it. Where not even that can be written, the command says it alone."""
    with suppress(DatabaseError):
        record(Kind.BACKUP_FAILED, detail=reason)


class Command(QuickCommand):
    help = (
        "Back up all data to one file. Life Tracker can keep running. `restore` reads the file into an empty"
        " SQLite or PostgreSQL database."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_destination(parser)
        parser.add_argument(
            "--encrypt",
            action="store_true",
            help="Ask for a passphrase and encrypt the backup with it. If BACKUP_PASSPHRASE is set, every backup is encrypted.",
        )

    def handle(self, *, file: str | None, encrypt: bool, overwrite: bool, **_: object) -> None:
        passphrase = self.passphrase(wanted=encrypt)
        bar = Bar("Backup")
        try:
            path = chosen_path(file, "lifetracker-backup")
            with ExitStack() as stack:
                out = stack.enter_context(destination(path, overwrite=overwrite))
                if passphrase:
                    out = stack.enter_context(sealed(out, passphrase))
                manifest = write_backup(out, bar.add)
        except DatabaseError as error:
            note_failure(database_failure(error))
            raise
        except (Unwritable, UnusableBackup, OSError) as error:
            note_failure(str(error))
            raise CommandError(f"The backup failed: {error}") from None
        finally:
            bar.close()
        record(
            Kind.BACKUP,
            detail=f"{counted(manifest.rows, 'row')}{', encrypted' if passphrase else ''}",
        )
        where = f"{path or 'standard output'}{', encrypted' if passphrase else ''}"
        # Standard output may be the backup itself.
        self.tell(manifest, where, self.stdout if path else self.stderr)

    def passphrase(self, *, wanted: bool) -> str:
        if settings.BACKUP_PASSPHRASE or not wanted:
            return str(settings.BACKUP_PASSPHRASE)
        may_ask()
        given = getpass("Passphrase: ")
        if not given:
            raise CommandError("The passphrase must not be empty.")
        if getpass("Repeat the passphrase: ") != given:
            raise CommandError("The two passphrases differ.")
        return given

    def tell(self, manifest: Manifest, where: str, out: OutputWrapper) -> None:
        for held in manifest.tables:
            if held.rows:
                out.write(f"{held.table}: {held.rows:,}", str)
        out.write(f"Backup written to {where}: {counted(manifest.rows, 'row')}.", str)
        out.write(ABOUT_THE_KEY, str)
