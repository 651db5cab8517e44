"""Write made-up files of every kind that can be imported, of the life that the stand-ins serve."""

from argparse import ArgumentParser
from pathlib import Path

from django.utils import timezone

from lifetracker.management.command import QuickCommand
from lifetracker.sandbox import zero
from lifetracker.sandbox.apple import export as apple
from lifetracker.sandbox.life import life_of
from lifetracker.sandbox.toggl import export as toggl
from lifetracker.sandbox.whoop import export as whoop
from lifetracker.sandbox.whoop.export_words import LANGUAGES
from lifetracker.sandbox.withings import export as withings


class Command(QuickCommand):
    help = (
        "Write made-up export files, of the life that the sandbox serves: WHOOP's in each language, Toggl's reports in both "
        "forms, Withings' download in kg and lb, Zero's, and Apple Health's with and without the names of the services."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="where the files go; it is made if needed")
        parser.add_argument("--days", type=int, default=1095, help="length of the history in days")
        parser.add_argument(
            "--seed", type=int, default=1, help="a different seed creates different data"
        )

    def handle(self, *, folder: Path, days: int, seed: int, **_: object) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        life, now = life_of(seed), timezone.now()
        written = [whoop.write_export(folder, life, days, now, one) for one in LANGUAGES]
        written += [toggl.write_report(folder, life, days, now, form) for form in toggl.FORMS]
        written += [withings.write_download(folder, life, days, now, u) for u in withings.UNITS]
        written += [apple.write_export(folder, life, days, now, own=one) for one in (True, False)]
        fasts = zero.write_export(folder, life, days, now)
        for path in (*written, fasts.csv, fasts.archive):
            self.stdout.write(str(path))
