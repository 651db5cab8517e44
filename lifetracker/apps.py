from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class LifetrackerConfig(AppConfig):
    name = "lifetracker"
    verbose_name = "Sync"

    def ready(self) -> None:
        from lifetracker import checks  # noqa: F401 - registers them

        autodiscover_modules("streams")
