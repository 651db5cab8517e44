from django.apps import AppConfig


class TimeLogsConfig(AppConfig):
    name = "time_logs"
    verbose_name = "Time"
