from django.apps import AppConfig


class TimeLogsConfig(AppConfig):
    name = "time_logs"
    verbose_name = "Time"
    #: What the keys of its metrics begin with.
    metric_domain = "time"
    #: Where its models stand in the side bar of the admin: the group, the place, the model.
    sidebar = (
        ("Life", 30, "TimeEntry"),
        ("Toggl and Withings", 210, "TogglProject"),
        ("Toggl and Withings", 220, "TogglTag"),
    )
