from django.apps import AppConfig


class GitHubProjectsConfig(AppConfig):
    name = "github_projects"
    verbose_name = "Code"
    #: Where its models stand in the side bar of the admin: the group, the place, the model.
    sidebar = (
        ("Code", 310, "Repository"),
        ("Code", 320, "Commit"),
        ("Code", 330, "GitHubAccount"),
    )
