from django.apps import AppConfig


class WhoopConfig(AppConfig):
    name = "whoop"
    verbose_name = "WHOOP"
