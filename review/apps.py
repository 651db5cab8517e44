from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "review"
    sidebar = (("Life", 63, "Intention"),)
