"""The pages of goals. Their API is in `urls.py`."""

from django.urls import include, path

from goals import change_views, views

deletion = change_views.GoalDeletion()
live = deletion.live
own = [
    path("", views.GoalsView.as_view(), name="goals"),
    path("new", change_views.new, name="goal-new"),
    path("<int:pk>/", live(views.GoalView.as_view()), name="goal"),
    path("<int:pk>/change", live(change_views.change), name="goal-change"),
    path("<int:pk>/keep", live(change_views.keep), name="goal-keep"),
    path("<int:pk>/end", live(change_views.end), name="goal-end"),
    *deletion.urls(),
    path("<int:pk>/free", live(change_views.free), name="goal-free"),
    path("<int:pk>/free/<int:free_pk>", live(change_views.free), name="goal-free-change"),
    path(
        "<int:pk>/free/<int:free_pk>/delete",
        live(change_views.free_delete),
        name="goal-free-delete",
    ),
    path(
        "<int:pk>/free/<int:free_pk>/restore",
        live(change_views.free_restore),
        name="goal-free-restore",
    ),
]

urlpatterns = [path("goals/", include(own))]
