from django.apps import AppConfig


class GitHubProjectsConfig(AppConfig):
    name = "github_projects"
    verbose_name = "Code"
