from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lifetracker.backups.files import Unwritable, chosen_path, destination
from lifetracker.export import write_export
from lifetracker.management.counting import Bar, add_destination


class Command(BaseCommand):
    help = (
        "Write all records as CSV and JSON into one zip, with a README of its files, columns and units. No"
        " passwords and no tokens."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_destination(parser)
        parser.add_argument(
            "--excel",
            action="store_true",
            help="Begin each CSV with a byte order mark, so that Excel shows umlauts as they are.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        bar = Bar("Export")
        try:
            path = chosen_path(options["file"], "lifetracker-export")
            with destination(path, overwrite=options["overwrite"]) as out:
                counts = write_export(out, bar.add, excel=options["excel"])
        except (Unwritable, OSError) as error:
            raise CommandError(f"There is no export: {error}") from None
        finally:
            bar.close()
        # Standard output may be the export itself.
        told = self.stdout if path else self.stderr
        for name, count in counts.items():
            told.write(f"{name}: {count}", str)
        told.write(f"{sum(counts.values())} rows in {path or 'standard output'}.", str)
