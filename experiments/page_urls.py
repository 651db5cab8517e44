"""The pages of experiments. Their API is in `urls.py`."""

from collections.abc import Callable

from django.http import HttpResponse
from django.urls import include, path

from experiments import change_views, views
from lifetracker.web.removal import or_deleted


def live(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a page of an experiment that was deleted lead to where it is brought back."""
    return or_deleted(view, change_views.deleted, "experiment-deleted")


own = [
    path("", views.ExperimentsView.as_view(), name="experiments"),
    path("new", change_views.new, name="experiment-new"),
    path("<int:pk>/", live(views.ExperimentView.as_view()), name="experiment"),
    path("<int:pk>/change", live(change_views.change), name="experiment-change"),
    path("<int:pk>/start", live(change_views.start), name="experiment-start"),
    path("<int:pk>/stop", live(change_views.stop_early), name="experiment-stop"),
    path("<int:pk>/finish", live(change_views.reckon), name="experiment-finish"),
    path("<int:pk>/delete", live(change_views.delete), name="experiment-delete"),
    path("<int:pk>/deleted", change_views.deleted, name="experiment-deleted"),
    path("<int:pk>/restore", change_views.restore, name="experiment-restore"),
]

urlpatterns = [path("experiments/", include(own))]
