from importlib import import_module

from django.apps import AppConfig


class AiAccessConfig(AppConfig):
    name = "ai_access"
    verbose_name = "AI clients"

    def ready(self) -> None:
        import_module("ai_access.checks")
        import_module("ai_access.signal_receivers")
