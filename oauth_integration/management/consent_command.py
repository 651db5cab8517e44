"""The base of the `<service>_auth` commands."""

from __future__ import annotations

import webbrowser
from argparse import ArgumentParser
from contextlib import closing
from typing import Any, ClassVar

from django.core.management.base import CommandError

from lifetracker.errors import SyncError
from lifetracker.management.command import QuickCommand
from lifetracker.tasks import enqueue_after_consent, has_worker
from oauth_integration.client import OAuthClient, source_of
from oauth_integration.consent import CallbackListener, code_from_pasted

CONSENT_TIMEOUT = 600


class ConsentCommand(QuickCommand):
    client_class: ClassVar[type[OAuthClient]]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--no-browser",
            action="store_true",
            help="Print the address of the consent page, and ask for the address or code that you get there.",
        )
        parser.add_argument("--code", help="The code of a consent that you have given already.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with closing(self.client_class()) as client:
                client.exchange_code_for_token(self.code(client, **options))
                warning = client.consent_warning()
        except SyncError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{self.client_class.service} is connected. {self.next_step()}")
        if warning:
            self.stderr.write(warning)

    def next_step(self) -> str:
        """Queue the whole history if a worker is running; else return which command reads it."""
        provider = self.client_class.provider
        if not has_worker():
            return f"Next: python manage.py sync_{provider} --full reads your whole history."
        enqueue_after_consent(source_of(provider))
        return (
            "Your worker reads your whole history now; the page of connections shows the progress."
        )

    def code(self, client: OAuthClient, *, code: str | None, **options: Any) -> str:
        return self.ask(client, **options) if code is None else code_from_pasted(code, "")

    def ask(self, client: OAuthClient, *, no_browser: bool, **_: Any) -> str:
        """Return the code of a new consent."""
        state = client.new_state()
        address = client.get_authorization_url(state)
        if no_browser:
            self.stdout.write(f"Open this address and give your consent:\n\n{address}\n")
            return code_from_pasted(self.read_line(), state)
        listener = CallbackListener(client.credential.setting("redirect_uri"), state)
        self.stdout.write(f"Your browser opens. If it does not, open this address:\n\n{address}\n")
        webbrowser.open(address)
        return listener.wait(CONSENT_TIMEOUT)

    def read_line(self) -> str:
        try:
            return input("Paste the address that you were sent to, or the code in it: ")
        except EOFError:
            return ""
