from django.apps import AppConfig


class FastingConfig(AppConfig):
    name = "fasting"
