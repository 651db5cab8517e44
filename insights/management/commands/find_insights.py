from __future__ import annotations

from argparse import ArgumentParser
from datetime import date

from django.core.management.base import CommandError

from insights.looking import find_insights, is_due
from insights.models import Finding
from lifetracker import days
from lifetracker.management.command import QuickCommand
from lifetracker.words import counted


class Command(QuickCommand):
    help = (
        "Look for habits that go with outcomes: what is found on one part of your days is tested on another, and what is "
        "shown is tested again each month. A worker does so each week."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-due", action="store_true", help="Do nothing unless the last look was a week ago."
        )

    def handle(self, *, if_due: bool, **_: object) -> None:
        last: date = days.today() - days.ONE_DAY
        if if_due and not is_due(last):
            self.stdout.write("The last look was less than a week ago.")
            return
        run = find_insights(last)
        if run is None:
            raise CommandError(
                "Another process is looking, or one was ended within the last five minutes. Try again then."
            )
        self.stdout.write(
            f"{counted(run.tested, 'test')} of {counted(len(run.series), 'metric')}, days up to {run.last_day}: "
            f"{run.found} stood out, {run.confirmed} confirmed, {run.withdrawn} withdrawn."
        )
        self.stdout.write(f"Shown: {Finding.objects.shown().untried().count()}.")
