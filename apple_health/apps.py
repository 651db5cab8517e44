from django.apps import AppConfig


class AppleHealthConfig(AppConfig):
    name = "apple_health"
    verbose_name = "Apple Health"
    #: Where its models stand in the side bar of the admin: the group, the place, the model.
    sidebar = (
        ("Apple Health", 160, "AppleDay"),
        ("Apple Health", 170, "AppleNight"),
        ("Apple Health", 180, "SentDay"),
    )
