from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lifetracker.http import SyncError
from lifetracker.models import WebhookDelivery
from lifetracker.webhooks import Subscriptions, Webhook, webhooks


def able() -> dict[str, tuple[Webhook, Subscriptions]]:
    """Those whose service can be told by a request."""
    return {w.slug: (w, w.subscriptions()) for w in webhooks.values() if w.subscriptions}


class Command(BaseCommand):
    help = "Show where services deliver what they push, and tell those that can be told."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="Addresses, what waits, and the services' subscriptions.")
        for name, text in (("subscribe", "Let a service deliver."), ("unsubscribe", "End that.")):
            actions.add_parser(name, help=text).add_argument("service", choices=sorted(able()))

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "list":
            for webhook in webhooks.values():
                self.describe(webhook)
            return
        webhook, subscriptions = able()[options["service"]]
        try:
            for line in getattr(subscriptions, options["action"])(webhook.address()):
                self.stdout.write(line)
        except SyncError as error:
            raise CommandError(str(error)) from None

    def describe(self, webhook: Webhook) -> None:
        waiting = WebhookDelivery.objects.waiting().filter(source=webhook.source).count()
        self.stdout.write(f"{webhook.source}: {webhook.path}, {waiting} deliveries wait")
        self.stdout.write(f"  {webhook.hint}")
        if webhook.subscriptions:
            try:
                for line in webhook.subscriptions().list():
                    self.stdout.write(f"  {line}")
            except SyncError as error:
                self.stdout.write(f"  {error}")
