"""Projects of the person whose life the demo shows."""

from __future__ import annotations

from projects.models import Project, Suggestion, plain

#: What is suggested of repositories and Toggl projects that have the same name, but for so many, is joined. The others
#: are there to be tried.
LEFT = 2


def add_example_projects() -> int:
    """Join what is surely one thing where there was never a project, and return how many projects were made."""
    if Project.objects.exists():
        return 0
    Suggestion.objects.find()
    sure = [one for one in Suggestion.objects.waiting().order_by("pk") if has_one_name(one)]
    for suggestion in sure[: max(len(sure) - LEFT, 1)]:
        suggestion.confirm()
    return Project.objects.count()


def has_one_name(suggestion: Suggestion) -> bool:
    repository, toggl_project = suggestion.repository, suggestion.toggl_project
    return bool(
        repository and toggl_project and plain(repository.name) == plain(toggl_project.name)
    )
