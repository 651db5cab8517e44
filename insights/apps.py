from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "insights"
    #: Where its models stand in the side bar of the admin: the group, the place, the model.
    sidebar = (("Life", 70, "Finding"), ("More", 70, "FindingRun"))
