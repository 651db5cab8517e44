from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class LifetrackerConfig(AppConfig):
    name = "lifetracker"
    verbose_name = "Sync"

    def ready(self) -> None:
        from lifetracker import checks  # noqa: F401 - registers them

        autodiscover_modules("streams", "webhooks", "housekeeping")
        post_migrate.connect(plan_schedules, sender=self)
        connection_created.connect(end_idle_transactions)
        if settings.SENTRY_DSN:
            from lifetracker import sentry

            sentry.start(settings.SENTRY_DSN)


def plan_schedules(**options: Any) -> None:
    from lifetracker import tasks

    tasks.plan_schedules(**options)


def end_idle_transactions(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """What a process that is frozen or cut off holds locked must be free again for the others. By a
    statement, because poolers refuse it as an option of the connection."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET idle_in_transaction_session_timeout = '60s'")
