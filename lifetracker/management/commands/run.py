"""The whole program on one machine: the pages, and a worker that keeps the data up to date."""

from __future__ import annotations

from contextlib import ExitStack

from django.conf import settings
from django.core.management import call_command

from lifetracker.management.command import QuickCommand
from lifetracker.ops import processes


class Command(QuickCommand):
    help = "Run the web server and a worker with your own data until you press Ctrl-C. `make run` calls it."

    def handle(self, *args: object, **options: object) -> None:
        processes.end_at_signals()
        try:
            with ExitStack() as running:
                self.run(running)
        except KeyboardInterrupt:
            self.stdout.write("\nStopped.")

    def run(self, running: ExitStack) -> None:
        processes.require_free_port(settings.PORT, "PORT", "make run")
        processes.prepare_database()
        if settings.STATIC_ROOT:
            call_command("collectstatic", interactive=False, verbosity=0)
        self.say("Starting the web server and a worker")
        web = running.enter_context(processes.child("The web server", *processes.web_server()))
        worker = running.enter_context(processes.child("The worker", *processes.manage("qcluster")))
        processes.wait_for(f"http://127.0.0.1:{settings.PORT}/api/health", web, self.say)
        self.stdout.write(
            f"Life Tracker: http://localhost:{settings.PORT} (Ctrl-C stops; the first account: .venv/bin/python manage.py createsuperuser)"
        )
        self.stdout.flush()
        processes.watch(web, worker)

    def say(self, text: str) -> None:
        self.stdout.write(f"{text} ...")
        self.stdout.flush()
