from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class LifetrackerConfig(AppConfig):
    name = "lifetracker"
    verbose_name = "Sync"

    def ready(self) -> None:
        from lifetracker import checks  # noqa: F401 - registers them

        autodiscover_modules("streams", "webhooks")
        post_migrate.connect(plan_schedules, sender=self)


def plan_schedules(**options: Any) -> None:
    from lifetracker import tasks

    tasks.plan_schedules(**options)
