from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import CommandError

from lifetracker.accounts.events import Kind, record
from lifetracker.backups.export import write_export
from lifetracker.backups.files import Unwritable, chosen_path, destination
from lifetracker.management.command import QuickCommand
from lifetracker.management.counting import Bar, add_destination
from lifetracker.words import counted


class Command(QuickCommand):
    help = (
        "Export all records as CSV and JSON to one zip file. A README in it explains the files, columns and"
        " units. It contains no passwords and no tokens."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_destination(parser)
        parser.add_argument(
            "--excel",
            action="store_true",
            help="Start each CSV with a byte order mark, so that Excel shows accented letters correctly.",
        )

    def handle(self, *, file: str | None, overwrite: bool, excel: bool, **_: object) -> None:
        bar = Bar("Export")
        try:
            path = chosen_path(file, "lifetracker-export")
            with destination(path, overwrite=overwrite) as out:
                counts = write_export(out, bar.add, excel=excel)
        except (Unwritable, OSError) as error:
            raise CommandError(f"The export failed: {error}") from None
        finally:
            bar.close()
        total = sum(counts.values())
        record(Kind.EXPORT, detail=counted(total, "record"))
        # Standard output may be the export itself.
        report = self.stdout if path else self.stderr
        for name, count in counts.items():
            report.write(f"{name}: {count:,}", str)
        report.write(
            f"Export written to {path or 'standard output'}: {counted(total, 'row')}.", str
        )
