"""Run the local stand-ins for the services until Ctrl-C."""

import errno
import signal
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lifetracker.sandbox.server import Sandbox


class Command(BaseCommand):
    help = "Answers as the services do, from an invented life, on one local port."
    requires_system_checks = []  # it needs neither the database nor any source's settings

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=5010)
        parser.add_argument("--days", type=int, default=1095, help="how far history goes back")
        parser.add_argument("--seed", type=int, default=1, help="another seed, another life")
        parser.add_argument(
            "--rate-limit", type=int, default=100, help="requests a window; 0: no limit"
        )
        parser.add_argument("--rate-window", type=float, default=60, help="seconds")
        parser.add_argument(
            "--redirect-uri",
            action="append",
            default=[],
            help="an address that consent may return to; may be given several times",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        sandbox = Sandbox(
            options["seed"],
            options["days"],
            options["port"],
            redirect_uris=options["redirect_uri"],
        )
        sandbox.whoop.limits.configure(options["rate_limit"] or None, options["rate_window"])
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
                f"Port {sandbox.port} is taken. Choose another with --port."
            ) from error
        self.stdout.write(f"Sandbox at {sandbox.url} (Ctrl-C stops it)")
        self.stdout.flush()
        sandbox.wait()


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """End on SIGTERM as on Ctrl-C: a supervisor stops us so."""
    raise KeyboardInterrupt
