from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "insights"
    verbose_name = "Insights"
    #: Where its models stand in the side bar of the admin: the group, the place, the model.
    sidebar = (("Life", 64, "Finding"), ("Life", 65, "InsightRun"), ("Life", 66, "MetricChange"))
