import atexit
import gc
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin import autodiscover
from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.admin.checks import check_admin_app, check_dependencies
from django.core import checks
from django.core.checks import CheckMessage
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class AdminConfig(SimpleAdminConfig):
    """Leaves the admin's pages to what serves or checks them (`urls.py`): no other process needs what they
    load."""

    def ready(self) -> None:
        checks.register(check_dependencies, checks.Tags.admin)
        checks.register(check_admin, checks.Tags.admin)


def check_admin(app_configs: Sequence[AppConfig] | None, **options: object) -> list[CheckMessage]:
    autodiscover()
    return check_admin_app(app_configs, **options)


@checks.register(checks.Tags.urls)
def check_pages(app_configs: Sequence[AppConfig] | None, **_: object) -> list[CheckMessage]:
    """Load the addresses first, with which the pages are found."""
    import_module(settings.ROOT_URLCONF)
    from lifetracker.web import page_checks

    return page_checks.check_pages()


class LifetrackerConfig(AppConfig):
    name = "lifetracker"
    default = True
    verbose_name = "Sync"
    sidebar = (("Life", 90, "DayMark"),)

    def ready(self) -> None:
        from lifetracker.metrics import checks as checks_of_metrics  # noqa: F401
        from lifetracker.models import checks as checks_of_models  # noqa: F401 - registers them
        from lifetracker.models import exported  # noqa: F401
        from lifetracker.ops import mail  # noqa: F401
        from lifetracker.ops.queue_messages import install
        from lifetracker.sync import checks  # noqa: F401

        install()
        autodiscover_modules(
            *("streams", "webhooks", "housekeeping", "metrics", "behaviours", "proposals")
        )
        post_migrate.connect(plan_schedules, sender=self)
        connection_created.connect(end_idle_transactions)
        connection_created.connect(keep_database_private)
        if settings.SENTRY_DSN:
            from lifetracker.ops import sentry

            sentry.start(settings.SENTRY_DSN)
        # All is loaded that every process needs, and stays.
        gc.freeze()
        gc.enable()
        # SQLite then brings what is in its `-wal` file into the database. What is frozen would not be closed otherwise,
        # and to thaw it for that costs each process a fifth of its start.
        atexit.register(connections.close_all)


def plan_schedules(**options: object) -> None:
    from lifetracker import tasks

    tasks.plan_schedules(**options)


def keep_database_private(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Take the rights to read the database from others. SQLite makes its files by the umask, which lets others read on most machines, and gives what it puts beside
    the database the same rights. What belongs to another account is left to it."""
    if connection.vendor != "sqlite":
        return
    for suffix in ("", "-wal", "-shm", "-journal"):
        path = Path(f"{connection.settings_dict['NAME']}{suffix}")
        # It may be gone by now, on a disk that knows no rights, or another's.
        with suppress(OSError):
            if path.stat().st_mode & 0o077:
                path.chmod(0o600)


def end_idle_transactions(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Free what a process that is frozen or cut off holds locked for the others. By a
    statement, because poolers refuse it as an option of the connection."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET idle_in_transaction_session_timeout = '60s'")
