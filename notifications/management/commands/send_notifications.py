from __future__ import annotations

from lifetracker.management.command import QuickCommand
from lifetracker.words import counted
from notifications.sending import send_due


class Command(QuickCommand):
    help = (
        "Send the notifications that you chose under Settings, Notifications, if any is due. A worker does so each minute;"
        " without one, let cron do it."
    )

    def handle(self, *, verbosity: int, **_: object) -> None:
        done = send_due()
        if verbosity:
            waiting = f", {done.postponed} to be tried again" if done.postponed else ""
            over = f", {done.ended} not sent" if done.ended else ""
            self.stdout.write(f"{counted(done.sent, 'message')} sent{waiting}{over}.")
        if done.errors:
            raise done.errors[0]
