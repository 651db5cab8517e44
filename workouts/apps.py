from django.apps import AppConfig


class WorkoutsConfig(AppConfig):
    name = "workouts"
    #: Where its models stand in the side bar of the admin: the group, the place, the model.
    sidebar = (("Life", 40, "Workout"),)
