from django.apps import AppConfig


class GitHubProjectsConfig(AppConfig):
    name = "github_projects"
    verbose_name = "Code"
    #: As the rail calls it, and the limits of a token.
    domain_title = "GitHub"
    #: What the keys of its metrics begin with.
    metric_domain = "github"
    #: Where its models stand in the side bar of the admin: the group, the place, the model.
    sidebar = (
        ("Code", 310, "Repository"),
        ("Code", 320, "Commit"),
        ("Code", 330, "GitHubAccount"),
    )
