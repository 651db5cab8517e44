"""Run the local stand-ins for the services until Ctrl-C."""

import errno
import signal
from argparse import ArgumentParser
from types import FrameType

from django.core.management.base import CommandError

from lifetracker.management.command import QuickCommand
from lifetracker.sandbox.server import Sandbox


class Command(QuickCommand):
    help = "Run stand-ins for WHOOP, Withings, Toggl, GitHub and Open Food Facts with made-up data on one local port."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=5010)
        parser.add_argument("--days", type=int, default=1095, help="length of the history in days")
        parser.add_argument(
            "--seed", type=int, default=1, help="a different seed creates different data"
        )
        parser.add_argument(
            "--rate-limit", type=int, default=100, help="requests per window; 0 means no limit"
        )
        parser.add_argument("--rate-window", type=float, default=60, help="seconds")
        parser.add_argument(
            "--redirect-uri",
            action="append",
            default=[],
            help="an allowed redirect URI; can be given several times",
        )

    def handle(
        self,
        *,
        port: int,
        days: int,
        seed: int,
        rate_limit: int,
        rate_window: float,
        redirect_uri: list[str],
        **_: object,
    ) -> None:
        sandbox = Sandbox(
            seed,
            days,
            port,
            redirect_uris=redirect_uri,
        )
        sandbox.whoop.limits.configure(rate_limit or None, rate_window)
        signal.signal(signal.SIGTERM, _interrupt)
        try:
            self._serve(sandbox)
        except KeyboardInterrupt:
            sandbox.stop()

    def _serve(self, sandbox: Sandbox) -> None:
        try:
            sandbox.start()
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise CommandError(
                f"Port {sandbox.port} is already in use. Choose another with --port."
            ) from error
        self.stdout.write(f"The sandbox runs at {sandbox.url}")
        self.stdout.flush()
        sandbox.wait()


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """End on SIGTERM as on Ctrl-C: a supervisor stops us so."""
    raise KeyboardInterrupt
