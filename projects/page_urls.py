"""The pages of projects. The API is in `urls.py`."""

from collections.abc import Callable

from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, include, path

from lifetracker.web.removal import or_deleted
from projects import change_views, views

suggestions = [
    path("look", change_views.look, name="suggestions-look"),
    path("<int:pk>/confirm", change_views.confirm, name="suggestion-confirm"),
    path("<int:pk>/refuse", change_views.refuse, name="suggestion-refuse"),
    path("<int:pk>/ask-again", change_views.ask_again, name="suggestion-ask-again"),
]


def live(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a page of a project that was deleted lead to where it is brought back."""
    return or_deleted(view, change_views.deleted, "project-deleted")


own: list[URLPattern | URLResolver] = [
    path("", views.ProjectsView.as_view(), name="projects"),
    path("new", change_views.new, name="project-new"),
    path("suggestions/", include(suggestions)),
    path("<int:pk>/", live(views.ProjectView.as_view()), name="project"),
    path("<int:pk>/edit", live(change_views.edit), name="project-edit"),
    path("<int:pk>/join", live(change_views.join), name="project-join"),
    path("<int:pk>/take-out", live(change_views.take_out), name="project-take-out"),
    path("<int:pk>/delete", live(change_views.delete), name="project-delete"),
    path("<int:pk>/deleted", change_views.deleted, name="project-deleted"),
    path("<int:pk>/restore", change_views.restore, name="project-restore"),
]

urlpatterns = [path("projects/", include(own))]
