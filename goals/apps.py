from django.apps import AppConfig


class GoalsConfig(AppConfig):
    name = "goals"
    #: Where its models stand in the side bar of the admin: the group, the place, the model.
    sidebar = (("Life", 60, "Goal"), ("Life", 61, "FreePeriod"))
