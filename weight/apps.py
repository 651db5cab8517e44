from django.apps import AppConfig


class WeightConfig(AppConfig):
    name = "weight"
    #: Where its models stand in the side bar of the admin: the group, the place, the model.
    sidebar = (
        ("Life", 10, "WeighIn"),
        ("Toggl and Withings", 230, "MeasureGroup"),
    )
