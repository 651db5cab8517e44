from django.apps import AppConfig


class WhoopConfig(AppConfig):
    name = "whoop"
    verbose_name = "WHOOP"
    #: Where its models stand in the side bar of the admin: the group, the place, the model.
    sidebar = (
        ("WHOOP", 110, "WhoopRecovery"),
        ("WHOOP", 120, "WhoopSleep"),
        ("WHOOP", 130, "WhoopCycle"),
        ("WHOOP", 140, "WhoopWorkout"),
        ("WHOOP", 150, "WhoopProfile"),
    )
