from django.apps import AppConfig


class OwnMetricsConfig(AppConfig):
    name = "own_metrics"
    verbose_name = "Own metrics"
    #: What the keys of its metrics begin with.
    metric_domain = "own"
    #: Where its models stand in the side bar of the admin: the group, the place, the model.
    sidebar = (("Life", 28, "OwnMetric"), ("Life", 29, "OwnValue"))
