"""The pages of experiments. Their API is in `urls.py`."""

from django.urls import include, path

from experiments import change_views, views

deletion = change_views.ExperimentDeletion()
live = deletion.live
own = [
    path("", views.ExperimentsView.as_view(), name="experiments"),
    path("new", change_views.new, name="experiment-new"),
    path("<int:pk>/", live(views.ExperimentView.as_view()), name="experiment"),
    path("<int:pk>/change", live(change_views.change), name="experiment-change"),
    path("<int:pk>/start", live(change_views.start), name="experiment-start"),
    path("<int:pk>/stop", live(change_views.stop_early), name="experiment-stop"),
    path("<int:pk>/finish", live(change_views.reckon), name="experiment-finish"),
    *deletion.urls(),
]

urlpatterns = [path("experiments/", include(own))]
