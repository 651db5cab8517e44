from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import CommandError

from lifetracker.errors import SyncError
from lifetracker.management.command import QuickCommand
from lifetracker.models import WebhookDelivery
from lifetracker.sync.webhooks import Subscriptions, Webhook, webhooks
from lifetracker.words import counted, title_of


def able() -> dict[str, tuple[Webhook, Subscriptions]]:
    """Those whose service can be told by a request."""
    return {w.slug: (w, w.subscriptions()) for w in webhooks.values() if w.subscriptions}


class Command(QuickCommand):
    help = "Show the webhook addresses, and subscribe or unsubscribe services."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser(
            "list", help="Show each service's address, waiting deliveries and subscriptions."
        )
        for name, text in (
            ("subscribe", "Subscribe to a service's webhooks."),
            ("unsubscribe", "Unsubscribe from a service's webhooks."),
        ):
            actions.add_parser(name, help=text).add_argument("service", choices=sorted(able()))

    def handle(self, *, action: str, service: str = "", **_: object) -> None:
        if action == "list":
            for webhook in webhooks.values():
                self.describe(webhook)
            return
        webhook, subscriptions = able()[service]
        try:
            for line in getattr(subscriptions, action)(webhook.address()):
                self.stdout.write(line)
        except SyncError as error:
            raise CommandError(str(error)) from None

    def describe(self, webhook: Webhook) -> None:
        waiting = WebhookDelivery.objects.waiting().filter(source=webhook.source).count()
        self.stdout.write(
            f"{title_of(webhook.source)}: {webhook.path}, {counted(waiting, 'delivery', 'deliveries')} waiting"
        )
        self.stdout.write(f"  {webhook.hint}")
        if webhook.subscriptions:
            try:
                for line in webhook.subscriptions().list():
                    self.stdout.write(f"  {line}")
            except SyncError as error:
                self.stdout.write(f"  {error}")
