from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
    #: Where its models stand in the side bar of the admin: the group, the place, the model.
    sidebar = (("Life", 70, "Project"), ("Life", 71, "Suggestion"))
