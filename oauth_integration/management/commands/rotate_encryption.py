from __future__ import annotations

from django.apps import apps
from django.core.management.base import CommandError
from django.db import models, transaction

from lifetracker.accounts.events import Kind, record
from lifetracker.management.command import QuickCommand
from lifetracker.models.encryption import EncryptedTextField, Unreadable


def columns() -> dict[type[models.Model], list[str]]:
    """Return the encrypted columns of every model that has some."""
    found = {
        model: [f.attname for f in model._meta.fields if isinstance(f, EncryptedTextField)]
        for model in apps.get_models()
    }
    return {model: names for model, names in found.items() if names}


def is_readable(row: models.Model, names: list[str]) -> bool:
    return not any(isinstance(getattr(row, name), Unreadable) for name in names)


class Command(QuickCommand):
    help = (
        "Encrypt all stored secrets again under the current SECRET_KEY. Afterwards the old key can leave"
        " SECRET_KEY_FALLBACKS."
    )

    def handle(self, *args: object, **options: object) -> None:
        with transaction.atomic():
            rows = [
                (row, names)
                for model, names in columns().items()
                for row in model._default_manager.select_for_update()
            ]
            unreadable = [str(row) for row, names in rows if not is_readable(row, names)]
            if unreadable:
                raise CommandError(
                    f"No key opens what is stored for {', '.join(unreadable)}: add the old SECRET_KEY to SECRET_KEY_FALLBACKS. Nothing was changed."
                )
            for row, names in rows:
                row.save(update_fields=names)
            encrypted = ", ".join(str(row) for row, _ in rows)
            record(Kind.KEY_CHANGED, detail=encrypted)
        self.stdout.write(f"Encrypted again: {encrypted or 'nothing is stored'}")
