from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import CommandError

from lifetracker import days
from lifetracker.errors import SyncError
from lifetracker.management.command import QuickCommand
from review.mail import mail_of, send_review
from review.periods import BadPeriod, asked_period


class Command(QuickCommand):
    help = (
        "Send the review of a week, a month or a year to OWNER_EMAIL; of the last whole week without a name. A worker does so "
        "by itself where that is switched on under Settings, Notifications."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("period", nargs="?", default="", help="2026-W48, 2026-11 or 2026")
        parser.add_argument(
            "--print",
            action="store_true",
            dest="is_printed",
            help="Print its text, and send nothing.",
        )

    def handle(self, *, period: str, is_printed: bool, **_: object) -> None:
        today = days.today()
        try:
            asked = asked_period(period, today)
            if is_printed:
                self.stdout.write(mail_of(asked, today).text)
                return
            send_review(asked, today)
        except (BadPeriod, SyncError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"The review of {asked.title} was sent.")
