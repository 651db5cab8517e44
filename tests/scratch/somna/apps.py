from django.apps import AppConfig


class SomnaConfig(AppConfig):
    name = "somna"
