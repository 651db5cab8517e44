from django.apps import AppConfig


class FastingConfig(AppConfig):
    name = "fasting"
    #: Where its models stand in the side bar of the admin: the group, the place, the model.
    sidebar = (("Life", 20, "FastingPeriod"),)
