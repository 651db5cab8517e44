from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "lifetracker.accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        from lifetracker.accounts import signal_receivers  # noqa: F401 - connects to the signals
