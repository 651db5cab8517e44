from django.apps import AppConfig


class ExperimentsConfig(AppConfig):
    name = "experiments"
    #: Where its models stand in the side bar of the admin: the group, the place, the model.
    sidebar = (("Life", 62, "Experiment"),)
