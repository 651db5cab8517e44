from __future__ import annotations

from argparse import ArgumentParser
from contextlib import ExitStack
from getpass import getpass
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, OutputWrapper

from lifetracker.backups.archive import Manifest, UnusableBackup, write_backup
from lifetracker.backups.files import Unwritable, chosen_path, destination
from lifetracker.backups.sealing import sealed
from lifetracker.management.counting import Bar, add_destination, may_ask

ABOUT_THE_KEY = (
    "The services' tokens in it are encrypted under SECRET_KEY, which is not in it. Keep that key too, "
    "in another place."
)


class Command(BaseCommand):
    help = (
        "Write everything that this program keeps into one file, while it runs. `restore` takes it back, into"
        " this kind of database or another."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_destination(parser)
        parser.add_argument(
            "--encrypt",
            action="store_true",
            help="Ask for a passphrase, and encrypt with it. With BACKUP_PASSPHRASE set, every backup is encrypted.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        passphrase = self.passphrase(wanted=options["encrypt"])
        bar = Bar("Backup")
        try:
            path = chosen_path(options["file"], "lifetracker-backup")
            with ExitStack() as stack:
                out = stack.enter_context(destination(path, overwrite=options["overwrite"]))
                if passphrase:
                    out = stack.enter_context(sealed(out, passphrase))
                manifest = write_backup(out, bar.add)
        except (Unwritable, UnusableBackup, OSError) as error:
            raise CommandError(f"There is no backup: {error}") from None
        finally:
            bar.close()
        where = f"{path or 'standard output'}{', encrypted' if passphrase else ''}"
        # Standard output may be the backup itself.
        self.tell(manifest, where, self.stdout if path else self.stderr)

    def passphrase(self, *, wanted: bool) -> str:
        if settings.BACKUP_PASSPHRASE or not wanted:
            return str(settings.BACKUP_PASSPHRASE)
        may_ask()
        given = getpass("Passphrase: ")
        if not given:
            raise CommandError("An empty passphrase keeps nothing secret.")
        if getpass("Once more: ") != given:
            raise CommandError("These were two different passphrases.")
        return given

    def tell(self, manifest: Manifest, where: str, out: OutputWrapper) -> None:
        for held in manifest.tables:
            if held.rows:
                out.write(f"{held.table}: {held.rows}", str)
        out.write(f"{manifest.rows} rows in {where}.", str)
        out.write(ABOUT_THE_KEY, str)
