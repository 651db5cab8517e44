from importlib import import_module

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "Notifications"
    #: Where its models stand in the side bar of the admin: the group, the place, the model.
    sidebar = (("More", 60, "Notification"), ("More", 61, "PushSubscription"))

    def ready(self) -> None:
        import_module("notifications.checks")
